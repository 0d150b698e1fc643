"""The gettext catalogues of the interface: where they are, and for which languages there is one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel import Locale

_FOLDER = Path(__file__).parent / "locales"


def catalogue_path(language: str) -> Path | None:
    """Return the gettext catalogue of a language tag, or of what it is a kind of: ``pt-BR`` is ``pt``.

    A region tells the script (CLDR, likely subtags): ``zh-TW`` is ``zh-Hant``.
    """
    for name in _lookup(Locale.parse(language, sep="-")):
        path = _FOLDER / name / "LC_MESSAGES" / "cermin.po"
        if path.is_file():
            return path
    return None


def _lookup(locale: Locale) -> Iterator[str]:
    """Yield the names of catalogues that serve a locale, the nearest first (RFC 4647, 3.4)."""
    language, script, region = locale.language, locale.script, locale.territory
    yield "_".join(filter(None, (language, script, region)))
    yield "_".join(filter(None, (language, script)))
    yield language


def has_words(language: str) -> bool:
    """Tell whether the interface is translated to a language; English is what the templates are written in."""
    return language.partition("-")[0] == "en" or catalogue_path(language) is not None
