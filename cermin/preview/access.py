"""Who may ask the preview for what: names of this machine, and files below output/."""

from __future__ import annotations

import re
import socket
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

from tornado.web import HTTPError, RequestHandler

_HOST = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[^\s:@/?#\[\]\\]+?)\.?)(?::[0-9]{1,5})?", re.IGNORECASE)
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_UNSAFE = re.compile(r"[\\:\x00-\x1f]")
"""What separates folders elsewhere, names streams of a file, or is in no name."""
EVERY = "*"
"""Stands for all numeric addresses: names can be made to lead here (DNS rebinding), addresses cannot."""


def hosts_of(host: str) -> frozenset[str]:
    """Return the names under which a server that listens at ``host`` may be asked."""
    if not is_open_to_all(host):
        return _LOCAL | {host.lower()}
    name = socket.gethostname().lower()
    return _LOCAL | {EVERY, name, f"{name}.local"}


def is_open_to_all(host: str) -> bool:
    """Tell whether ``host`` stands for all addresses of this machine."""
    return not host or (_is_address(host) and ip_address(host).is_unspecified)


def is_local(host: str) -> bool:
    """Tell whether only this machine reaches ``host``."""
    return host.lower() == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


def find_addresses(host: str) -> list[str]:
    """Return the addresses of this machine at which others reach ``host``, which stands for all of them."""
    found = []
    # Connecting a datagram socket sends nothing. The targets are kept for documentation (RFC 5737, RFC 3849).
    for family, target in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        if host and (":" in host) != (":" in target):
            continue
        # What the system would send from.
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((target, 9))
            found.append(str(probe.getsockname()[0]))
    return found


def is_known(host: str, hosts: frozenset[str]) -> bool:
    """Tell whether ``host``, as a request names it, is one of ``hosts``; with or without a port, in any case."""
    match = _HOST.fullmatch(host)
    if not match:
        return False
    name = (match["six"] or match["name"]).lower()
    return name in hosts or (EVERY in hosts and _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_plain(path: str) -> bool:
    """Tell whether a path, decoded, is written as those of the site are: without dots, hidden parts and the like."""
    return not any(not part or part.startswith(".") or _UNSAFE.search(part) for part in path.split("/"))


def find_file(output: Path, path: str) -> Path | None:
    """Return where ``path``, decoded, lies in ``output``: a file or a folder, or None for what may not be read.

    That is what leads out of the folder, by dots or by a link, hidden files, and what is no regular file.
    """
    if not is_plain(path):
        return None
    try:
        place = (output / path).resolve()
        is_there = place.is_relative_to(output) and (place.is_file() or place.is_dir())
    except (ValueError, OSError, RuntimeError):  # a name that is too long, a circle of links
        return None
    return place if is_there else None


class LocalHandler(RequestHandler):
    """Answers to names of this machine alone: a page elsewhere could have its own name lead here (DNS rebinding)."""

    def prepare(self) -> None:
        """Refuse other names."""
        if not is_known(self.request.host, self.settings["hosts"]):
            raise HTTPError(403, reason="Unknown host name")
