"""The headline of a page, among what it shows and what it tells machines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from cermin.seeds.blocks import Block
from cermin.seeds.heading import fold_title

ALIKE = 0.5
"""Share of the words of two titles that they have in common when they are titles of one article."""
SOMEWHAT = 0.1
"""The same where the page has one headline alone."""
NEARLY = 0.8
"""The same of a title and a line that is no heading."""
SHORTEST = 4
"""Characters of a headline."""
LONGEST = 300
LOOKED_AT = 2_000
"""Blocks of a page that may be its headline."""

_SEPARATOR = re.compile(r"\s+(?:[-–—|·•»«/:]|::|\|\|)+\s+|\s*\|+\s*|\s*::?\s+|--+")
_NOT_WORD = re.compile(r"[\W_]+")


class Headline(NamedTuple):
    """The title, and the position of the block that shows it; None where none does."""

    title: str
    position: int | None


def find_headline(blocks: Sequence[Block], titles: Sequence[str], site_names: Sequence[str], url: str) -> Headline:
    """Return the headline: the one that the page shows when it agrees with what it tells, without the site's name.

    ``titles`` are those that the page tells machines; ``site_names`` and the host of ``url`` are no part of a title.
    """
    sites = fold_sites(site_names, url)
    stripped = [_strip_site(title, sites) for title in titles]
    told = _find_cores(stripped)
    shown = [
        (position, _read_heading(block))
        for position, block in enumerate(blocks[:LOOKED_AT])
        if block.kind == "h1" and SHORTEST <= len(block.text) <= LONGEST and squeeze(block.text) not in sites
    ]
    best = _find_most_alike(shown, told, ALIKE)
    if best is not None:
        return Headline(_take_core(_strip_site(shown[best][1], sites), stripped), shown[best][0])
    alone = [(position, text) for position, text in shown if not blocks[position].linked]
    if len(alone) == 1 and _find_most_alike(alone, told, SOMEWHAT) is not None:
        return Headline(alone[0][1], alone[0][0])
    others = [
        (position, block.text)
        for position, block in enumerate(blocks[:LOOKED_AT])
        if not block.linked and block.kind != "img" and SHORTEST <= len(block.text) <= LONGEST
    ]
    best = _find_most_alike(others, told, NEARLY)
    if best is not None:
        return Headline(_take_told(others[best][1], told), others[best][0])
    if told:
        return Headline(told[0], None)
    return Headline(shown[0][1], shown[0][0]) if shown else Headline("", None)


def _read_heading(block: Block) -> str:
    """Return the text of a heading without a link behind it: that leads to the section or the front page."""
    ends = [span.start for span in block.spans if span.style == "link" and span.end == len(block.text)]
    rest = block.text[: min(ends)].strip() if ends else ""
    return rest if len(rest) >= 2 * SHORTEST else block.text


def find_standalone_title(
    headline: str, document_title: str, shared_titles: Iterable[str], site_names: Sequence[str], url: str
) -> str:
    """Return the page's own title where it says something else than its headline, and nothing where it does not.

    Lists show titles out of context. The ``title`` element is to identify a page there, while a headline stands on its
    page and need not be understood without it (HTML standard, 4.2.2). But a headline under which other sites show the
    page stands by itself, and the title is then one for search engines.
    """
    sites = fold_sites(site_names, url)
    if any(fold_title(_strip_site(title, sites)) == fold_title(headline) for title in shared_titles):
        return ""
    title = _strip_site(document_title, sites)
    title = _SEPARATOR.split(title)[0] if " | " in title else title
    return title if headline and title and SOMEWHAT <= _liken(headline, title) < ALIKE else ""


def _find_most_alike(shown: Sequence[tuple[int, str]], told: Sequence[str], enough: float) -> int | None:
    """Return the index of the first of the lines that are most like a title that is told, None when none is."""
    likeness = [max((_liken(text, title) for title in told), default=0.0) for _, text in shown]
    best = max(range(len(likeness)), key=lambda index: (likeness[index], -index), default=None)
    return best if best is not None and likeness[best] >= enough else None


def _liken(one: str, other: str) -> float:
    first, second = fold_title(one), fold_title(other)
    if first == second or _is_core(one, other):
        return 1.0
    if max(len(first), len(second)) > 2 * min(len(first), len(second)):
        return 0.0
    if min(len(first), len(second)) >= 4 * SHORTEST and (first in second or second in first):
        return 0.9
    words, others = set(first.split()), set(second.split())
    return len(words & others) / len(words | others)


def _find_cores(titles: Iterable[str]) -> list[str]:
    """Return each title, or another that it is with something behind a separator."""
    cores = list(dict.fromkeys(title for title in titles if title))
    return list(dict.fromkeys(_find_core(title, cores) for title in cores))


def _take_core(shown: str, told: Sequence[str]) -> str:
    """Return the title that is told without what stands above it in the same heading.

    What stands behind it is left out as well where two sources tell the same title: one may cut titles short.
    """
    for title in told:
        if not 4 * SHORTEST <= len(title) < len(shown):
            continue
        above = shown.removesuffix(title)
        if above.endswith(" ") and above.rstrip()[-1].isalnum():
            return title
        if shown.startswith(title) and (_SEPARATOR.match(shown, len(title)) or told.count(title) > 1):
            return title
    return shown


def _take_told(shown: str, told: Sequence[str]) -> str:
    """Return the title that is told and that a line which is no heading holds, with an announcement before a colon."""
    title = next((title for title in told if title in shown), shown)
    return shown if shown.removesuffix(title).rstrip().endswith(":") else title


def _find_core(title: str, others: Iterable[str]) -> str:
    return next((other for other in others if len(other) >= 2 * SHORTEST and _is_core(other, title)), title)


def _is_core(core: str, title: str) -> bool:
    """Whether a title is another with something behind or before a separator."""
    if len(core) >= len(title):
        return False
    if title.startswith(core):
        return _SEPARATOR.match(title, len(core)) is not None
    return title.endswith(core) and any(cut.end() == len(title) - len(core) for cut in _SEPARATOR.finditer(title))


def fold_sites(site_names: Sequence[str], url: str) -> set[str]:
    """Return what a site is called, each as `squeeze` gives it: by its own names, their parts, and its host."""
    sites = {squeeze(name) for name in site_names}
    for name in site_names:
        sites |= {squeeze(part) for part in _SEPARATOR.split(name) if len(part) >= SHORTEST}
    host = _host(url)
    labels = [label for label in host.removeprefix("www.").split(".") if len(label) >= SHORTEST - 1]
    sites |= {squeeze(host.removeprefix("www.")), *labels}
    return sites - {""}


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def squeeze(text: str) -> str:
    """Return the letters and digits of a text in small letters, to compare it with another."""
    return _NOT_WORD.sub("", text.casefold())


def _strip_site(title: str, sites: set[str]) -> str:
    """Return a title without the parts at its ends that are names of the site."""
    while True:
        cuts = list(_SEPARATOR.finditer(title))
        if cuts and squeeze(title[cuts[-1].end() :]) in sites and title[: cuts[-1].start()].strip():
            title = title[: cuts[-1].start()].strip()
        elif cuts and squeeze(title[: cuts[0].start()]) in sites and title[cuts[0].end() :].strip():
            title = title[cuts[0].end() :].strip()
        else:
            return title
