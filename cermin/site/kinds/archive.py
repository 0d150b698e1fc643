"""The archive by date: all years, the months of a year, the days of a month. Days themselves are lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from cermin import addresses
from cermin.addresses import DAY, NO_DATE
from cermin.records import Label, Page
from cermin.site.kinds.kind import LonePage, OnePartKind, Scope
from cermin.site.queries import Queries

SHOWN_OF_A_DAY = 3
"""Articles of a day that the page of its month names."""


class Archive(LonePage):
    """All years, and the articles without a date."""

    name = "archive"
    path = "archive/index.html"
    template = "archive.html"

    def answers(self, ask: Queries) -> dict[str, object]:
        """Return the years, the newest first, and the months of each, with their numbers of articles."""
        years = groupby(ask.months(), lambda month: month[0][:4])
        counts = [(year, {int(month[5:]): count for month, count in months}) for year, months in years]
        undated = ask.shelf_count(NO_DATE)
        return {
            "years": [
                (year, addresses.year(year), sum(months.values()), _months(year, months))
                for year, months in reversed(counts)
            ],
            "undated": Label("", addresses.hub(NO_DATE, ""), undated) if undated else None,
            "feed": addresses.SITE_FEED,
        }


def _months(year: str, counts: Mapping[int, int]) -> list[tuple[int, str, int]]:
    """Return (number, address, articles) of the twelve months of a year; no address where there are no articles."""
    return [
        (number, addresses.month(f"{year}-{number:02}") if number in counts else "", counts.get(number, 0))
        for number in range(1, 13)
    ]


class Year(OnePartKind):
    """A year as twelve calendars, with the number of articles of each day."""

    name = "year"
    templates = ("year.html",)

    def scopes(self, ask: Queries) -> Iterable[Scope]:
        """The years in which a day changed, and those beside them, which link to them."""
        touched = {slug[:4] for slug, _ in ask.touched_shelves(DAY)}
        return map(Scope, sorted(_with_neighbours(touched, [month[:4] for month, _ in ask.months()])))

    def scope_at(self, ask: Queries, path: str) -> Scope | None:  # noqa: ARG002 - part of the protocol
        """The year that the path names."""
        year = path.removeprefix("archive/").removesuffix("/index.html")
        return Scope(year) if addresses.year(year) == path else None

    def pages(self, ask: Queries, scope: Scope | None) -> Iterator[Page]:
        """Yield the page of the year, or of all years."""
        years = sorted({month[:4] for month, _ in ask.months()})
        for index, year in enumerate(years):
            if scope is None or scope.name == year:
                older = years[index - 1] if index else ""
                newer = years[index + 1] if index + 1 < len(years) else ""
                yield self._page(ask, year, older, newer)

    def _page(self, ask: Queries, year: str, older: str, newer: str) -> Page:
        days = ask.days(year)
        months: Counter[int] = Counter()
        for day, count in days:
            months[int(day[5:7])] += count
        answers: dict[str, object] = {
            "year": year,
            "months": _months(year, months),
            "days": days,
            "count": months.total(),
            "older": (older, addresses.year(older)) if older else None,
            "newer": (newer, addresses.year(newer)) if newer else None,
            "feed": addresses.SITE_FEED,
        }
        return Page(self.name, addresses.year(year), year, 0, self.templates[0], answers)


class Month(OnePartKind):
    """A month as a calendar, and the first articles of each of its days."""

    name = "month"
    templates = ("month.html",)

    def scopes(self, ask: Queries) -> Iterable[Scope]:
        """The months in which a day changed, and those beside them, which link to them."""
        touched = {slug[:7] for slug, _ in ask.touched_shelves(DAY)}
        return map(Scope, sorted(_with_neighbours(touched, [month for month, _ in ask.months()])))

    def scope_at(self, ask: Queries, path: str) -> Scope | None:  # noqa: ARG002 - part of the protocol
        """The month that the path names."""
        month = path.removeprefix("archive/").removesuffix("/index.html").replace("/", "-")
        return Scope(month) if addresses.month(month) == path else None

    def pages(self, ask: Queries, scope: Scope | None) -> Iterator[Page]:
        """Yield the page of the month, or of all months."""
        months = [month for month, _ in ask.months()]
        for index, month in enumerate(months):
            if scope is None or scope.name == month:
                older = months[index - 1] if index else ""
                newer = months[index + 1] if index + 1 < len(months) else ""
                yield self._page(ask, month, older, newer)

    def _page(self, ask: Queries, month: str, older: str, newer: str) -> Page:
        counts = dict(ask.days(month))
        days = [
            (day, addresses.hub(DAY, day), count, ask.newest(DAY, day, limit=SHOWN_OF_A_DAY))
            for day, count in sorted(counts.items(), reverse=True)
        ]
        answers: dict[str, object] = {
            "month": month,
            "year_address": addresses.year(month[:4]),
            "days": days,
            "older": (older, addresses.month(older)) if older else None,
            "newer": (newer, addresses.month(newer)) if newer else None,
            "feed": addresses.SITE_FEED,
        }
        return Page(self.name, addresses.month(month), month, 0, self.templates[0], answers)


def _with_neighbours(touched: set[str], existing: list[str]) -> set[str]:
    """Return the touched names with those right beside them, also beside one that is gone."""
    ordered = sorted({*existing, *touched})
    found = set(touched)
    for name in touched:
        index = ordered.index(name)
        for step in (-1, 1):
            near = index + step
            while 0 <= near < len(ordered) and ordered[near] in touched:
                near += step
            if 0 <= near < len(ordered):
                found.add(ordered[near])
    return found
