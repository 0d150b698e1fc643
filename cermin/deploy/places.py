"""The tables [deploy.NAME] of cermin.toml: all their faults at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, get_type_hints

from cermin.config import NAME, read_values
from cermin.deploy.target import Target
from cermin.errors import ConfigError, Fault, UsageError, guess
from cermin.hosts import load_hosts

MAX_DELETES = 5
COMMON = {"target": str, "max_deletes": int, "host": str}
"""What every [deploy.NAME] may say."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the site goes: a table ``[deploy.NAME]``."""

    name: str
    target: Target
    max_deletes: int = MAX_DELETES
    """Per cent of the files at the place that a deploy may take away without being told to."""
    host: str = ""
    """Whose limits the site has to keep, one of `cermin.hosts`; that of ``[site]`` where it is empty."""


def read_places(tables: Mapping[str, Mapping[str, Any]], targets: Mapping[str, type[Target]]) -> dict[str, Place]:
    """Return the places by their names. Raises ConfigError with every fault of their settings."""
    faults: list[Fault] = []
    places: dict[str, Place] = {}
    for name, table in tables.items():
        place, wrong = _read_place(name, table, targets)
        faults += wrong
        if place:
            places[name] = place
    if faults:
        raise ConfigError(*faults)
    return places


def _read_place(
    name: str, table: Mapping[str, Any], targets: Mapping[str, type[Target]]
) -> tuple[Place | None, list[Fault]]:
    words = f"[deploy.{name}]"
    choices = ", ".join(f'"{target}"' for target in targets)
    kind = table.get("target")
    if not isinstance(kind, str) or kind not in targets:
        verdict = f'unknown target "{kind}" in {words}{guess(str(kind), targets)}' if kind else f"{words} has no target"
        return None, [Fault(NAME, verdict, f"write target = one of {choices}")]
    target_class = targets[kind]
    values, faults = read_values(table, COMMON | settings_of(target_class), words)
    faults += _check_common(name, words, values)
    needed = required_settings(target_class)
    faults += [Fault(NAME, f"{words} does not say {setting}") for setting in sorted(needed - table.keys())]
    if not needed <= values.keys():
        return None, faults
    target = target_class(**{setting: value for setting, value in values.items() if setting not in COMMON})
    faults += [Fault(NAME, f"{verdict} in {words}", hint) for verdict, hint in target.faults()]
    if faults:
        return None, faults
    common = {setting: value for setting, value in values.items() if setting in COMMON and setting != "target"}
    return Place(name, target, **common), []


def _check_common(name: str, words: str, values: Mapping[str, Any]) -> Iterator[Fault]:
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}", name):
        yield Fault(NAME, f"{words} is called something else than letters, digits, - and _", "give it another name")
    if (host := values.get("host")) and host not in load_hosts():
        hint = f"the hosts that cermin knows: {', '.join(load_hosts())}"
        yield Fault(NAME, f'host in {words} is none that cermin knows: "{host}"{guess(host, load_hosts())}', hint)
    if not 0 <= values.get("max_deletes", MAX_DELETES) <= 100:  # noqa: PLR2004 - per cent
        yield Fault(NAME, f"max_deletes in {words} is not between 0 and 100 (per cent): {values['max_deletes']}")


def settings_of(target: type[Target]) -> dict[str, type]:
    """Return the settings that a target has of its own, with their types."""
    hints = get_type_hints(target)
    return {item.name: hints[item.name] for item in fields(target)}  # type: ignore[arg-type]


def required_settings(target: type[Target]) -> set[str]:
    """Return those of a target's settings that have no default."""
    return {item.name for item in fields(target) if item.default is MISSING}  # type: ignore[arg-type]


def choose_place(places: Mapping[str, Place], name: str | None) -> Place:
    """Return the place called ``name``, or the only one. Raises UsageError."""
    if not places:
        hint = 'write [deploy.NAME] with target = "folder" and path = "…" into it'
        raise UsageError.at(NAME, "it has no place to deploy to", hint)
    known = ", ".join(places)
    if name is None and len(places) > 1:
        raise UsageError.at("", "there are several places to deploy to", f"name one of them: {known}")
    if name is None:
        return next(iter(places.values()))
    if name not in places:
        raise UsageError.at(NAME, f"no [deploy.{name}]{guess(name, places)}", f"there is {known}")
    return places[name]
