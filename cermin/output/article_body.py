"""The body of an article, read again from its file: the catalogue holds all but that."""

from __future__ import annotations

from cermin.characters import decode
from cermin.errors import ChangedError, OutputError
from cermin.files import digest, read_whole
from cermin.records import Entry


def read_body(content: str, entry: Entry) -> str:
    """Return the body of an article below the folder ``content``, as Markdown.

    Raises OutputError when its file cannot be read, ChangedError when it is no longer what the entry was read from.
    """
    path = entry.content_path
    try:
        data = read_whole(f"{content}/{path}")
    except OSError as error:
        raise OutputError.at(f"content/{path}", f"cannot be read: {error.strerror}") from error
    if digest(data) != entry.digest:
        raise ChangedError.at(f"content/{path}", "changed while it was built", "build again")
    return decode(data[entry.body_at :])
