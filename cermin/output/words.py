"""The words of the interface: gettext catalogues, and dates and numbers by CLDR, in one language."""

from __future__ import annotations

import gettext
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from babel import Locale, dates, numbers
from babel.core import get_global

from cermin.output.translations import load_translations

# Indonesia writes its zones by name.
_ZONES = {"id": {"+07:00": "WIB", "+08:00": "WITA", "+09:00": "WIT"}}
_RTL = frozenset("ar arc ckb dv fa he ks ku-Arab ps sd ug ur yi".split())


def direction(lang: str) -> str:
    """Return ``rtl`` for languages that are written from the right, else ``ltr``."""
    return "rtl" if lang in _RTL or lang.partition("-")[0].lower() in _RTL else "ltr"


class Weekday(NamedTuple):
    """The names of a day of the week: in full, short, and as narrow as a letter."""

    name: str
    short: str
    narrow: str


def locale_of(lang: str) -> str:
    """Return a language as OpenGraph writes it (https://ogp.me/): ``id_ID``, with the territory where most speak it.

    By CLDR's likely subtags; a language that CLDR does not know stays without a territory.
    """
    parts = lang.split("-")
    territory = next((part for part in parts[1:] if re.fullmatch("[A-Za-z]{2}", part)), "")
    if not territory:
        likely, language = get_global("likely_subtags"), parts[0].lower()
        written = f"{language}_{parts[1].capitalize()}" if len(parts) > 1 else language
        territory = (likely.get(written) or likely.get(language) or "").rpartition("_")[2]
    return "_".join(filter(None, (parts[0].lower(), territory.upper())))


@dataclass(frozen=True)
class Words:
    """The interface language: translations, dates, numbers."""

    language: str
    locale: Locale
    translations: gettext.NullTranslations

    def long_date(self, value: str) -> str:
        """Return ``20 Juni 2024`` for an ISO date or time."""
        return _format_date(value[:10], "long", self.locale)

    def short_date(self, value: str) -> str:
        """Return ``20 Jun 2024``."""
        return _format_date(value[:10], "medium", self.locale)

    def long_date_time(self, value: str) -> str:
        """Return ``20 Juni 2024 13.40 WIB``; only the day where only that is known."""
        match = re.match(r".{10}T(\d\d:\d\d)(?::\d\d)?(.*)", value)
        if not match:
            return self.long_date(value)
        time = _format_time(match[1], self.locale)
        return " ".join(filter(None, (self.long_date(value), time, self._zone(match[2]))))

    def _zone(self, offset: str) -> str:
        named = _ZONES.get(self.locale.language, {}).get(offset)
        return named or ("UTC" if offset in {"Z", "+00:00"} else f"UTC{offset}" if offset else "")

    def month_name(self, value: str) -> str:
        """Return ``Juni 2024`` for ``2024-06``."""
        return _format_date(value[:7] + "-01", "yMMMM", self.locale)

    def month_short(self, number: int) -> str:
        """Return ``Jun`` for 6."""
        return str(self.locale.months["stand-alone"]["abbreviated"][number])

    def year_name(self, value: str) -> str:
        """Return ``2024`` in the language's digits, with what it puts beside them, for any date of that year."""
        return _format_date(value[:4] + "-01-01", "y", self.locale)

    def month_alone(self, number: int) -> str:
        """Return ``Juni`` for 6."""
        return str(self.locale.months["stand-alone"]["wide"][number])

    def number(self, value: int) -> str:
        """Return a number with the language's grouping."""
        return numbers.format_decimal(value, locale=self.locale)

    @property
    def weekdays(self) -> list[Weekday]:
        """The names of the days in the order of a week."""
        names = [self.locale.days["stand-alone"][width] for width in ("wide", "abbreviated", "narrow")]
        order = [(self.locale.first_week_day + day) % 7 for day in range(7)]
        return [Weekday(*(name[day] for name in names)) for day in order]


@lru_cache(maxsize=8192)
def _format_date(day: str, style: str, locale: Locale) -> str:
    value = date.fromisoformat(day)
    if style in {"y", "yMMMM"}:
        return dates.format_skeleton(style, value, locale=locale)
    return dates.format_date(value, style, locale=locale)


@lru_cache(maxsize=2048)
def _format_time(time: str, locale: Locale) -> str:
    return dates.format_time(datetime.fromisoformat(f"2000-01-01T{time}"), "short", locale=locale)


def load_words(language: str, catalogues: tuple[Path, ...]) -> Words:
    """Load the words of a language; what no catalogue says is English, dates and numbers are not.

    Raises TemplateError for a file that is no catalogue.
    """
    locale = Locale.parse(language, sep="-")
    return Words(language, locale, load_translations(catalogues, locale))
