"""The manifest of output/: what the catalogue knows of its files, written part by part where something changed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path

from cermin.config import Config
from cermin.errors import Fault, OutputError, SignatureError
from cermin.files import put, remove
from cermin.manifest import (
    PARTS,
    ROOT,
    SIGNATURE,
    CaptureHash,
    Listed,
    PartRow,
    encode_part,
    encode_root,
    is_own,
    make_root,
    split,
)
from cermin.report import Reporter
from cermin.site import Catalogue

_SHA256 = re.compile("[0-9a-f]{64}")


def make_manifest(config: Config, catalogue: Catalogue, report: Reporter, *, signs: bool) -> tuple[str, list[Fault]]:
    """Bring the manifest of output/ up to date and sign it; return the hash of the build, and why it is not so.

    Every file of the site must be made and recorded, and what is gone removed. Where the manifest cannot be written,
    the hash is empty, and the next build tries again. Without ``signs`` a new manifest waits for its signature.
    """
    build = ""
    try:
        build = _make(config.output, catalogue, report)
        if signs:
            _sign(config, catalogue, build)
    except (OutputError, SignatureError) as error:
        return build, list(error.faults)
    return build, []


def _make(output: Path, catalogue: Catalogue, report: Reporter) -> str:
    """Write parts before the root that names them, and remove those that it no longer names after it."""
    present = _find_own(output)
    before = catalogue.listing()
    is_whole = ROOT in present and all(row.path in present for row in before)
    stale = _stale(before, catalogue.unlisted()) if before and is_whole else set(range(len(before)))
    strange = present.difference((ROOT, SIGNATURE), (row.path for row in before))
    if before and not stale and not strange:
        return catalogue.meta("manifest")
    parts = [row for at, row in enumerate(before) if at not in stale]
    total = sum(before[at].files for at in stale) if parts else catalogue.count_pages()
    with report.stage("Making the manifest", total) as stage:
        for first, end in _runs(before, stale):
            for part in split(_listed(output, catalogue, first, end)):
                row, data = encode_part(part)
                put(output, row.path, data)
                parts.append(row)
                stage.advance(row.files)
    parts.sort(key=lambda row: row.first)
    root = make_root(parts)
    if SIGNATURE in present:
        # It is none of what comes now.
        remove(output, SIGNATURE)
    put(output, ROOT, encode_root(root))
    for path in present.difference((ROOT, SIGNATURE), (row.path for row in parts)):
        remove(output, path)
    with catalogue.batch():
        catalogue.keep_listing(root.build, before, parts)
    return root.build


def _sign(config: Config, catalogue: Catalogue, build: str) -> None:
    """Sign the root where that is wanted and not done. Raises SignatureError."""
    wanted = f"{build} {config.signing_key}" if config.signing_key else ""
    is_there = (config.output / SIGNATURE).exists()
    if is_there == bool(wanted) and catalogue.meta("signed") == wanted:
        return
    if is_there:
        remove(config.output, SIGNATURE)
    if config.signing_key:
        # Few builds sign.
        from cermin.signing import sign

        put(config.output, SIGNATURE, sign(config.signing_key, (config.output / ROOT).read_bytes()))
    with catalogue.batch():
        catalogue.keep_meta("signed", wanted)


def _find_own(output: Path) -> set[str]:
    """Return the files of a manifest that are in output/."""
    found = {path for path in (ROOT, SIGNATURE) if (output / path).is_file()}
    with suppress(FileNotFoundError, NotADirectoryError):
        found.update(path for item in (output / PARTS).iterdir() if is_own(path := f"{PARTS}/{item.name}"))
    return found


def _stale(parts: Sequence[PartRow], touched: Iterable[str]) -> set[int]:
    """Return the numbers of the parts that are to be made anew for the paths of pages that were made or went."""
    firsts = [row.first for row in parts]
    stale: set[int] = set()
    for path in touched:
        at = max(bisect_right(firsts, path) - 1, 0)
        stale.add(at)
        if at and firsts[at] == path:
            # Without it the two parts would be one.
            stale.add(at - 1)
    return stale


def _runs(parts: Sequence[PartRow], stale: set[int]) -> Iterator[tuple[str, str]]:
    """Yield from which path to before which those parts reach, side by side as one; from and to the ends as empty."""
    if not parts:
        yield "", ""
    bounds = ["", *(row.first for row in parts[1:]), ""]
    for at in sorted(stale):
        if at - 1 in stale:
            continue
        end = at + 1
        while end in stale:
            end += 1
        yield bounds[at], bounds[end]


def _listed(output: Path, catalogue: Catalogue, first: str, end: str) -> Iterator[Listed]:
    for path, hashed, size, kind, seed, seed_hash in catalogue.pages_to_list(first, end):
        capture = CaptureHash(seed, seed_hash) if seed and _SHA256.fullmatch(seed_hash) else None
        if size is None:
            yield Listed(path, *_read(output / path), kind, capture)
        else:
            yield Listed(path, hashed, size, kind, capture)


def _read(path: Path) -> tuple[str, int]:
    """Return hash and size of a file that a build began to make and did not finish, or failed to make anew."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest(), file.seek(0, 2)
    except OSError as error:
        raise OutputError.at(path, f"cannot be read: {error.strerror}", "build again") from error
