"""The gettext catalogues of the interface: where they are, and for which languages there is one."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent / "locales"


def catalogue_path(language: str) -> Path | None:
    """Return the gettext catalogue of a language: its own, or that of the language without region."""
    for name in dict.fromkeys((language.replace("-", "_"), language.partition("-")[0])):
        path = _FOLDER / name / "LC_MESSAGES" / "cermin.po"
        if path.is_file():
            return path
    return None


def has_words(language: str) -> bool:
    """Tell whether the interface is translated to a language; English is what the templates are written in."""
    return language.partition("-")[0] == "en" or catalogue_path(language) is not None
