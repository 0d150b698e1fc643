"""Line rules of an outlet, its language and every language -> compiled patterns, in the order they are tried in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from cermin.outlets import Outlet, Rules
from cermin.seeds.announced import TitleWords
from cermin.seeds.languages import load_language
from cermin.seeds.needles import Needles, find_first_letters, find_needles

LABEL = "See also"
"""Before a see-also's title, where the language's file has no label."""


class Rule(NamedTuple):
    """One pattern. Its named groups say what becomes of what they hold; without groups all of it is a cut."""

    name: str
    """As `explain` prints it: ``genpi: promo``."""
    pattern: re.Pattern[str]
    needles: Needles
    """Small letters of which any match holds one, so that most lines need no pattern to be tried."""

    def may_match(self, lowered: str) -> bool:
        """Whether a text in small letters holds what the pattern needs."""
        for needle in self.needles:
            if needle in lowered:
                return True
        return not self.needles


class LineRules:
    """Rules for whole lines, found by a line's first letter: most lines begin as few rules do."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_first: dict[str, list[Rule]] = {}
        self._anyhow: list[Rule] = []
        for rule in rules:
            firsts = find_first_letters(rule.pattern.pattern)
            for first in firsts or self._by_first:
                self._by_first.setdefault(first, list(self._anyhow)).append(rule)
            if not firsts:
                self._anyhow.append(rule)

    def match(self, line: str) -> tuple[Rule, re.Match[str]] | None:
        """Return the first rule that matches all of the line, with the match."""
        for rule in self._by_first.get(line[:1].lower(), self._anyhow):
            if match := rule.pattern.fullmatch(line):
                return rule, match
        return None


class RuleSet(NamedTuple):
    """All rules for the captures of one outlet in one language."""

    label: str
    announcing: tuple[str, ...]
    """Labels of related articles as a scraper leaves them without a colon, with text glued to them."""
    labels: tuple[Rule, ...]
    """Found inside body lines, each before the title of a related article; where that ends is to be found out."""
    title_words: TitleWords
    whole: LineRules
    lists: LineRules
    ends: LineRules
    """For lines behind which nothing of the article follows."""
    last: LineRules
    """For lines that stand behind the article's text, and could be part of it elsewhere."""
    inline: tuple[Rule, ...]
    mentions: tuple[Rule, ...]
    title: tuple[Rule, ...]
    junk: LineRules
    """Those of ``whole`` that hold in every language: a line that they match is never a title."""

    def narrow(self, lowered: str) -> RuleSet:
        """Return the rules without those for the inside of lines that cannot match in a text in small letters."""
        inline = tuple(rule for rule in self.inline if rule.may_match(lowered))
        return self._replace(inline=inline, labels=tuple(rule for rule in self.labels if rule.may_match(lowered)))


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
        announcing=tuple(own.get("announcing", ())),
        labels=gather("labels"),
        title_words=TitleWords(
            frozenset(own.get("connectors", "").split()), frozenset(own.get("starters", "").split())
        ),
        whole=LineRules(whole),
        lists=LineRules(gather("lists")),
        ends=LineRules(gather("ends")),
        last=LineRules(gather("last")),
        inline=gather("inline"),
        mentions=gather("mentions"),
        title=gather("title"),
        junk=LineRules(rule for rule in whole if rule.name.startswith("any: ")),
    )


def _compile(sources: Iterable[tuple[str, Rules]]) -> Iterator[Rule]:
    for source, rules in sources:
        for name, patterns in rules:
            for pattern in patterns:
                needles = tuple(needle.lower() for needle in find_needles(pattern))
                yield Rule(f"{source}: {name}", re.compile(pattern, re.IGNORECASE), needles)
