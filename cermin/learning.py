"""What was learned of sources, written down as outlet profiles that a person can read and change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from cermin import seeds, site
from cermin.config import Config
from cermin.errors import UsageError
from cermin.files import put
from cermin.outlets import is_domain, profile_id
from cermin.records import Reading
from cermin.seeds.furniture import describe_lines, host_of, is_mixed, name_of


class Learned(NamedTuple):
    """What was learned of one source."""

    source: str
    place: str
    """The profile, below the mirror; empty where the source may be many outlets or its name gives no id."""
    is_written: bool
    """Whether the profile is new; one that is there is left alone."""
    text: str
    """The profile."""
    lines: int


def learn_profiles(config: Config, catalogue: site.Catalogue, names: Iterable[str]) -> list[Learned]:
    """Write a profile for each source of which furniture was learned, or for those of the given names.

    A profile that the mirror has is never changed. Raises UsageError for a name of which nothing was learned.
    """
    learned = {name_of(source): (source, familiar.lines) for source, familiar in catalogue.learned().items()}
    chosen = list(names) or [name for name, (source, _) in learned.items() if not is_mixed(source)]
    for name in chosen:
        if name not in learned:
            hint = f"of these there is: {', '.join(learned)}" if learned else "import captures first"
            raise UsageError.at(name, "nothing was learned of it", hint)
    return [_write(config, name, *_describe(config, catalogue, *learned[name])) for name in chosen]


def _describe(
    config: Config, catalogue: site.Catalogue, source: str, keys: Mapping[int, int]
) -> tuple[str, dict[str, None]]:
    """Return the source, and patterns for its lines, each once."""
    patterns: dict[str, None] = {}
    todo = frozenset(keys)
    wanted: dict[str, set[str]] = {}
    for seed, path, found in catalogue.with_lines(source, todo):
        if found & todo:
            wanted.setdefault(path, set()).add(seed)
            todo -= found
    for path, some in wanted.items():
        for reading in _read(config, path):
            if reading.seed in some:
                patterns |= dict.fromkeys(describe_lines(reading.lines, keys))
    return source, patterns


def _read(config: Config, path: str) -> Iterator[Reading]:
    for captured in seeds.read_captures(config.seeds / path, path, config.tables):
        yield captured if isinstance(captured, Reading) else seeds.read_article(captured, config.outlets)


def _write(config: Config, name: str, source: str, patterns: dict[str, None]) -> Learned:
    is_known = source in config.outlets
    host = host_of(source)
    is_nameless = is_mixed(source) or (host and not is_domain(host))
    outlet = source if is_known else "" if is_nameless else profile_id(name)
    told = [] if is_known else [f"name = {_quote(name)}"]
    told += [f"domains = [{_quote(host)}]"] if host else []
    lines = [
        "# Lines that repeat in captures of this outlet, as `cermin outlets learn` found them. Change what is wrong.",
        *told,
        "",
        "[rules]",
        "learned = [",
        *(f"    {_quote(pattern)}," for pattern in patterns),
        "]",
    ]
    text = "\n".join(lines) + "\n"
    place = f"outlets/{outlet}.toml" if outlet else ""
    is_new = bool(place) and not (config.root / place).exists() and bool(patterns)
    if is_new:
        put(config.root, place, text.encode())
    return Learned(source, place, is_new, text, len(patterns))


def _quote(text: str) -> str:
    """Return a text as TOML: between single quotes, where a backslash is one, if it can stand there."""
    return json.dumps(text, ensure_ascii=False) if "'" in text else f"'{text}'"
