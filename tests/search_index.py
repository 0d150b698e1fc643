"""A search index of a few articles, made without a mirror."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

from cermin.files import put
from cermin.search.index import Span, make_index, make_segment
from cermin.search.portions import Document, make_portion
from cermin.site.segments import divide

NO_NAMES: Mapping[str, str] = MappingProxyType({})


def document(title: str, text: str = "Hujan turun sejak pagi.", **told: str) -> Document:
    """Return an article of an outlet ``kaca`` and of no section, where ``told`` does not say otherwise."""
    day, outlet, section = told.get("day", ""), told.get("outlet", "kaca"), told.get("section", "")
    slug = "-".join(title.lower().split())
    address = told.get("address", f"{outlet}/{day[:4]}/{day[5:7]}/{slug}.html" if day else f"{outlet}/{slug}.html")
    return Document(
        address,
        title,
        day,
        outlet,
        section,
        section.lower(),
        told.get("lang", "id"),
        told.get("summary", text[:110]),
        text,
    )


def write_index(output: Path, documents: Iterable[Document], names: Mapping[str, str] = NO_NAMES) -> None:
    """Write the index of articles below ``output/search``; ``names`` are those of outlets, by id."""
    days: dict[str, list[Document]] = {}
    for one in sorted(documents, key=lambda one: (one.day, one.address)):
        days.setdefault(one.day, []).append(one)
    made = []
    for segment in divide((day, len(group)) for day, group in days.items()):
        portion = make_portion(
            one for day, group in days.items() if segment.first <= day <= segment.last for one in group
        )
        folder = output / "search" / segment.name
        made.append((Span(*segment[:3]), make_segment([portion], names, {}, partial(put, folder))))
    put(output, "search/index.json", make_index(made, b""))
