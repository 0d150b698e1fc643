"""What the hub of a list tells beside its articles: when they were published, and what else they are filed under."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from cermin import addresses
from cermin.addresses import AUTHOR, OUTLET, SECTION, TOPIC
from cermin.records import Label, Teaser
from cermin.site.queries import Queries, Shelf
from cermin.slugs import name_slug

LEAST = 6
"""Articles from which on a hub tells it."""
SHOWN = 6
"""Labels of one sort that a hub shows."""

_BESIDE = {
    OUTLET: (SECTION, TOPIC, AUTHOR),
    SECTION: (OUTLET, TOPIC),
    TOPIC: (TOPIC, OUTLET),
    AUTHOR: (OUTLET, SECTION, TOPIC),
}
"""The kinds of lists that a hub names beside its own."""


def filing(ask: Queries, shelf: Shelf, newest: Sequence[Teaser]) -> dict[str, object]:
    """Return a hub's answers: ``months`` with articles, and ``beside``, the labels by kind that most articles share.

    ``newest`` are the articles that the hub shows, whose labels are counted. Nothing where they would tell little.
    """
    if shelf.kind not in _BESIDE or shelf.count < LEAST:
        return {}
    is_all = len(newest) == shelf.count
    months = _months(newest) if is_all else ask.months_of(shelf.kind, shelf.slug)
    return {"months": months if len(months) > 1 else [], "beside": _labels_beside(ask, shelf, len(newest))}


def _months(teasers: Iterable[Teaser]) -> list[tuple[str, int]]:
    return sorted(Counter(teaser.date[:7] for teaser in teasers if teaser.date).items())


def _labels_beside(ask: Queries, shelf: Shelf, newest: int) -> dict[str, list[Label]]:
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in _BESIDE[shelf.kind]}
    names: dict[tuple[str, str], tuple[str, str]] = {}
    for labels in ask.labels_of(shelf.kind, shelf.slug, newest):
        found = {OUTLET: (labels.outlet,), SECTION: (labels.section,), TOPIC: labels.tags, AUTHOR: labels.authors}
        for kind, counter in counts.items():
            for name in filter(None, found[kind]):
                slug = name if kind == OUTLET else name_slug(name)
                if (kind, slug) != (shelf.kind, shelf.slug):
                    counter[slug] += 1
                    names.setdefault((kind, slug), (name, labels.lang))
    return {
        kind: [
            Label(name, addresses.hub(kind, slug), count, "" if kind == OUTLET else lang)
            for slug, count in _largest(counter)
            for name, lang in [names[kind, slug]]
        ]
        for kind, counter in counts.items()
        if len(counter) > 1 or (counter and kind != OUTLET)
    }


def _largest(counter: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]
