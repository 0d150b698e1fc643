"""Line rules of an outlet, its language and every language -> compiled patterns, in the order in which they are tried."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from cermin.outlets import Outlet, Rules
from cermin.seeds.languages import load_language

LABEL = "See also"
"""Before a see-also's title, where the language's file has no label."""

_LITERAL = re.compile(r"(?:\\[^\w\s]|[^\W_]|[ ,:'\"])*")
_OPTIONAL = frozenset("?*{+|")


class Rule(NamedTuple):
    """One pattern. Its named groups say what becomes of what they hold; without groups all of it is a cut."""

    name: str
    """As `explain` prints it: ``genpi: promo``."""
    pattern: re.Pattern[str]
    literal: str
    """Small letters that any match begins with, so that most lines need no pattern to be tried."""


class RuleSet(NamedTuple):
    """All rules for the captures of one outlet in one language."""

    label: str
    whole: tuple[Rule, ...]
    lists: tuple[Rule, ...]
    inline: tuple[Rule, ...]
    mentions: tuple[Rule, ...]
    title: tuple[Rule, ...]
    junk: tuple[Rule, ...]
    """Those of ``whole`` that hold in every language: a line that they match is never a title."""


@lru_cache(maxsize=256)
def compile_rules(outlet: Outlet | None, language: str) -> RuleSet:
    """Return the rules of an outlet (None: an unknown one), then of the language, then of every language."""
    own: Mapping[str, Any] = load_language(language)
    everywhere = load_language("any")

    def gather(table: str) -> tuple[Rule, ...]:
        sources: list[tuple[str, Rules]] = []
        if outlet and hasattr(outlet, table):
            sources.append((outlet.id, getattr(outlet, table)))
        sources.append((language, tuple(own.get(table, {}).items())))
        sources.append(("any", tuple(everywhere.get(table, {}).items())))
        return tuple(_compile(sources))

    whole = gather("rules")
    return RuleSet(
        label=own.get("see_also", LABEL),
        whole=whole,
        lists=gather("lists"),
        inline=gather("inline"),
        mentions=gather("mentions"),
        title=gather("title"),
        junk=tuple(rule for rule in whole if rule.name.startswith("any: ")),
    )


def _compile(sources: Iterable[tuple[str, Rules]]) -> Iterator[Rule]:
    for source, rules in sources:
        for name, patterns in rules:
            for pattern in patterns:
                yield Rule(f"{source}: {name}", re.compile(pattern, re.IGNORECASE), find_literal(pattern).lower())


def find_literal(pattern: str) -> str:
    """Return text that every match of the pattern must hold: its literal beginning, empty where that is not certain."""
    if "|" in re.sub(r"\\.|\[[^]]*\]|\((?:[^()\\]|\\.)*\)", "", pattern):
        return ""
    pattern = pattern.removeprefix("^")
    literal = _LITERAL.match(pattern)[0]  # type: ignore[index]  # the pattern matches the empty text as well
    following = pattern[len(literal) : len(literal) + 1]
    if following in _OPTIONAL and literal:
        literal = literal[:-2] if literal[-2:-1] == "\\" else literal[:-1]
    return re.sub(r"\\(.)", r"\1", literal)
