"""How long a store may have a file kept, which it would not know if it were told nothing."""

from __future__ import annotations

from cermin.addresses import is_lasting

FOREVER = "public, max-age=31536000, immutable"
"""For files that are called by what they hold: a year, the longest that caches take (RFC 9111, 5.2.2.1; RFC 8246)."""
SHORT = "public, max-age=60"
"""For all others. A correction shows after a minute, and so long may a cache show a page whose stylesheet is gone."""


def cache_control(path: str) -> str:
    """Return for how long a file may be shown without asking for it again, as Cache-Control says it."""
    return FOREVER if is_lasting(path) else SHORT
