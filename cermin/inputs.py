"""What pages and imports depend on beside articles: cermin itself, settings, profiles, words, templates."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import cermin
from cermin.config import Config
from cermin.files import digest
from cermin.output import Theme, catalogue_paths
from cermin.site import Kind

_LIBRARIES = ("jinja2", "markdown", "nh3", "babel", "python-frontmatter", "pyyaml", "pystemmer", "snowballstemmer")
_READING_LIBRARIES = ("charset-normalizer", "feedparser", "ftfy", "lxml", "trafilatura", "warcio")
"""What captures are read with; some of them may be missing, and come later."""


def shared_inputs(config: Config, theme: Theme, kind: Kind) -> Mapping[str, str]:
    """Return the inputs that all pages of a kind share; `cermin why` prints the names of those that changed.

    What no template makes depends on neither settings nor words.
    """
    own = {"cermin itself": code()}
    if not kind.templates:
        return own
    return {
        **own,
        **_settings(config),
        "stylesheet": theme.stylesheet,
        **theme.closure(kind.templates),
    }


def _settings(config: Config) -> dict[str, str]:
    words = b"\0".join(path.read_bytes() for path in catalogue_paths(config))
    # By the rest of a profile captures are read.
    shown = [(outlet.id, outlet.name, outlet.original, outlet.homepage) for outlet in config.outlets.values()]
    return {
        "settings": digest(repr(config.site).encode()),
        "outlet profiles": digest(repr(shown).encode()),
        "words of the interface": digest(words) if words else "",
    }


def import_rules(config: Config) -> str:
    """Return the hash of what decides how a capture is read: cermin's own code, libraries, profiles and tables."""
    libraries = [_version_if_there(name) for name in _READING_LIBRARIES]
    return digest(f"{code()} {libraries!r} {sorted(config.outlets.items())!r} {config.tables!r}".encode())


def _version_if_there(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""


@lru_cache(maxsize=1)
def code() -> str:
    """Return the hash of cermin's own code and data and of the versions of the libraries that shape its output."""
    folder = Path(cermin.__file__).parent
    own = [path for path in sorted(folder.rglob("*")) if path.suffix in {".py", ".toml"}]
    parts = [f"zlib {zlib.ZLIB_RUNTIME_VERSION}", *(f"{name} {version(name)}" for name in _LIBRARIES)]
    parts += [f"{path.relative_to(folder).as_posix()} {digest(path.read_bytes())}" for path in own]
    return digest("\n".join(parts).encode())
