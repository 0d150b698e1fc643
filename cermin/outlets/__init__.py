r"""Outlet profiles: what is known of one outlet, from TOML files; built-in ones ship in this folder.

A profile is ``<id>.toml``: the file's name is the outlet's id, which stands in addresses. Keys are those of `Outlet`
except ``id``; ``rules``, ``lists``, ``ends``, ``last``, ``inline`` and ``mentions`` are tables of pattern lists::

    name = "GenPI.co"
    time_zone = "Asia/Jakarta"
    recognise = ['^GenPI\.co - ']

    [rules]
    promo = ['Silakan baca konten menarik lainnya dari GenPI\.co .+']
    editor = ['Redaktur ?: ?(?P<editor>.+)']

Everything is checked here, but no pattern is kept compiled: profiles travel to worker processes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cermin import slugs
from cermin.errors import ConfigError, Fault, guess, toml_fault

Rules = tuple[tuple[str, tuple[str, ...]], ...]
"""Rule name and its patterns, in the order of the file: the first that matches decides."""

ORIGINALS = ("alive", "gone", "blocked", "unknown")
DATE_ORDERS = ("dmy", "mdy", "")
FATES = ("author", "editor", "agency", "place", "section", "tag", "url", "date", "see_also", "body", "cut")
"""Names of groups that a pattern may have: what becomes of the text that the group holds (see `cermin.seeds.lines`)."""

RESERVED = slugs.RESERVED | {"unknown"}
"""Ids that no profile can have; ``unknown`` is the outlet of captures without one."""

BUILT_IN = Path(__file__).parent
"""The folder of the profiles that ship with cermin."""

_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}")


@dataclass(frozen=True, slots=True)
class Outlet:
    """What is known of one outlet; everything but the id may be unknown."""

    id: str
    """Stands in addresses: ``genpi`` in ``genpi/2024/06/slug.html``."""
    name: str = ""
    """As readers see it; the id where the profile gives none."""
    domains: tuple[str, ...] = ()
    """Host names without ``www.``; subdomains belong to the outlet as well."""
    language: str = ""
    """BCP 47 tag of its articles, empty when it publishes in several."""
    time_zone: str = ""
    """IANA name (``Asia/Jakarta``) of the clock behind times that are written without a zone."""
    original: str = "unknown"
    """Whether the outlet can still be read at its own address: one of `ORIGINALS`."""
    homepage: str = ""
    date_order: str = ""
    """How it writes 03/04/2024: ``dmy``, ``mdy``, or empty when that is not known."""
    recognise: tuple[str, ...] = ()
    """Patterns searched in a capture's text, where ``^`` and ``$`` stand for the ends of a line."""
    rules: Rules = ()
    """Patterns for whole lines, case ignored. Named groups say what becomes of each part (`FATES`); no group: a cut."""
    lists: Rules = ()
    """Patterns for whole lines that head a list of titles; the titles are see-also entries where the rule's name is
    ``see-also``, and cut with their heading otherwise."""
    ends: Rules = ()
    """Patterns for whole lines behind which nothing of the article follows, such as "Most read"."""
    last: Rules = ()
    """Patterns for whole lines that are no text where they stand behind all of it, such as a writer's biography; named
    groups as in ``rules``."""
    inline: Rules = ()
    """Patterns searched inside body lines, case ignored; named groups as in ``rules``."""
    mentions: Rules = ()
    """Patterns searched in body lines that fill a field and leave the line as it is (``Dilansir AP News, …``)."""


