"""The dates that a page tells -> the one on which its article was published."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cermin.seeds.dates import Clock, Dated, read_date

SHOWN = "block"
"""Beginning of the source of a date that readers see."""

_LOOSE = re.compile(r"\s+(?=[tT]\d)")
_CHANGED = re.compile(
    r"\b(?:updated?|modified|diperbarui|aktualisiert|stand|geändert|mis à jour|(?:ac|a)tualizado|обновлено)\b|更新",
    re.IGNORECASE,
)
_DAY, _MINUTE = 10, 16
"""Characters of an ISO 8601 time up to its day and its minute."""


class Told(NamedTuple):
    """A date and where it was told."""

    source: str
    dated: Dated


def choose_date(texts: Iterable[tuple[str, str]], clock: Clock) -> Told | None:
    """Return the best of dates (source and text), of which the first are to be believed most; None when none is one.

    A day gains the time of day that another tells for it. Machines are often told local time as if it were UTC, so
    the zone beside the same time of day that readers see is the right one. Dates of a change serve when there are no
    others.
    """
    read = [(source, text, read_date(_LOOSE.sub("", text), clock)) for source, text in texts]
    told = [(Told(source, dated), text) for source, text, dated in read if dated and dated.value]
    first = [one for one, text in told if not _CHANGED.search(text)] or [one for one, _ in told]
    return _refine(first[0], first[1:]) if first else None


def _refine(best: Told, others: Sequence[Told]) -> Told:
    for other in others:
        value, finer = best.dated.value, other.dated.value
        if best.dated.precision == "day":
            is_better = other.dated.precision == "minute" and finer[:_DAY] == value[:_DAY]
        else:
            is_shown_so = other.source.startswith(SHOWN) and value.endswith("+00:00")
            has_zone = len(finer) > len("2024-06-20T13:40:00")
            lacks_zone = len(value) == len("2024-06-20T13:40:00")
            is_better = finer[:_MINUTE] == value[:_MINUTE] and has_zone and (lacks_zone or is_shown_so)
        if is_better:
            best = other
    return best
