"""Templates of an admin's folder: they reach nothing but what they are given, and each comes to an end in little room."""

from __future__ import annotations

import os
import tracemalloc
from dataclasses import dataclass
from pathlib import Path

import pytest

from digests.errors import TemplateError
from digests.rendering import Renderer
from digests.rendering.blocks import BUNDLED, Templates
from digests.rendering.bounds import CHARACTERS, LARGEST, STEPS

pytestmark = pytest.mark.timeout(60)

SECRET = "the-secret-of-the-machine"


@dataclass(frozen=True)
class Story:
    """Something that a template is given, with insides."""

    title: str = "Robots"

    def shout(self) -> str:
        return self.title.upper()


def drawn(folder: Path, source: str, **values: object) -> str:
    """What a template makes of a text."""
    (folder / "t.yaml.j2").write_text(
        f"- type: header\n  text: {{type: plain_text, text: {source} }}\n", encoding="utf-8"
    )
    return str(Templates(folder).blocks("t", {"story": Story(), "stories": [Story()] * 3, **values})[0]["text"]["text"])  # type: ignore[index, call-overload]


def ran(folder: Path, source: str) -> None:
    """A template that does something, and makes nothing of it."""
    (folder / "t.yaml.j2").write_text(source + "\n\n- type: divider\n", encoding="utf-8")
    Templates(folder).blocks("t", {"story": Story(), "stories": [Story()] * 3})


def test_what_templates_do_every_day_works(tmp_path: Path) -> None:
    for source, made in {
        '{{ "-" * 3 }}': "---",
        '{{ story.title ~ " · " ~ 3 }}': "Robots · 3",
        '{{ stories | map(attribute="title") | unique | join(", ") }}': "Robots",
        '{{ story.title | replace("o", "0") | upper }}': "R0B0TS",
        '{{ story.title.partition("b")[0] }}': "Ro",
        "{{ story.shout() }}": "ROBOTS",
        "{{ range(1, 4) | sum }}": "6",
        "{{ 7 % 4 + 2 * 3 }}": "9",
        '{{ {"a": "b"}["a"] }}': "b",
        "{{ [1, [2, 3]] | length }}": "2",
        '{{ "a b c" | truncate(3, true, "...", 0) }}': "...",
        "{% set n = namespace(x=0) %}{% for s in stories %}{% set n.x = n.x + loop.index %}{% endfor %}{{ n.x }}": "6",
        "{% for s in stories %}{% if loop.last %}{{ loop.length }}{% endif %}{% endfor %}": "3",
    }.items():
        assert drawn(tmp_path, source) == made, source


