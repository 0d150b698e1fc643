"""The folder content/: finding, reading and writing article files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from heapq import heappop, heappush
from operator import itemgetter
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import NamedTuple

from cermin.characters import decode
from cermin.content import article_file
from cermin.content.article_file import (
    format_article,
    kin_of,
    name_kin,
    parse_entry,
    seed_of,
    written_hash,
)
from cermin.content.front_matter import read_head
from cermin.content.head import FrontMatterError
from cermin.errors import ContentError, Fault
from cermin.files import put, read_whole, readable, remove
from cermin.records import Article, Entry, Kin
from cermin.slugs import slugify


class ContentFile(NamedTuple):
    """A file of content/ as the file system tells it; ``stamp`` changes whenever the file does."""

    path: str
    stamp: str


class ReadFile(NamedTuple):
    """An article file that was read: its entry, or what is wrong with it."""

    file: ContentFile
    seed: str
    entry: Entry | None
    faults: tuple[Fault, ...]


def find_files(content: Path) -> Iterator[ContentFile]:
    """Yield the article files below ``content`` in the order of their paths; names that begin with a dot are skipped.

    Symbolic links are not followed: what stands outside of content/ is not part of the mirror.
    """
    return _walk(_scan(str(content), ""))


def find_files_at(content: Path, path: str) -> Iterator[ContentFile]:
    """Yield what `find_files` yields of one path below ``content``: that file, or what is below that folder."""
    names = path.split("/")
    above = (content / "/".join(names[:depth]) for depth in range(1, len(names)))
    if any(name[:1] in {"", "."} for name in names) or any(map(os.path.islink, above)):
        return
    try:
        found = (content / path).lstat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except (OSError, ValueError) as error:
        raise ContentError.at(content / path, f"cannot be read: {error}") from error
    if S_ISDIR(found.st_mode):
        yield from _walk(_scan(f"{content}/{path}", f"{readable(path)}/"))
    elif path.endswith(".md") and S_ISREG(found.st_mode):
        yield ContentFile(readable(path), _stamp(found))


def find_newest(content: Path, most: int) -> list[ContentFile]:
    """Return about ``most`` of the article files that `find_files` finds, those of the newest years and months first.

    How new they are is told by their folders, ``<outlet>/<yyyy>/<mm>``, of which no more are looked into than it takes.
    """
    found: list[ContentFile] = []
    folders: list[tuple[tuple[int, ...], str]] = [((), "")]
    while folders and len(found) < most:
        _, prefix = heappop(folders)
        for path, item in _scan(f"{content}/{prefix}", prefix):
            if path[-1] == "/":
                # Below the outlets, the largest number is the newest; what bears none comes last.
                names = path[:-1].split("/")[1:]
                heappush(folders, (tuple(-int(name) if name.isdecimal() else 1 for name in names), path))
            else:
                found.append(ContentFile(path, _stamp(item.stat(follow_symlinks=False))))
    return sorted(found[:most])


def _walk(rows: list[tuple[str, os.DirEntry[str]]]) -> Iterator[ContentFile]:
    while rows:
        path, item = rows.pop()
        if path[-1] == "/":
            rows += _scan(item.path, path)
        else:
            yield ContentFile(path, _stamp(item.stat(follow_symlinks=False)))


def _stamp(stat: os.stat_result) -> str:
    return f"{stat.st_mtime_ns:x}.{stat.st_ctime_ns:x}.{stat.st_size:x}"


def _scan(folder: str, prefix: str) -> list[tuple[str, os.DirEntry[str]]]:
    """Return what is of interest in a folder, the last first, folders with a slash behind their names."""
    rows: list[tuple[str, os.DirEntry[str]]] = []
    try:
        with os.scandir(folder) as found:
            for item in found:
                name = item.name
                if name[0] == ".":
                    continue
                if item.is_dir(follow_symlinks=False):
                    rows.append((f"{prefix}{readable(name)}/", item))
                elif name.endswith(".md") and item.is_file(follow_symlinks=False):
                    rows.append((prefix + readable(name), item))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ContentError.at(folder, f"cannot be read: {error.strerror}") from error
    # With the slash behind a folder's name, the order of names is the order of whole paths.
    rows.sort(key=itemgetter(0), reverse=True)
    return rows


def count_files(content: Path) -> int:
    """Return how many files `find_files` finds, about: a link that bears the name of an article is counted as well."""
    count = 0
    for _, folders, names in os.walk(content):
        folders[:] = [name for name in folders if name[0] != "."]
        count += sum(name.endswith(".md") and name[0] != "." for name in names)
    return count


def read_entries(content: Path, files: Sequence[ContentFile]) -> list[ReadFile]:
    """Read article files; one that cannot be read or is wrong comes back with its faults instead of an entry."""
    root = str(content)
    return [_read(root, file) for file in files]


def _read(content: str, file: ContentFile) -> ReadFile:
    try:
        data = read_whole(f"{content}/{file.path}")
    except OSError as error:
        verdict = "its name is not UTF-8" if "\ufffd" in file.path else f"cannot be read: {error.strerror}"
        fault = Fault(f"content/{file.path}", verdict)
        return ReadFile(file, "", None, (fault,))
    try:
        entry = parse_entry(file.path, data)
    except ContentError as error:
        return ReadFile(file, seed_of(data), None, error.faults)
    return ReadFile(file, entry.seed, entry, ())


def content_path(article: Article, is_taken: Callable[[str], bool]) -> str:
    """Return where a new article goes: ``<outlet>/<yyyy>/<mm>/<slug>.md``, with ``-2`` behind a slug that is taken."""
    dated = article.published.value[:7].replace("-", "/") if article.published else "undated"
    stem = f"{article.outlet}/{dated}/{slugify(article.title) or 'article'}"
    path, number = f"{stem}.md", 1
    while is_taken(path):
        number += 1
        path = f"{stem}-{number}.md"
    return path


def _revision_path(article: Article, is_taken: Callable[[str], bool]) -> str:
    """Return where a new revision goes: beside its article, ``<slug>-rev-2.md`` and so on."""
    beside = article.kin.revision_of.removesuffix(".md").partition("/")[2]
    number = 2
    while is_taken(path := f"{article.outlet}/{beside}-rev-{number}.md"):
        number += 1
    return path


def settle_path(content: Path, path: str, article: Article) -> str:
    """Return where an article is written: at ``path``, where its file stands, or where a new one goes.

    The address of an article never changes but for one reason: its capture is now known to be of another outlet. Then
    its file is taken away, unless a person changed it, and the article goes to the folder of that outlet.
    """
    if path and (path.partition("/")[0] == article.outlet or is_hand_edited(content, path)):
        return path
    if path:
        remove(content, path)
    place = _revision_path if article.kin.revision_of else content_path
    return place(article, lambda taken: (content / taken).exists())


def is_hand_edited(content: Path, path: str) -> bool:
    """Tell whether a person wrote or changed the article file at ``path``; not so where there is none."""
    try:
        return article_file.is_hand_edited((content / path).read_bytes())
    except OSError:
        return False


def write_article(content: Path, path: str, article: Article) -> str:
    """Write an article's file whole, unless a person changed it.

    What the file names beside its own capture stays named: see `write_kin`. Returns what that was: ``new``,
    ``changed``, ``same``, or ``kept`` for a file with a hand edit whose capture says something else now than when the
    file was written.
    """
    try:
        before = (content / path).read_bytes()
    except OSError:
        before = None
    if before is not None:
        article = replace(article, kin=kin_of(before))
    data = format_article(article).encode()
    if before is not None and article_file.is_hand_edited(before):
        return "same" if written_hash(before) == written_hash(data) else "kept"
    return put(content, path, data)


def write_kin(content: Path, path: str, kin: Kin) -> str:
    """Have the article file at ``path`` name other captures than it does, unless a person changed it.

    Returns ``changed``, ``same``, or ``kept`` for a file with a hand edit that does not name them; ``gone`` where there
    is no such file.
    """
    try:
        before = (content / path).read_bytes()
    except OSError:
        return "gone"
    told = kin_of(before)
    if told == kin:
        return "same"
    if article_file.is_hand_edited(before):
        return "same" if _names_all(told, kin) else "kept"
    return put(content, path, name_kin(before, kin))


def _names_all(told: Kin, kin: Kin) -> bool:
    names = {*told.duplicates, *told.revisions, told.revision_of, ""}
    return names.issuperset((*kin.duplicates, *kin.revisions, kin.revision_of))


def read_kin(content: Path, path: str) -> Kin:
    """Return the captures and versions that an article file names beside its own capture."""
    try:
        return kin_of((content / path).read_bytes())
    except OSError:
        return Kin()


def read_body(content: Path, path: str) -> str:
    """Return the body of an article file; empty where it cannot be read."""
    try:
        data = (content / path).read_bytes()
        return decode(data[read_head(data).body_at :])
    except (OSError, FrontMatterError, UnicodeDecodeError):
        return ""
