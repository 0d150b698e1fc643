"""The words of the interface: gettext catalogues, and dates and numbers by CLDR, in one language."""

from __future__ import annotations

import gettext
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from babel import Locale, UnknownLocaleError, dates, localedata, numbers
from babel.core import get_global
from babel.lists import format_list
from babel.units import format_unit

from cermin.output.translations import load_translations

# Indonesia writes its zones by name.
_ZONES = {"id": {"+07:00": "WIB", "+08:00": "WITA", "+09:00": "WIT"}}
RTL_LANGUAGES = frozenset("ar arc bal bgn bqi ckb dv fa glk he khw ks lrc luz mzn nqo pnb ps sd ug ur yi".split())
RTL_SCRIPTS = frozenset("adlm arab aran hebr mand mend nkoo rohg samr syrc thaa yezi".split())
"""Languages and scripts that are written from the right; templates/search/search.js has them as well."""
ZEROS = {
    "adlm": 0x1E950, "arab": 0x660, "arabext": 0x6F0, "beng": 0x9E6, "cakm": 0x11136, "deva": 0x966, "hmnp": 0x1E140,
    "mtei": 0xABF0, "mymr": 0x1040, "nkoo": 0x7C0, "olck": 0x1C50, "tibt": 0xF20,
}  # fmt: skip
"""The zero of each numbering system that CLDR has as the usual one of a language; its other digits stand behind it
(https://www.unicode.org/reports/tr35/tr35-numbers.html#Numbering_Systems)."""


def direction(lang: str) -> str:
    """Return ``rtl`` for languages that are written from the right, else ``ltr``.

    A script in the tag decides (``az-Arab``, ``ur-Latn``), else the language.
    """
    parts = lang.lower().split("-")
    script = next((part for part in parts[1:3] if len(part) == 4 and part.isalpha()), "")  # noqa: PLR2004 - RFC 5646
    return "rtl" if script in RTL_SCRIPTS or (not script and parts[0] in RTL_LANGUAGES) else "ltr"


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
    """The interface language: translations, dates, numbers.

    Dates and numbers are written as CLDR has it, in the digits of the language; the calendar is the Gregorian one in
    every language, for it is the one in which articles are dated.
    """

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
        time = " ".join(filter(None, (_format_time(match[1], self.locale), self._zone(match[2]))))
        # A time behind its date, or before it, as a language has it: "{1}, {0}".
        return str(self.locale.datetime_formats["medium"]).format(time, self.long_date(value))

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
        return _with_own_digits(
            numbers.format_decimal(value, locale=self.locale, numbering_system="default"), self.locale
        )

    def size(self, count: int) -> str:
        """Return ``1,2 MB`` for so many bytes."""
        units = ("byte", "kilobyte", "megabyte", "gigabyte")
        step = min(len(units) - 1, (len(str(count)) - 1) // 3)
        value = round(count / 1000**step, 1)
        return _with_own_digits(
            format_unit(value, units[step], "short", locale=self.locale, numbering_system="default"), self.locale
        )

    def language_name(self, tag: str) -> str:
        """Return ``Jepang`` for ``ja``; the tag itself where CLDR does not know it."""
        try:
            return Locale.parse(tag, sep="-").get_display_name(self.locale) or tag
        except (ValueError, UnknownLocaleError):
            return tag

    def joints(self, count: int) -> tuple[str, ...]:
        """Return what stands before, between and behind the items of a list: ``("", ", ", ", dan ", "")`` for three."""
        return _joints(count, self.locale)

    @cached_property
    def first_week_day(self) -> int:
        """The day with which a week begins, 0 for Monday: as in the tag's country, or in the language's first one."""
        likely = get_global("likely_subtags").get(str(self.locale))
        if self.locale.territory or not likely:
            return self.locale.first_week_day
        try:
            return Locale.parse(likely).first_week_day
        except UnknownLocaleError:  # of "no", which CLDR has as "nb" with a country
            return self.locale.first_week_day

    @cached_property
    def weekdays(self) -> list[Weekday]:
        """The names of the days in the order of a week."""
        wide, short, narrow = (self.locale.days["stand-alone"][width] for width in ("wide", "abbreviated", "narrow"))
        order = [(self.first_week_day + day) % 7 for day in range(7)]
        # Where CLDR has no narrow names of a language, it gives English letters.
        return [
            Weekday(
                wide[day], short[day], narrow[day] if narrow[day].isascii() == short[day].isascii() else short[day][0]
            )
            for day in order
        ]


@lru_cache(maxsize=8192)
def _format_date(day: str, style: str, locale: Locale) -> str:
    value = date.fromisoformat(day)
    if style.startswith("y"):
        return _with_own_digits(dates.format_skeleton(style, value, locale=locale), locale)
    return _with_own_digits(dates.format_date(value, style, locale=locale), locale)


@lru_cache(maxsize=2048)
def _format_time(time: str, locale: Locale) -> str:
    value = datetime.fromisoformat(f"2000-01-01T{time}")
    return _with_own_digits(dates.format_time(value, "short", locale=locale), locale)


def _with_own_digits(text: str, locale: Locale) -> str:
    """Return a text of Babel's, which writes 0 to 9 in every language, in the digits of one."""
    zero = ZEROS.get(locale.default_numbering_system)
    return text.translate({0x30 + digit: zero + digit for digit in range(10)}) if zero else text


@lru_cache(maxsize=64)
def _joints(count: int, locale: Locale) -> tuple[str, ...]:
    return tuple(format_list("\0" * count, locale=locale).split("\0"))


def load_words(language: str, catalogues: tuple[Path, ...]) -> Words:
    """Load the words of a language; what no catalogue says is English, dates and numbers are not.

    Raises TemplateError for a file that is no catalogue.
    """
    # Babel keeps what one language inherits where all others find it (https://github.com/python-babel/babel/issues/1234),
    # so that a language which comes second in a process would have weekdays of the first. Each gets data of its own.
    localedata._cache.clear()  # noqa: SLF001 - nothing public forgets it
    locale = Locale.parse(language, sep="-")
    _ = locale.days
    return Words(language, locale, load_translations(catalogues, locale))
