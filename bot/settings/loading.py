"""The environment and ``.env`` into settings, or every mistake in them at once, with no secret in what is said.

What is told comes from every step, not only the first that fails:

    os.environ, .env ─> unknown names ─> readers ─> topics known? ─> Settings | SettingsError
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from dotenv.parser import Original, parse_stream
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, EnvSettingsSource

from bot import logs
from bot.errors import Problem, SettingsError
from bot.settings.readers import WHERE, did_you_mean
from bot.settings.rows import NESTED, DigestForm, Settings, env_name, names
from digests.errors import DigestsError

DOT_ENV = Path(".env")
"""Where settings are looked for beside the environment. It need not be there."""

TopicCheck: TypeAlias = Callable[[Mapping[str, Mapping[str, object]]], Callable[[str], str]]
"""From ``topic_changes`` to a function that turns what an admin calls a topic into its slug.

Both raise ``DigestsError``: the first where changes contradict each other, the second where no topic is called so, with a text
that goes on after the name: "is not a topic. Did you mean ...?".
"""


def load(
    env_file: Path | None = DOT_ENV,
    environ: Mapping[str, str] | None = None,
    check_topics: TopicCheck | None = None,
) -> Settings:
    """The settings from the environment (``environ`` instead, where given) and, for what it does not say, from a file.

    Empty values count as not set, names in any case. A missing ``.env`` is fine, another missing file is not. With
    ``check_topics`` topics are looked up and become slugs. Raises ``SettingsError`` with every problem there is.
    """
    settings, problems = _load(env_file, os.environ if environ is None else environ, check_topics)
    if problems:
        environ = None  # a traceback with local variables must not show it
        raise SettingsError(problems)
    return settings


def _load(
    env_file: Path | None, environ: Mapping[str, str], check_topics: TopicCheck | None
) -> tuple[Settings, list[Problem]]:
    """Settings with what could be read, and a problem for everything else."""
    written, problems = _written(env_file)
    values = _present(_with_others(environ))
    values = {**values, **written, **_present(_own(environ))}
    mask = _Mask(values)
    unknown = [problem for name in values if (problem := _unknown(name))]
    for problem in unknown:
        values.pop(problem.name.lower(), None)
    strays = [problem for name, value in values.items() if (problem := mask.stray(name, value))]
    for problem in strays:
        values.pop(problem.name.lower())
    settings, wrong = _read(values)
    if check_topics is not None:
        settings, strange = _with_topics(settings, check_topics)
        wrong |= strange
    problems += [mask.problem(name, values.get(name.lower()), text) for name, text in sorted(wrong.items(), key=_place)]
    return settings, problems + strays + unknown


def _written(env_file: Path | None) -> tuple[dict[str, str], list[Problem]]:
    """What a ``.env`` file sets, and the lines that make no sense; their text is not shown, it could be a secret."""
    if env_file is None or (env_file == DOT_ENV and not env_file.exists()):
        return {}, []
    try:
        text = env_file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        return {}, [Problem(str(env_file), f"cannot be read: {reason}")]
    bindings = list(parse_stream(io.StringIO(text)))
    problems = [
        Problem(f"{env_file}, line {_line(binding.original)}", "is neither NAME=value nor a comment")
        for binding in bindings
        if binding.error or (binding.value is None and _ours(binding.key or ""))
    ]
    return _present({binding.key: binding.value for binding in bindings if binding.key and binding.value}), problems


def _line(original: Original) -> int:
    """The number of a statement's first line; the parser counts the empty lines before it to the statement."""
    lead = original.string[: len(original.string) - len(original.string.lstrip())]
    return original.line + len(re.findall(r"\r\n|\n|\r", lead))


def _ours(name: str) -> bool:
    return name.upper().startswith(("HEATLINE_", "SLACK_"))


