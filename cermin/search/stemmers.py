"""The Snowball stemmers: which language has one, and where Python finds it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

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
    name = ALGORITHMS[key]
    module = import_module(f"snowballstemmer.{name}_stemmer")
    return cast("Callable[[str], str]", getattr(module, f"{name.title()}Stemmer")().stemWord)
