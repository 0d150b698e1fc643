"""The members of the dataset: runs of articles that are compressed together, so that an edit compresses few anew.

The dataset's file is a series of gzip members, which together are one (RFC 1952, 2.2). Its articles stand in the order
of their addresses, and a member begins at each whose tie, a number made of its address, is a multiple of `TOGETHER`. So
where members begin depends on addresses alone, and all hold about as many articles; one that comes or goes changes the
member in which it stands and, when it begins one, that before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from hashlib import blake2b
from typing import NamedTuple

from cermin.site.queries import Queries

TOGETHER = 32
"""Articles in a member, on average; one that an edit meets has twice as many, for it meets the long ones more often."""


class Member(NamedTuple):
    """A member as it should be."""

    first: str
    """The address of its first article; empty for the first member, which is always there and may hold none."""
    count: int  # type: ignore[assignment]  # hides tuple.count, which nothing here asks for
    digest: str
    """Of its articles."""
    end: str = ""
    """Where the next begins; empty for the last."""


def find_members(ask: Queries) -> list[Member]:
    """Return all members in order. Where few articles changed, only the members that these touch are looked at."""
    made = ask.members()
    if made and not ask.is_all_touched():
        regions = _touched_regions(ask)
        starts = [start for start, _ in regions]
        found = [Member(row.first, row.count, row.digest) for row in made if not _is_in(row.first, starts, regions)]
        found += [member for start, end in regions for member in _cut(ask, start, end)]
        found.sort()
    else:
        found = list(_cut(ask, "", ""))
    ends = [*(member.first for member in found[1:]), ""]
    return [member._replace(end=end) for member, end in zip(found, ends, strict=True)]


def digest_of(members: list[Member]) -> str:
    """Return the hash of all that the members hold."""
    return blake2b(" ".join(member.digest for member in members).encode(), digest_size=16).hexdigest()


def _touched_regions(ask: Queries) -> list[tuple[str, str]]:
    """Return (start, end) of the members that a change may have touched, before it and after it, apart and in order.

    An end that is empty is that of the file.
    """
    regions: list[tuple[str, str]] = []
    for address in ask.touched_addresses():
        if regions and _is_before(address, regions[-1][1]):
            continue
        # From before the address, for where it was no beginning or is none any more, the two beside it are one.
        start = ask.boundary(address, TOGETHER, before=True)
        end = ask.boundary(address, TOGETHER, before=False)
        if regions and start < regions[-1][1]:
            start, _ = regions.pop()
        regions.append((start, end))
    return regions


def _is_in(address: str, starts: list[str], regions: list[tuple[str, str]]) -> bool:
    index = bisect_right(starts, address) - 1
    return index >= 0 and _is_before(address, regions[index][1])


def _is_before(address: str, end: str) -> bool:
    return not end or address < end


def _cut(ask: Queries, start: str, end: str) -> Iterator[Member]:
    """Yield the members from one beginning to another."""
    first, count, hashed = start, 0, blake2b(digest_size=12)
    for address, tie, digest in ask.digests(start, end):
        if tie % TOGETHER == 0 and address != start:
            yield Member(first, count, hashed.hexdigest())
            first, count, hashed = address, 0, blake2b(digest_size=12)
        hashed.update(f"{address} {digest}\n".encode())
        count += 1
    yield Member(first, count, hashed.hexdigest())