def _with_others(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment with others' names for proxies and tokens under ours, where ours say nothing.

    Where a proxy's name is there in small and in capital letters, the small ones count, as in other programs.
    """
    lower = {name.lower(): value for name, value in sorted(environ.items()) if name.lower() in _PROXIES and value}
    proxies = {f"HEATLINE_{name.upper()}": value for name, value in lower.items()}
    tokens = {ours: environ[theirs] for theirs, ours in _TOKENS.items() if environ.get(theirs)}
    return {**proxies, **tokens, **_own(environ)}


def _own(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name not in _TOKENS}


_PROXIES = ("http_proxy", "https_proxy", "no_proxy")
_TOKENS = {"SLACK_CLI_XOXB": "SLACK_BOT_TOKEN", "SLACK_CLI_XAPP": "SLACK_APP_TOKEN"}
"""As `slack run` hands tokens to the project that it starts."""


def _present(environ: Mapping[str, str]) -> dict[str, str]:
    """Our part of an environment: names in small letters, values without the quotes that `docker --env-file` leaves on."""
    ours = {name.lower(): value.strip() for name, value in environ.items() if _ours(name)}
    bare = {name: re.sub(r"^([\"'])(.*)\1$", r"\2", value, flags=re.DOTALL).strip() for name, value in ours.items()}
    return {name: value for name, value in bare.items() if value}


def _read(values: Mapping[str, str]) -> tuple[Settings, dict[str, str]]:
    """The settings in these values, and for each name that cannot be read what is wrong with it."""
    wrong: dict[str, str] = {}
    while True:
        good = {name: value for name, value in values.items() if name.upper() not in wrong}
        try:
            return Settings(**_Source(Settings, good)()), wrong
        except ValidationError as error:
            # Neither the error nor its inputs leave this function; what was wrong is left out and the rest read again.
            found = {_located(e["loc"]): _said(e) for e in error.errors(include_url=False, include_input=False)}
        assert not found.keys() <= wrong.keys(), f"a default of ours cannot be read: {found}"
        wrong |= found


class _Source(EnvSettingsSource):
    """pydantic-settings' reading of an environment, from a mapping instead of ``os.environ``."""

    def __init__(self, settings_cls: type[BaseSettings], values: Mapping[str, str]) -> None:
        self._values = {name.removeprefix("heatline_"): value for name, value in values.items()}
        super().__init__(settings_cls)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return self._values


def _located(loc: tuple[int | str, ...]) -> str:
    """The environment name for the place of a pydantic error: ``("digests", "weekly", "cron")``."""
    head, *rest = map(str, loc)
    return "__".join([env_name(head), *(part.upper() for part in rest)])


def _said(error: ErrorDetails) -> str:
    """A reader's own words."""
    return str(error.get("ctx", {}).get("error", error["msg"]))


def _with_topics(settings: Settings, check: TopicCheck) -> tuple[Settings, dict[str, str]]:
    """The settings with topics as slugs, and what is wrong with the topics of each name."""
    try:
        slug_of = check(settings.topic_changes)
    except DigestsError as error:
        return settings, {"HEATLINE_TOPIC__*": f"do not fit together: {error}"}
    wrong: dict[str, str] = {}

    def known(name: str, form: DigestForm) -> dict[str, tuple[str, ...]]:
        slugs: list[str] = []
        for topic in form.topics:
            try:
                slugs.append(slug_of(topic))
            except DigestsError as error:
                wrong[name] = "; ".join(filter(None, [wrong.get(name), f"holds {topic!r}, which {error}"]))
        return {"topics": tuple(dict.fromkeys(slugs))} if form.topics else {}

    forms = {
        key: form.model_copy(update=known(f"HEATLINE_DIGESTS__{key.upper()}__TOPICS", form))
        for key, form in settings.digest_forms.items()
    }
    return settings.model_copy(update={"digest_forms": forms, **known("HEATLINE_TOPICS", settings)}), wrong


class _Mask:
    """Makes problems that can be shown: secrets have no value, and other values hold none that strayed into them."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._masker = logs.Masker(v for name, v in values.items() if name.upper() in WHERE and len(v) >= 8)

    def problem(self, name: str, value: str | None, text: str) -> Problem:
        if value is None or name in WHERE:
            return Problem(name, self._clean(text))
        shown = self._clean(value)
        return Problem(name, self._clean(text), shown if len(shown) <= 80 else shown[:77] + "...")

    def stray(self, name: str, value: str) -> Problem | None:
        """A problem for a secret that stands where it would be shown, such as a token taken for a channel."""
        if name.upper() in WHERE or (self._masker.tokens(value) == value and not re.fullmatch("[0-9a-f]{32}", value)):
            return None
        return Problem(name.upper(), f"holds what looks like a secret (not shown); those belong in {', '.join(WHERE)}")

    def _clean(self, text: str) -> str:
        # A signing secret is 32 hexadecimal digits; nothing else in our settings is.
        return re.sub(r"[0-9a-fA-F]{24,}", logs.HIDDEN, self._masker.text(text))


def _place(item: tuple[str, str]) -> tuple[int, str]:
    """Sorts problems as ``.env.example`` sorts settings, nested ones last."""
    order = names()
    return (order.index(item[0]) if item[0] in order else len(order), item[0])


def _unknown(name: str) -> Problem | None:
    """A problem for a ``HEATLINE_`` name (small letters) that means nothing. Its value is not shown: it may be a secret."""
    upper = name.upper()
    if upper in names() or not upper.startswith("HEATLINE_"):
        return None
    head, *rest = upper.split("__", 2)
    if not rest and upper not in NESTED:
        return Problem(upper, f"is not a setting{did_you_mean(upper, (*names(), *NESTED))}")
    form = NESTED.get(head)
    if form is None:
        return Problem(upper, f"is not a setting{did_you_mean(head, tuple(NESTED), '__' + '__'.join(rest))}")
    if len(rest) < 2 or not re.fullmatch(r"[A-Z0-9]+(?:_[A-Z0-9]+)*", rest[0]):
        return Problem(
            upper, f"is not of the form {head}__NAME__{next(iter(form.model_fields)).upper()}, with NAME in A-Z, 0-9, _"
        )
    fields = tuple(field.upper() for field in form.model_fields)
    if rest[1] in fields:
        return None
    hint = did_you_mean(rest[1], fields) or f"; there are {', '.join(fields)}"
    return Problem(upper, f"is not a setting: {rest[1]!r} means nothing here{hint}")
