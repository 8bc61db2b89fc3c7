"""Dates as feeds write them."""
# ruff: noqa: E501 - a row of a table is a line, however long its feed

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.sources.feeds.moments import judged, moment
from tests.digests.feeds import NINE, NOW

NINE_O_CLOCK = """
Mon, 23 Nov 2026 09:00:00 GMT|Mon, 23 Nov 2026 10:00:00 +0100|Mon, 23 Nov 2026 04:00 EST|23 Nov 2026 02:00:00 PDT
Monday, 23 November 2026 09:00:00 +0000|Mon, 23 Nov 26 09:00:00 Z|Mon,23 Nov 2026 09:00:00 GMT|Mon, Nov 23 2026 09:00:00 GMT
Mo, 23 Nov 2026 10:00:00 +0100|lun., 23 nov. 2026 10:00:00 +0100|Mon, 23 Nov 2026 10:00:00 GMT+0100|Mon, 23 Nov 2026 9:0:0 GMT
Mon, 23 Nov 2026 10:00:00 UTC+01:00|Mon, 23 Nov 2026 10:00:00 +01:00|Mon, 23 Nov 2026 09:00:00.000 GMT|Mon Nov 23 09:00:00 2026
Mon, 23 Nov 2026 11:00:00 CEST|Mon, 23 Nov 2026 18:00:00 JST|Mon, 23 Nov 2026 04:00:00 GMT-5|Mon Nov 23 04:00:00 EST 2026
Mon, 23 Nov 2026 at 9:00 AM|Nov. 23, 2026 9:00 a.m.|November 23, 2026 9:00 am|lundi 23 novembre 2026 à 09:00|23-Nov-2026 09:00
2026-11-23T09:00:00Z|2026-11-23T10:00:00+01:00|2026-11-23T04:00:00-0500|2026-11-23 09:00:00|2026-11-23 09:00:00 UTC|2026-11-23T09:00Z
2026-11-23T09:00:00.000000000Z|2026-11-23T9:00:00Z|20261123T090000Z|2026-11-23T10:00:00 +0100|2026/11/23 09:00|2026.11.23 09:00
2026-11-23 04:00:00 EST|23.11.2026 09:00|11/23/2026 09:00|23/11/2026 9:00|1795424400|1795424400000|2026年11月23日 09:00|2026년 11월 23일 오전 9:00
Пн, 23 ноября 2026 09:00:00 +0000
"""


@pytest.mark.parametrize("written", [each for line in NINE_O_CLOCK.strip().splitlines() for each in line.split("|")])
def test_nine_o_clock(written: str) -> None:
    assert moment(written) == NINE


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=UTC)),
        ("Nov 23, 2026", datetime(2026, 11, 23, tzinfo=UTC)),
        ("23 de noviembre de 2026", datetime(2026, 11, 23, tzinfo=UTC)),
        ("Mo, 23 Dez 2026 09:00:00 +0100", datetime(2026, 12, 23, 8, tzinfo=UTC)),
        ("Tues, 1 Sept 2026 09:00:00 GMT", datetime(2026, 9, 1, 9, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 24:00:00 GMT", datetime(2026, 11, 24, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 24:00 GMT", datetime(2026, 11, 24, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 10:24:00 GMT", datetime(2026, 11, 23, 10, 24, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 10:24:00 +0100", datetime(2026, 11, 23, 9, 24, tzinfo=UTC)),
        ("2026-12-31T24:00:00Z", datetime(2027, 1, 1, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 09:00:60 GMT", datetime(2026, 11, 23, 9, 0, 59, tzinfo=UTC)),
        ("Sat, 5 Dec 2026 10:00 PM", datetime(2026, 12, 5, 22, tzinfo=UTC)),
        ("04/04/2026", datetime(2026, 4, 4, tzinfo=UTC)),
        ("2026年11月23日 下午 9:00", datetime(2026, 11, 23, 21, tzinfo=UTC)),
    ],
)
def test_other_moments(written: str, expected: datetime) -> None:
    assert moment(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "", " ", "soon", "yesterday", "Monday", "9:00", "2026", "Nov 2026", "0000-00-00T00:00:00Z", "2026-02-30T09:00:00Z",
        "Mon, 31 Nov 2026 09:00:00 GMT", "2026-13-01", "2026-11-23T25:00:00Z", "03/04/2026", "26-11-23", "9" * 60, "-1",
        "9999-12-31T23:59:59-23:00", "0001-01-01T00:00:00+23:00", "2026-11-23T09:00:00+99:99", "1" * 10_000, "2026-11-23 " * 20,
    ],
)  # fmt: skip
def test_what_names_no_moment(written: str) -> None:
    assert moment(written) is None


@given(st.text(max_size=100) | st.text("0123456789-/:., TZ+GMTJanovPMамя年月", max_size=40))
@settings(max_examples=600, deadline=None)
def test_a_moment_of_anything(written: str) -> None:
    found = moment(written)
    assert found is None or found.utcoffset() == timedelta(0)
    believed, wrong = judged(found, NOW)
    assert believed is None or (believed <= NOW and not wrong)
