"""The Snowball stemmers: which language has one, and where Python finds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from Stemmer import Stemmer

ALGORITHMS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "st": "sesotho",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
"""The algorithm of each language that has one."""

_WRITTEN = {"nb": "no", "nn": "no"}
"""Languages of which one algorithm knows both."""


def find_stemmer(language: str) -> str:
    """Return the key in `ALGORITHMS` of a BCP 47 tag, or nothing where its language has no stemmer."""
    primary = language.lower().partition("-")[0]
    key = _WRITTEN.get(primary, primary)
    return key if key in ALGORITHMS else ""


def load_stemmer(key: str) -> Callable[[str], str]:
    """Return what shortens a word in lower case to what its forms have in common, which need not be a word."""
    # Compiled, it takes a twentieth to a hundredth of the time of the same algorithm in Python, from which that for
    # browsers is translated; tests hold them together. Words are kept elsewhere, hence no cache here.
    return cast("Callable[[str], str]", Stemmer(ALGORITHMS[key], 0).stemWord)
