"""An admin's own templates: what they can do, and how every mistake is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from digests.errors import TemplateError
from digests.rendering import NOTE, Renderer, check
from digests.rendering.blocks import BUNDLED, Templates
from tests.digests.test_rendering_data import ANSWER, EDITION, NOW, QUIET

TEXT = "- type: section\n  text:\n    type: mrkdwn\n    text: "


def blocks(folder: Path, source: str, **values: object) -> list[dict[str, object]]:
    (folder / "t.yaml.j2").write_text(source, encoding="utf8")
    return [dict(block) for block in Templates(folder).blocks("t", values)]


def section(folder: Path, scalar: str, **values: object) -> object:
    (block,) = blocks(folder, TEXT + scalar, **values)
    text = block["text"]
    assert isinstance(text, dict)
    return text["text"]


def test_a_folder_replaces_one_template_and_keeps_the_others(tmp_path: Path) -> None:
    (tmp_path / "notice.yaml.j2").write_text(
        '- type: header\n  text: {type: plain_text, text: {{ "Note: " ~ text }} }\n'
    )
    renderer = Renderer(tmp_path)
    assert renderer.notice("hello").blocks[0]["text"] == {"type": "plain_text", "text": "Note: hello"}
    assert renderer.post(EDITION, NOW) == Renderer().post(EDITION, NOW)
    assert renderer.check() == []


def test_a_template_that_says_what_no_catalogue_has_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "notice.yaml.j2").write_text(
        '- type: header\n  text: {type: plain_text, text: {{ say("no-such") }} }\n'
    )
    with pytest.raises(TemplateError, match=r"notice\.yaml\.j2:2: there is no message 'no-such'"):
        Renderer(tmp_path).notice("hello")
    assert any("no-such" in problem for problem in Renderer(tmp_path).check())


def test_a_digest_may_name_its_own_template(tmp_path: Path) -> None:
    (tmp_path / "weekly.yaml.j2").write_text("- type: header\n  text: {type: plain_text, text: {{ edition.title }} }\n")
    post = Renderer(tmp_path).post(EDITION, NOW, template="weekly")
    assert [block["type"] for block in post.parent.blocks] == ["header"]


def test_values_are_plain_text_and_keep_their_type(tmp_path: Path) -> None:
    source = "- type: x\n  text: {{ s }}\n  indent: {{ n }}\n  emoji: {{ b }}\n  value: {{ n }}\n  none: {{ none }}\n"
    (block,) = blocks(tmp_path, source, s="yes: - \n'\"#{{ n }}", n=3, b=True)
    assert block == {"type": "x", "text": "yes: - \n'\"#{{ n }}", "indent": 3, "emoji": True, "value": "3", "none": ""}
    (block,) = blocks(tmp_path, "- {type: x, indent: {{ s }}, text: 2024, on: yes, off: false, n: 12}", s="3")
    assert block == {"type": "x", "indent": "3", "text": "2024", "on": "yes", "off": False, "n": 12}


def test_mrkdwn_values_are_inert_without_a_filter(tmp_path: Path) -> None:
    assert section(tmp_path, "{{ t }}", t="*a* <!here>") == "∗a∗ &lt;!here&gt;"
    assert section(tmp_path, "{{ (t | bold) ~ ' ' ~ (t | link('https://example.com/')) }}", t="a*") == (
        "*a∗* <https://example.com/|a∗>"
    )
    assert section(tmp_path, '"*ours* <!here>"') == "*ours* <!here>"
    (block,) = blocks(tmp_path, "- {type: x, text: {{ t | bold | link('https://example.com/') }} }", t="a")
    assert block["text"] == "a"


def test_parts_are_shared_by_include(tmp_path: Path) -> None:
    (tmp_path / "part.yaml.j2").write_text("- {type: divider, value: {{ x }} }\n")
    assert blocks(tmp_path, '{% include "part.yaml.j2" %}', x="a: b") == [{"type": "divider", "value": "a: b"}]
    indented = (
        '- type: x\n  elements:\n{% filter indent(4, first=true) %}\n{% include "part.yaml.j2" %}\n{% endfilter %}\n'
    )
    assert blocks(tmp_path, indented, x="- a")[0]["elements"] == [{"type": "divider", "value": "- a"}]


@pytest.mark.parametrize(
    ("source", "line", "what"),
    [
        (TEXT + "by {{ x }}", 4, "a {{ value }} stands alone after the colon"),
        (TEXT + '"by {{ x }}"', 4, "a {{ value }} stands alone after the colon"),
        (TEXT + "'{{ x }}'", 4, "a {{ value }} stands alone after the colon"),
        (TEXT + "{{ x }} and {{ x }}", 4, "a {{ value }} stands alone after the colon"),
        (TEXT + "|\n      {{ x }}", 4, "a {{ value }} stands alone after the colon"),
        ("- type: divider\n- {{ x }}: 1", 2, "keys are plain words"),
        ("- type: {{ x }}", 1, "write the type out"),
        ("- type: markdown\n  text: {{ x }}", 2, "use rich_text"),
        ("- type: divider\n  type: header", 2, "stands here twice"),
        ("type: divider", 1, "a list of blocks"),
        ("- divider", 1, "starts with '- type: '"),
        ("- type: divider\n   text: a", 2, "not YAML"),
        ("- type: divider\n- type: [a", 2, "not YAML"),
        ("- type: divider\n{% for x in y %}", 2, "Unexpected end of template"),
        ("- type: divider\n- {type: divider, value: {{ nobody }} }", 2, "'nobody' is undefined"),
        ("- type: divider\n- {type: divider, value: {{ [1] }} }", 2, "not a list"),
        ("- type: divider\n- {type: divider, value: {{ x.nothing }} }", 2, "no attribute 'nothing'"),
        ("{% macro m() %}a{% endmacro %}\n- {type: divider, value: {{ m() }} }", 2, "not the output of a macro"),
        ("- type: divider\n- {type: divider, value: {{ 1 / 0 }} }", 2, "division by zero"),
        ("- type: divider\n- {type: divider, value: {{ x.__class__.__mro__ }} }", 2, "unsafe"),
        ('- type: divider\n{% include "none.yaml.j2" %}', None, "no template none.yaml.j2"),
        ('- type: divider\n{% include "../../secret" %}', None, "no template ../../secret"),
        ("- &a [*a]", 1, "nested"),
    ],
)
def test_mistakes_name_file_and_line(tmp_path: Path, source: str, line: int | None, what: str) -> None:
    for value in ("x", "", " # ", "'\"", "\n- type: divider"):
        with pytest.raises(TemplateError) as caught:
            blocks(tmp_path, source, x=value)
        place = f"{tmp_path / 't.yaml.j2'}:{line}: " if line else f"{tmp_path / 't.yaml.j2'}: "
        assert str(caught.value).startswith(place)
        assert what in str(caught.value)


def test_lines_are_the_templates_even_after_loops_and_includes(tmp_path: Path) -> None:
    (tmp_path / "part.yaml.j2").write_text("- type: divider\n- type: context\n  elements: by {{ x }}\n")
    source = "{% for n in range(5) %}\n- type: divider\n\n{% endfor %}\n{# a\ncomment #}\n"
    with pytest.raises(TemplateError, match=r"part\.yaml\.j2:3: "):
        blocks(tmp_path, source + '{% include "part.yaml.j2" %}', x="a")
    with pytest.raises(TemplateError, match=r"t\.yaml\.j2:8: "):
        blocks(tmp_path, source + "- type: x\n  text: by {{ x }}\n", x="a")


def test_missing_folder_and_template_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="no such folder; create it"):
        Renderer(tmp_path / "none")
    with pytest.raises(TemplateError, match=r"no template weekly\.yaml\.j2 in .*use one of answer\.yaml\.j2"):
        Renderer(tmp_path).post(EDITION, NOW, template="weekly")
    (tmp_path / "digest.yaml.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(TemplateError, match="save the file as UTF-8"):
        Renderer(tmp_path).post(EDITION, NOW)


def test_what_slack_would_refuse_is_said_before_it_is_sent(tmp_path: Path) -> None:
    (tmp_path / "notice.yaml.j2").write_text("- type: header\n  text: {type: mrkdwn, text: {{ text }} }\n")
    with pytest.raises(TemplateError, match=r"notice\.yaml\.j2: Slack would refuse .* a header takes plain_text only"):
        Renderer(tmp_path).notice("x")
    (tmp_path / "answer.yaml.j2").write_text("- type: section\n")
    (tmp_path / "page.html.j2").write_text("{% if %}")
    problems = Renderer(tmp_path).check()
    assert len(problems) == 3
    assert all(str(tmp_path) in problem for problem in problems)


@pytest.mark.parametrize("name", [path.name for path in BUNDLED.glob("*.yaml.j2")])
def test_the_check_draws_every_template(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text((BUNDLED / name).read_text(encoding="utf8") + "{{ nobody.knows }}\n")
    (problem,) = {each.partition(":")[0] for each in Renderer(tmp_path).check()}
    assert problem == str(tmp_path / name)


def test_a_note_keeps_its_lines_and_its_bound() -> None:
    find = Renderer().find("U1", EDITION.stories[0].lead, "one\n\n\ntwo " + "words and more " * 4_000)
    note = find.blocks[0]["elements"][1]["elements"][0]["text"]  # type: ignore[index]
    assert note.startswith("one\ntwo words")
    assert len(note) <= NOTE
    assert check(find) == []


def test_without_emoji_nothing_is_lost() -> None:
    plain = Renderer(emoji=False).post(QUIET, NOW).parent
    assert "☕" not in str(plain.blocks)
    assert plain.text == Renderer().post(QUIET, NOW).parent.text
    assert plain.blocks[0]["text"] == {"type": "plain_text", "text": "AI digest · Mon 23 Nov", "emoji": False}


def test_pages_of_an_answer_are_clamped() -> None:
    last = Renderer().answer(ANSWER, NOW, page=99, size=2)
    assert last == Renderer().answer(ANSWER, NOW, page=1, size=2)
    assert last.text.startswith("Facial Recognition · 3 of 3")
    assert Renderer().answer(ANSWER, NOW, page=-1) == Renderer().answer(ANSWER, NOW)
