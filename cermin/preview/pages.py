"""A page of the site as the preview sends it: with what it needs to be shown anew."""

from __future__ import annotations

import re
from html import escape
from typing import NamedTuple
from urllib.parse import urlencode

from cermin.files import digest

_STYLESHEET = re.compile(rb"static/style\.[0-9a-f]{8}\.css")
_POLICY = re.compile(rb'(<meta http-equiv="Content-Security-Policy" content=")([^"]*)(")', re.IGNORECASE)
_HEAD = re.compile(rb"</head>|(?=<body)|\Z", re.IGNORECASE)
_BODY = re.compile(rb"<body[^>]*>|\Z", re.IGNORECASE)


class Shown(NamedTuple):
    """What a tab shows, or would show if it were loaded now."""

    page: str
    """Hash of the page without the address of its stylesheet."""
    style: str
    """Address of its stylesheet from the site's root."""
    note: str
    """Hash of the note over it."""


def look_at(page: bytes, note: str) -> Shown:
    """Return what a tab shows that was given this page with this note."""
    style = _STYLESHEET.search(page)
    return Shown(digest(_STYLESHEET.sub(b"", page)), style[0].decode() if style else "", digest(note.encode()))


def prepare(page: bytes, note: str, host: str, prefix: str) -> bytes:
    """Return the page with the scripts of the preview and the note; ``host`` is the server's, as the browser names it.

    A policy of the page that forbids scripts is widened to those of the server and to its socket.
    """
    shown = look_at(page, note)
    name, _, port = host.rpartition(":") if re.search(r":\d+$", host) else (host, "", "80")
    words = urlencode({"host": name, "port": port, "mindelay": 250, "maxdelay": 2000}, safe="[]:")
    source = escape(f"/livereload.js?{words}")
    scripts = f'<script src="/@preview/preview.js" defer></script><script src="{source}" defer></script>'
    data = " ".join(f'data-{key}="{escape(value)}"' for key, value in (*shown._asdict().items(), ("prefix", prefix)))
    over = (
        f'<cermin-preview lang="en" dir="ltr" {data}><template shadowrootmode="open">'
        f'<link rel="stylesheet" href="/@preview/preview.css"><div>{note}</div></template></cermin-preview>'
    )
    page = _POLICY.sub(lambda match: match[1] + _widen(match[2].decode(), host).encode() + match[3], page, count=1)
    page = _HEAD.sub(lambda match: scripts.encode() + match[0], page, count=1)
    return _BODY.sub(lambda match: match[0] + over.encode(), page, count=1)


def _widen(policy: str, host: str) -> str:
    directives = {words[0].lower(): words[1:] for part in policy.split(";") if (words := part.split())}
    # A policy knows no addresses of IPv6 (CSP Level 3, host-source).
    sockets = "ws:" if host.startswith("[") else f"ws://{host}"
    for name, needed in (("script-src", ()), ("style-src", ()), ("connect-src", (sockets,))):
        sources = directives.get(name) or directives.get("default-src")
        if sources:  # else all are allowed
            allowed = [source for source in sources if source != "'none'"]
            directives[name] = list(dict.fromkeys([*allowed, "'self'", *needed]))
    return "; ".join(" ".join((name, *sources)) for name, sources in directives.items())