def load_outlets(folder: Path) -> dict[str, Outlet]:
    """Return the built-in profiles and those of ``folder``, by id.

    Of two with one id, ``folder``'s keys win; in tables its rules do, and come first.
    A missing folder is an empty one. Raises ConfigError with every fault of every profile; a fault's place is the
    file below the mirror (``outlets/genpi.toml``).
    """
    faults: list[Fault] = []
    settings: dict[str, dict[str, Any]] = {}
    # To check what cermin's own profiles say, which a test does, would take as long as a small build.
    for path in sorted(BUILT_IN.glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        settings[path.stem] = {key: _freeze(value) for key, value in table.items()}
    for path in _find_profiles(folder, faults):
        settings[path.stem] = _add(_read_profile(path, faults), settings.get(path.stem, {}))
    if faults:
        raise ConfigError(*faults)
    return {name: Outlet(**({"name": name} | settings[name]), id=name) for name in sorted(settings)}


def _add(own: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return a profile with what another of its id says in addition: its other keys, and in tables its other rules."""
    tables = [key for key in own if key in other and _CHECKS[key][1] is _check_rules]
    merged = {key: (*own[key], *(rule for rule in other[key] if rule[0] not in dict(own[key]))) for key in tables}
    return other | own | merged


def profile_id(name: str) -> str:
    """Return the id of a profile for an outlet that is called so; empty where none can be made of the name."""
    slug = slugs.slugify(name)
    return slug if _ID.fullmatch(slug) and slug not in RESERVED else ""


def is_domain(name: str) -> bool:
    """Tell whether a host's name can stand in ``domains``."""
    return _DOMAIN.fullmatch(name) is not None


def _find_profiles(folder: Path, faults: list[Fault]) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except FileNotFoundError:
        return []
    except OSError as error:
        faults.append(Fault(folder.name, f"cannot be read: {error.strerror}"))
        return []


def _read_profile(path: Path, faults: list[Fault]) -> dict[str, Any]:
    """Return the usable keys of one profile, in the shape of `Outlet`'s fields."""
    place = f"outlets/{path.name}"
    _check_id(path.stem, place, faults)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(toml_fault(place, error))
        return {}
    except OSError as error:
        faults.append(Fault(place, f"cannot be read: {error.strerror}"))
        return {}
    values = {}
    for key, value in table.items():
        if key not in _CHECKS:
            faults.append(Fault(place, f'unknown key "{key}"{guess(key, _CHECKS)}', _hint_for(key)))
            continue
        shape, check = _CHECKS[key]
        if (wrong := _SHAPES[shape](value)) is not None:
            faults.append(Fault(place, f"{key} is not {shape}: {wrong!r}"))
            continue
        values[key] = _freeze(value)
        faults += [Fault(place, f"{key}: {verdict}", hint) for verdict, hint in check(values[key])]
    return values


def _hint_for(key: str) -> str:
    return "the file's name is the id" if key == "id" else ""


def _check_id(name: str, place: str, faults: list[Fault]) -> None:
    if not _ID.fullmatch(name):
        hint = "name the file with small letters a-z, digits and hyphens"
        faults.append(Fault(place, f'"{name}" cannot be an outlet\'s id', hint))
    elif name in RESERVED:
        faults.append(Fault(place, f'"{name}" is a name that the site needs itself', "give the file another name"))


# --- shapes: each returns the first wrong value, or None ---


def _wrong_text(value: object) -> object | None:
    return None if isinstance(value, str) else value


def _wrong_list(value: object) -> object | None:
    if not isinstance(value, list):
        return value
    return next((item for item in value if not isinstance(item, str)), None)


def _wrong_table(value: object) -> object | None:
    if not isinstance(value, dict):
        return value
    return next((wrong for item in value.values() if (wrong := _wrong_list(item)) is not None), None)


_SHAPES: dict[str, Callable[[object], object | None]] = {
    "a text in quotes": _wrong_text,
    "a list of texts": _wrong_list,
    "a table of lists of texts": _wrong_table,
}


def _freeze(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple((name, tuple(patterns)) for name, patterns in value.items())
    return tuple(value) if isinstance(value, list) else value


# --- checks: each yields verdict and hint for what is wrong with a value of the right shape ---

_Verdicts = list[tuple[str, str]]


def _check_nothing(_value: object) -> _Verdicts:
    return []


def _check_domains(domains: tuple[str, ...]) -> _Verdicts:
    hint = 'write "genpi.co", without https:// and www.'
    return [(f'"{name}" is not a host name', hint) for name in domains if not _DOMAIN.fullmatch(name)]


def _check_language(tag: str) -> _Verdicts:
    return [] if not tag or _LANGUAGE.fullmatch(tag) else [(f'"{tag}" is not a language tag', 'write "id" or "pt-BR"')]


@lru_cache
def _is_time_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _check_time_zone(name: str) -> _Verdicts:
    return [] if not name or _is_time_zone(name) else [(f'"{name}" is not a time zone', 'write "Asia/Jakarta"')]


def _check_choice(choices: tuple[str, ...]) -> Callable[[str], _Verdicts]:
    named = ", ".join(choice for choice in choices if choice)

    def check(value: str) -> _Verdicts:
        return [] if value in choices else [(f'"{value}" is none of {named}{guess(value, choices)}', "")]

    return check


def _check_homepage(address: str) -> _Verdicts:
    good = not address or re.fullmatch(r"https?://[^\s\"'<>\\]+", address)
    return [] if good else [(f'"{address}" is not a web address', 'write "https://example.org/"')]


def _check_patterns(patterns: tuple[str, ...]) -> _Verdicts:
    return [(f"{pattern!r} is not a regular expression: {wrong}", "") for pattern in patterns
            if (wrong := _find_pattern_fault(pattern))]  # fmt: skip


def _find_pattern_fault(pattern: str) -> str:
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return str(error)
    return ""


def _check_rules(rules: Rules) -> _Verdicts:
    verdicts = []
    for name, patterns in rules:
        for pattern in patterns:
            if wrong := _find_pattern_fault(pattern):
                verdicts.append((f"{name}: {pattern!r} is not a regular expression: {wrong}", ""))
                continue
            for group in re.compile(pattern).groupindex:
                if group not in FATES:
                    hint = f"the groups are {', '.join(FATES)}"
                    verdicts.append((f'{name}: unknown group "{group}"{guess(group, FATES)}', hint))
    return verdicts


_CHECKS: Mapping[str, tuple[str, Callable[[Any], _Verdicts]]] = {
    "name": ("a text in quotes", _check_nothing),
    "domains": ("a list of texts", _check_domains),
    "language": ("a text in quotes", _check_language),
    "time_zone": ("a text in quotes", _check_time_zone),
    "original": ("a text in quotes", _check_choice(ORIGINALS)),
    "homepage": ("a text in quotes", _check_homepage),
    "date_order": ("a text in quotes", _check_choice(DATE_ORDERS)),
    "recognise": ("a list of texts", _check_patterns),
    "rules": ("a table of lists of texts", _check_rules),
    "lists": ("a table of lists of texts", _check_rules),
    "ends": ("a table of lists of texts", _check_rules),
    "last": ("a table of lists of texts", _check_rules),
    "inline": ("a table of lists of texts", _check_rules),
    "mentions": ("a table of lists of texts", _check_rules),
}
