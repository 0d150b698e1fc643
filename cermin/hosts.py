"""What hosts of static sites allow, and whether a mirror keeps within it.

The figures stand in ``hosts.toml``, each with the page of the host that tells it and the day on which it was read.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from cermin.errors import Fault

NEAR = 0.8
"""Part of a limit from which on a mirror is warned that it comes near."""
REDIRECTS = "_redirects"
"""The file below output/ in which hosts read redirects."""
HEADERS = "_headers"
"""The file below output/ in which hosts read what to send with answers."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One thing of which a host takes so much."""

    of: str
    """``files``, ``entries``, ``bytes``, ``file``, ``redirects`` or ``path``: see `Measure`."""
    most: int
    source: str
    """The page that tells it."""
    read: date
    """When it was read there."""
    firm: bool = True
    """Whether what is beyond is refused; if not, the host advises it or grants more."""
    remedy: str = ""
    """What the host offers beyond it."""


@dataclass(frozen=True, slots=True)
class Redirects:
    """How much of a file ``_redirects`` a host reads."""

    rules: int
    line: int
    """Characters of a rule."""
    source: str
    read: date


@dataclass(frozen=True, slots=True)
class Host:
    """A host, or a plan of one."""

    id: str
    name: str
    limits: tuple[Limit, ...] = ()
    headers: bool = False
    """Whether it reads ``_headers``."""
    redirects: Redirects | None = None
    """What it reads of ``_redirects``; None where it reads none."""


class Measure(NamedTuple):
    """How large a site is; all sizes are bytes."""

    files: int
    entries: int
    """Files and folders."""
    bytes: int
    largest: tuple[str, int]
    """The path and the size of the largest file."""
    longest: str
    """The path that is longest in UTF-8."""
    redirects: int
    """Rules in ``_redirects``."""
    search_files: int = 0
    """Those of the search index."""
    search_bytes: int = 0
    estimate: str = ""
    """How the figures came about where no site was measured; empty where one was."""


class Verdict(NamedTuple):
    """What a host makes of a site."""

    faults: list[Fault]
    """What is beyond a limit."""
    warnings: list[Fault]
    """What comes near to one, or is beyond what the host advises."""


@lru_cache(maxsize=1)
def load_hosts() -> Mapping[str, Host]:
    """Return all hosts that are known, by their ids."""
    tables = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {name: _host(name, dict(table)) for name, table in tables.items()}


def _host(name: str, table: dict[str, Any]) -> Host:
    limits = tuple(Limit(**limit) for limit in table.pop("limits", ()))
    redirects = Redirects(**table.pop("redirects")) if "redirects" in table else None
    return Host(name, limits=limits, redirects=redirects, **table)


def measure(output: Path) -> Measure:
    """Return how large the site in the folder ``output`` is. Raises OSError."""
    files = folders = size = search_files = search_bytes = 0
    largest, longest = ("", 0), ""
    top = len(str(output)) + 1
    for folder, _, names in os.walk(output):
        prefix = f"{folder[top:].replace(os.sep, '/')}/" if folder[top:] else ""
        folders += bool(prefix)
        for name in names:
            bytes_ = os.lstat(f"{folder}/{name}").st_size
            files, size = files + 1, size + bytes_
            if prefix.startswith("search/"):
                search_files, search_bytes = search_files + 1, search_bytes + bytes_
            if bytes_ > largest[1]:
                largest = prefix + name, bytes_
            if len(prefix) + len(name) >= len(longest) // 4:  # a character has at most four bytes
                longest = max(longest, prefix + name, key=_length)
    redirects = sum(1 for _ in _rules(output / REDIRECTS))
    return Measure(files, files + folders, size, largest, longest, redirects, search_files, search_bytes)


def _length(path: str) -> int:
    return len(path.encode(errors="surrogateescape"))


def _rules(path: Path) -> Iterator[str]:
    if path.is_file():
        lines = path.read_text(encoding="utf-8").splitlines()
        yield from (line for line in lines if line.strip() and not line.startswith("#"))


def compare(host: Host, site: Measure) -> Verdict:
    """Return which limits of a host a site is beyond, which it comes near to, and what to change."""
    verdict = Verdict([], [])
    limits = host.limits
    if rules := host.redirects:
        limits += (Limit("redirects", rules.rules, rules.source, rules.read),)
    for limit in limits:
        value, subject, unit = _value(limit.of, site)
        beyond = value > limit.most
        # A build writes no more redirects than its host reads, so that nothing is wrong where they are all used.
        if not beyond and (value <= limit.most * NEAR or limit.of == "redirects"):
            continue
        takes = "takes" if limit.firm else "advises"
        of_it = f"{_shown(value, unit)} of {_shown(limit.most, unit)}"
        told = f"{subject}{_shown(value, unit)}, and {host.name} {takes} {_shown(limit.most, unit)}"
        near = f"{subject}{of_it} that {host.name} {takes}, {value * 100 // limit.most} %"
        about = "about " if site.estimate else ""
        place, text = _place(limit.of, site), about + (told if beyond else near)
        where = verdict.faults if beyond and limit.firm else verdict.warnings
        where.append(Fault(place, f"{text} ({limit.source}, read on {limit.read})", _hint(limit, host, site)))
    return verdict


def _value(of: str, site: Measure) -> tuple[int, str, str]:
    match of:
        case "file":
            return site.largest[1], "the largest file has ", "bytes"
        case "path":
            return _length(site.longest), "the longest path has ", "bytes of a path"
        case "entries":
            return site.entries, "", "files and folders"
        case _:
            return int(getattr(site, of)), "", of


def _place(of: str, site: Measure) -> str:
    path = {"file": site.largest[0], "path": site.longest, "redirects": REDIRECTS}.get(of, "")
    return f"output/{path}" if path else ""


def tell(site: Measure) -> str:
    """Return a measure in words."""
    size, largest = _shown(site.bytes, "bytes"), _shown(site.largest[1], "bytes")
    return f"{site.files:,} files, {size}, the largest {largest}"


def _shown(value: int, unit: str) -> str:
    if unit != "bytes":
        return f"{value:,} {unit.removesuffix(' of a path')}"
    for size, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if value >= size:
            return f"{value / size:.2f} {name}"
    return f"{value} bytes"


def _hint(limit: Limit, host: Host, site: Measure) -> str:
    if limit.of == "redirects":
        return f'set host = "{host.id}" below [site] and build: old addresses without room there become pages'
    ways = [limit.remedy] if limit.remedy else []
    if limit.of in {"files", "entries"} and site.search_files:
        ways.append(f"search = false saves {site.search_files:,} files")
    if limit.of == "bytes" and site.search_bytes:
        ways.append(f"search = false saves {_shown(site.search_bytes, 'bytes')}")
    if limit.of in {"files", "entries", "bytes"}:
        ways.append("make a mirror of each outlet, or of a few")
    others = [other.id for other in load_hosts().values() if other.id != host.id and _holds(other, site)]
    if others:
        ways.append(f"another host: {', '.join(others)}")
    return "; ".join(ways)


def _holds(host: Host, site: Measure) -> bool:
    """Tell whether a site keeps within a host's limits; redirects that find no room there become pages."""
    return all(_value(limit.of, site)[0] <= limit.most for limit in host.limits)