@pytest.mark.parametrize(
    "source",
    [
        "{{ story.__class__ }}",
        "{{ story.__class__.__mro__[1].__subclasses__() }}",
        "{{ story['__class__'] }}",
        "{{ story | attr('__class__') }}",
        "{{ story | attr('__cl' ~ 'ass__') | attr('__mro__') }}",
        "{{ [story] | map(attribute='__class__') | first }}",
        "{{ stories | sort(attribute='__class__') | first }}",
        "{{ stories | groupby('__class__') | first }}",
        "{{ story.shout.__func__.__globals__ }}",
        "{{ story.shout | attr('__func__') }}",
        "{{ ''.format.__self__ }}",
        '{{ "{0.__class__}".format(story) }}',
        '{{ "{0.__class__}".format_map({"0": story}) }}',
        '{{ "{0.__class__.__init__.__globals__}" | format(story) }}',
        "{{ self.__init__.__globals__ }}",
        "{{ self._TemplateReference__context.environment }}",
        "{{ cycler.__init__.__globals__.os.environ }}",
        "{{ joiner.__init__.__globals__ }}",
        "{{ namespace.__init__.__globals__ }}",
        "{{ lipsum.__globals__.os.environ }}",
        "{{ range.__self__ }}",
        "{{ dict.__base__ }}",
        "{{ (1).__class__ }}",
        "{{ none.__class__ }}",
        "{{ loop }}",
        "{{ environment }}",
        "{{ config }}",
        "{{ os.environ }}",
        "{{ open('/etc/passwd').read() }}",
        "{{ __import__('os') }}",
        "{{ stories.append(1) }}",
        "{{ stories.clear() }}",
        "{% for s in stories %}{{ loop.__init__.__globals__ }}{% endfor %}",
        "{% set story.title = 'x' %}",
        "{% macro m() %}{% endmacro %}{{ m._environment }}",
        "{% macro m() %}{% endmacro %}{{ m.__init__.__globals__ }}",
    ],
)
def test_a_template_reaches_no_inside(tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEATLINE_SECRET_OF_A_TEST", SECRET)
    with pytest.raises(TemplateError) as caught:
        drawn(tmp_path, source)
    assert SECRET not in str(caught.value)
    assert str(tmp_path / "t.yaml.j2") in str(caught.value)


def test_a_template_reads_no_file_but_templates_of_its_folder(tmp_path: Path) -> None:
    own, outside = tmp_path / "own", tmp_path / "outside"
    own.mkdir()
    outside.mkdir()
    (outside / "secret.yaml.j2").write_text(SECRET, encoding="utf-8")
    (outside / "folder").mkdir()
    (outside / "folder" / "deep.yaml.j2").write_text(SECRET, encoding="utf-8")
    (own / "link.yaml.j2").symlink_to(outside / "secret.yaml.j2")
    (own / "passwords.yaml.j2").symlink_to("/etc/passwd")
    (own / "device.yaml.j2").symlink_to("/dev/zero")
    (own / "environ.yaml.j2").symlink_to("/proc/self/environ")
    (own / "dangling.yaml.j2").symlink_to(outside / "nothing")
    (own / "folder").symlink_to(outside / "folder")
    names = [
        "link.yaml.j2",
        "passwords.yaml.j2",
        "device.yaml.j2",
        "environ.yaml.j2",
        "dangling.yaml.j2",
        "folder/deep.yaml.j2",
    ]
    names += [
        "../outside/secret.yaml.j2",
        "../../etc/passwd",
        "/etc/passwd",
        str(outside / "secret.yaml.j2"),
        "./../outside/x",
    ]
    for name in names:
        for way in ("include", "import", "extends"):
            more = " as x" if way == "import" else ""
            with pytest.raises(TemplateError) as caught:
                ran(own, f'{{% {way} "{name}"{more} %}}')
            assert SECRET not in str(caught.value)
            assert "leads out of" in str(caught.value) or "no template" in str(caught.value), str(caught.value)
        with pytest.raises(TemplateError):
            ran(own, f'{{% include ["nothing", "{name}"] %}}')


def test_links_within_the_folder_work_as_kubernetes_mounts_files(tmp_path: Path) -> None:
    (tmp_path / "..2026").mkdir()
    (tmp_path / "..2026" / "part.yaml.j2").write_text("- type: divider\n", encoding="utf-8")
    (tmp_path / "..data").symlink_to("..2026")
    (tmp_path / "part.yaml.j2").symlink_to("..data/part.yaml.j2")
    ran(tmp_path, '{% include "part.yaml.j2" %}')


def test_what_is_no_file_of_a_sane_size_is_no_template(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml.j2")
    (tmp_path / "huge.yaml.j2").write_text("#" * (LARGEST + 1), encoding="utf-8")
    with pytest.raises(TemplateError, match=r"no template pipe\.yaml\.j2"):
        ran(tmp_path, '{% include "pipe.yaml.j2" %}')
    with pytest.raises(TemplateError, match=f"more than {LARGEST:,} bytes"):
        ran(tmp_path, '{% include "huge.yaml.j2" %}')


TEN = "{{% for {0} in range(9999) %}}"
LONG = "x" * 9999


def doubling(start: str, step: str) -> str:
    """A template that makes something out of itself, 64 times."""
    return f"{{% set n = namespace(x={start}) %}}{{% for a in range(64) %}}{{% set n.x = {step} %}}{{% endfor %}}"


ENDLESS = {
    "loops": TEN.format("a") + TEN.format("b") + "{% set x = a * b %}" + "{% endfor %}" * 2,
    "loops that keep nothing": TEN.format("a") + "{% for b in range(9999) if false %}{% endfor %}{% endfor %}",
    "a long range": "{% for a in range(999999999) %}{% endfor %}",
    "a range as a list": "{% set x = range(999999999) | list %}",
    "lengths of loops": TEN.format("a")
    + "{% for b in range(9999) | map('string') %}{{ loop.length }}{% endfor %}{% endfor %}",
    "filters in a loop": TEN.format("a") + "{% set x = range(9999) | map('string') | list | sort %}{% endfor %}",
    "a macro that calls itself twice": "{% macro f(n) %}{% if n %}{% set x = f(n - 1) ~ f(n - 1) %}{% endif %}"
    "{% endmacro %}{% set x = f(60) %}",
    "a macro that calls itself for ever": "{% macro f() %}{% set x = f() %}{% endmacro %}{% set x = f() %}",
    "a file that includes itself": '{% include "t.yaml.j2" %}',
    "a file that includes itself twice": '{% include "t.yaml.j2" %}{% include "t.yaml.j2" %}',
    "a recursive loop": "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "a long text": '{% set x = "x" * 999999999 %}',
    "a long list": "{% set x = [1] * 999999999 %}",
    "a text the other way round": '{% set x = 999999999 * "x" %}',
    "a text that doubles": doubling("'xx'", "n.x ~ n.x"),
    "a text that doubles by +": doubling("'xx'", "n.x + n.x"),
    "a list that doubles": doubling("[1]", "n.x + n.x"),
    "a list of lists": doubling("[1]", "[n.x, n.x]") + "{% set y = n.x | string %}",
    "a tuple of tuples": doubling("(1,)", "(n.x, n.x)") + "{% set y = {n.x: 1} %}",
    "a dict of dicts": doubling("{}", "{1: n.x, 2: n.x}") + "{% set y = n.x ~ '' %}",
    "a dict of dicts by a call": doubling("{}", "dict(a=n.x, b=n.x)") + "{% set y = n.x ~ '' %}",
    "a number that grows": doubling("9", "n.x * n.x"),
    "a power": "{% set x = 9 ** 9 ** 9 %}",
    "a wide format": '{% set x = "%999999999d" % 1 %}',
    "a wide format of a text": '{% set x = "{:>999999999}".format(1) %}',
    "a wide format by a filter": '{% set x = "%999999999d" | format(1) %}',
    "a wide text": '{% set x = "x".ljust(999999999) %}',
    "a centred text": '{% set x = "x" | center(999999999) %}',
    "tabs": '{% set x = "\\t".expandtabs(999999999) %}',
    "an indent": '{% set x = "x" | indent(999999999, true) %}',
    "a join": '{% set x = range(9999) | join("x" * 9999) %}',
    "a join of a text": '{% set x = ("x" * 9999).join(range(9999) | map("string")) %}',
    "a replacement": '{% set x = ("x" * 9999) | replace("x", "x" * 9999) %}',
    "batches": "{% set x = [1] | batch(999999999, 1) | list %}",
    "slices": "{% set x = [1] | slice(999999999) | list %}",
    "bytes of a number": "{% set x = (1).to_bytes(999999999, 'big') %}",
    "many words": "{% set x = lipsum(99999) %}",
    "digits": "{% set x = 1.5 | round(999999999, 'ceil') %}",
    "what compilers work out": '{% set x = "x" | indent(999999999, true) ~ "y" %}',
    "a block that is set in loops": TEN.format("a") + "{% set x %}" + LONG + "{% endset %}{% endfor %}",
    "a lot of output": TEN.format("a") + "#" + LONG + "\n{% endfor %}",
    "a block that repeats itself": "{% block a %}#"
    + LONG
    + "\n{% endblock %}"
    + TEN.format("a")
    + "{% set x = self.a() %}{% endfor %}",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_every_template_ends_in_little_room(tmp_path: Path, name: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(TemplateError) as caught:
            ran(tmp_path, ENDLESS[name])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert str(tmp_path / "t.yaml.j2") in str(caught.value)
    assert peak < 60_000_000


def test_templates_of_pages_are_bounded_too(tmp_path: Path) -> None:
    (tmp_path / "page.html.j2").write_text(
        "{% set n = namespace(x='xx') %}{% for a in range(64) %}{% set n.x = n.x ~ n.x %}{% endfor %}"
    )
    with pytest.raises(TemplateError, match=r"page\.html\.j2:1: makes more than"):
        Renderer(tmp_path).page("Title", [])
    (tmp_path / "page.html.j2").write_text(
        "{{ title }}{% for a in range(3) %}{% set x %}<b>{{ title ~ a }}</b>{% endset %}{{ x }}{% endfor %}",
    )
    assert Renderer(tmp_path).page("<i>", []) == "&lt;i&gt;" + "".join(f"<b>&lt;i&gt;{n}</b>" for n in range(3))


def test_no_template_gives_itself_more(tmp_path: Path) -> None:
    (tmp_path / "t.yaml.j2").write_text("{% set x = [-999999] | map('a body') | list %}" + ENDLESS["loops"])
    with pytest.raises(TemplateError, match=f"more than {STEPS:,} steps"):
        Templates(tmp_path).blocks("t", {})


def test_our_own_templates_are_far_from_the_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    from digests.rendering import bounds

    monkeypatch.setattr(bounds, "STEPS", STEPS // 8)
    monkeypatch.setattr(bounds, "CHARACTERS", CHARACTERS // 8)
    assert Renderer().check() == []
    assert BUNDLED.is_dir()
