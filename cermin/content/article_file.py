"""One article file: Article -> text, and bytes -> Entry."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlsplit

from cermin.characters import CONTROL, decode, find_control
from cermin.content.body import excerpt_of, references_of
from cermin.content.front_matter import format_head, read_head
from cermin.content.head import FrontMatterError, Head
from cermin.content.old_addresses import MOST, read_alias
from cermin.errors import ContentError, Fault
from cermin.files import digest
from cermin.records import Article, Entry, Kin
from cermin.slugs import RESERVED

LONGEST_FILE = 16 * 1024 * 1024
"""Bytes of an article file; a larger one is refused."""

_WRITTEN_LINE = re.compile(rb"^written: \"?([0-9a-f]+)\"?\r?\n", re.MULTILINE)
_KIN_LINE = re.compile(rb"^(?:duplicates|revision_of|revisions):", re.MULTILINE)
_SEED_LINE = re.compile(rb"^seed: *(.+?)\s*$", re.MULTILINE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?)?")
_LANG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_OUTLET = re.compile(r"[a-z0-9][a-z0-9-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ORDINARY_PATH = re.compile(r"[a-z0-9][a-z0-9-]*(?:/[a-z0-9_-][a-z0-9._-]*){2,}\.md")
_ORDINARY_ADDRESS = re.compile(r"https?://[a-zA-Z0-9][a-zA-Z0-9.-]*(?:/[\w./?&=%~+,;:@!$'()*#-]*)?", re.ASCII)


def format_article(article: Article) -> str:
    """Return the article as a file of content/, with the hash (``written``) by which a hand edit is known."""
    values = {
        "title": article.title,
        "date": article.published.value if article.published else "",
        "outlet": article.outlet,
        "lang": article.lang,
        "authors": article.authors,
        "editor": article.editor,
        "agency": article.agency,
        "place": article.place,
        "section": article.section,
        "tags": article.tags,
        "url": article.url,
        "summary": article.summary,
        "seed": article.seed,
        **article.kin._asdict(),
        "sha256": article.sha256,
    }
    return _sign(values, article.body.rstrip("\n") + "\n")


def name_kin(data: bytes, kin: Kin) -> bytes:
    """Return a file that cermin wrote with other captures named in its front matter."""
    head = read_head(data)
    return _sign(head.values | kin._asdict(), data[head.body_at :].decode()).encode()


def kin_of(data: bytes) -> Kin:
    """Return the captures that a file names beside its own; none for one that cannot be read."""
    if not _KIN_LINE.search(data):
        return Kin()
    try:
        values = cast("dict[str, Any]", read_head(data).values)
    except FrontMatterError:
        return Kin()
    return Kin(values.get("duplicates", ()), values.get("revision_of", ""), values.get("revisions", ()))


def _sign(values: dict[str, Any], body: str) -> str:
    unsigned = (format_head(values | {"written": ""}) + body).encode()
    return format_head(values | {"written": digest(unsigned)}) + body


def text_hash(title: str, body: str) -> str:
    """Return the hash of what an article says, by which two captures of one text are known."""
    return digest(f"{' '.join(title.split())}\0{body.strip()}".encode(errors="surrogatepass"))


def is_hand_edited(data: bytes) -> bool:
    """Tell whether a person wrote or changed the file: it is not, to the letter, what cermin wrote."""
    match = _WRITTEN_LINE.search(data)
    if match is None:
        return True
    unsigned = data[: match.start()] + data[match.end() :]
    return match[0] not in format_head({"written": digest(unsigned)}).encode()


def written_hash(data: bytes) -> str:
    """Return the hash that cermin left in the file when it wrote it; empty in a file that a person began."""
    match = _WRITTEN_LINE.search(data)
    return match[1].decode() if match else ""


def seed_of(data: bytes) -> str:
    """Return the capture that a file names, also when the file is otherwise broken; empty when it names none."""
    try:
        return str(read_head(data).values.get("seed", ""))
    except FrontMatterError:
        match = _SEED_LINE.search(data[:65536])
        return match[1].decode(errors="replace").strip("\"'") if match else ""


def parse_entry(path: str, data: bytes) -> Entry:
    """Read an article file at ``path`` (below content/).

    Raises ContentError with all that is wrong with the file: its name, its front matter, its values, its encoding.
    """
    place = f"content/{path}"
    faults = [Fault(place, verdict, hint) for verdict, hint in _check_path(path)]
    if len(data) > LONGEST_FILE:
        raise ContentError(*faults, Fault(place, f"larger than {LONGEST_FILE:,} bytes", "split it"))
    try:
        head = read_head(data)
    except FrontMatterError as error:
        raise ContentError(*faults, error.at(place)) from error
    # Only an escape can have brought a control character into a value.
    found = [] if data.find(b"\\", 0, head.body_at) < 0 else _check_characters(head)
    found = sorted([*head.faults, *found, *_check_values(path, head)])
    faults += [Fault(f"{place}:{line}", verdict, hint) for line, verdict, hint in found]
    body, encoded = "", data[head.body_at :]
    try:
        body = decode(encoded)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, head.body_at + error.start) + 1
        faults.append(Fault(f"{place}:{line}", "not UTF-8", "save the file as UTF-8"))
    if control := find_control(encoded, body):
        line = data.count(b"\n", 0, head.body_at) + body.count("\n", 0, control.start()) + 1
        faults.append(Fault(f"{place}:{line}", f"a control character: {control[0]!r}", "take it out"))
    if faults:
        raise ContentError(*faults)
    return _entry(path, data, head, body)


def _entry(path: str, data: bytes, head: Head, body: str) -> Entry:
    texts = cast("dict[str, str]", head.values)
    lists = cast("dict[str, tuple[str, ...]]", head.values)
    text = texts.get
    # By position: names would cost as much as all values.
    return Entry(
        path.removesuffix(".md") + ".html",
        texts["title"],
        text("date", ""),
        path.partition("/")[0],
        text("lang", ""),
        text("section", ""),
        text("summary", ""),
        tuple(dict.fromkeys(lists.get("authors", ()))),
        text("editor", ""),
        text("agency", ""),
        text("place", ""),
        tuple(dict.fromkeys(lists.get("tags", ()))),
        text("url", ""),
        _aliases_of(lists["aliases"]) if "aliases" in lists else (),
        text("revision_of", ""),
        tuple(dict.fromkeys(lists.get("revisions", ()))),
        text("seed", ""),
        lists.get("duplicates", ()),
        text("sha256", ""),
        excerpt_of(body),
        references_of(body),
        digest(data),
        text_hash(texts["title"], body),
        head.body_at,
    )


def _aliases_of(written: Iterable[str]) -> tuple[str, ...]:
    # Of two that differ in capitals alone, one: on many file systems both are one file.
    paths = {path.lower(): path for path in (read_alias(alias)[0] for alias in reversed(tuple(written)))}
    return tuple(reversed(paths.values()))


def _check_path(path: str) -> list[tuple[str, str]]:
    """A path is an address: it must be able to stand in a link and in any file system as it is."""
    if _ORDINARY_PATH.fullmatch(path) and path.partition("/")[0] not in RESERVED:
        return []
    parts = path.removesuffix(".md").split("/")
    faults = [fault for part in parts if (fault := _check_name(part))]
    shape = "an article stands at content/<outlet>/<yyyy>/<mm>/<slug>.md"
    if len(parts) < 3:  # noqa: PLR2004 - outlet, a folder, slug
        faults.append(("not in a folder of an outlet", shape))
    if not _OUTLET.fullmatch(parts[0]) or parts[0] in RESERVED:
        faults.append((f'"{parts[0]}" cannot be the name of an outlet', shape))
    return faults


@lru_cache(maxsize=4096)
def _check_name(name: str) -> tuple[str, str] | None:
    good = name and all(c.isalnum() or c in "-_." or unicodedata.category(c)[0] == "M" for c in name)
    if not good or name.startswith("."):
        return f'a name holds more than letters, digits, "-", "_" and ".": "{name}"', "rename it"
    if name != unicodedata.normalize("NFC", name.lower()):
        return f'a name is not in lower case: "{name}"', f'rename it to "{name.lower()}"'
    return None


def _check_characters(head: Head) -> list[tuple[int, str, str]]:
    return [
        (head.lines[key], f"{key} holds a control character", "take it out")
        for key, value in head.values.items()
        if any(map(CONTROL.search, (value,) if isinstance(value, str) else value))
    ]


def _check_values(path: str, head: Head) -> list[tuple[int, str, str]]:
    values, faults = head.values, []
    # It may have been told already, as misspelt or as no text.
    if not values.get("title") and not any("title" in verdict for _, verdict, _ in head.faults):
        faults.append((head.lines.get("title", 1), "no title", "write title: The headline"))
    for key in ("date", "lang", "outlet", "url", "sha256"):
        value = values.get(key)
        if value and (fault := _check_value(path, key, str(value))):
            faults.append((head.lines[key], *fault))
    if (main := str(values.get("revision_of", ""))) and (main == path or main[-3:] != ".md" or _check_path(main)):
        verdict = f'revision_of is not the path of another article: "{main}"'
        faults.append((head.lines["revision_of"], verdict, "write outlet/2024/03/slug.md"))
    if "aliases" in values:
        faults += [(head.lines["aliases"], *fault) for fault in _check_aliases(path, values["aliases"])]
    return faults


def _check_aliases(path: str, written: Sequence[str]) -> Iterator[tuple[str, str]]:
    if len(written) > MOST:
        yield f"{len(written):,} aliases, and an article has at most {MOST}", "leave some out"
    for alias in written:
        found, fault = read_alias(alias)
        if fault:
            yield f'the alias "{alias}" {fault[0]}', fault[1]
        elif found.lower() == path.removesuffix(".md") + ".html":
            yield f'the alias "{alias}" is the article\'s own address', "leave it out"


def _check_value(path: str, key: str, value: str) -> tuple[str, str] | None:
    if key == "date" and not _is_date(value):
        return f'date is not a date: "{value}"', "write 2024-03-05 or 2024-03-05T09:30:00+07:00"
    if key == "lang" and not _LANG.fullmatch(value):
        return f'lang is not a language tag: "{value}"', "write id, en or pt-BR"
    if key == "outlet" and value != path.partition("/")[0]:
        return f'outlet is "{value}", but the file stands in "{path.partition("/")[0]}"', "make them the same"
    if key == "url" and not _is_web_address(value):
        return f'url is not a web address: "{value}"', "write https://…"
    if key == "sha256" and not _SHA256.fullmatch(value):
        return "sha256 is not 64 digits of hexadecimal", "leave the line out"
    return None


def _is_date(value: str) -> bool:
    if not _DATE.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_web_address(value: str) -> bool:
    if _ORDINARY_ADDRESS.fullmatch(value):
        return True
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"[\s<>\"\\]", value)
