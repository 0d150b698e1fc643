"""Stage 2: articles <-> Markdown files with front matter. The only code that reads and writes content/."""

from cermin.content.article_file import text_hash
from cermin.content.folder import (
    ContentFile,
    ReadFile,
    count_files,
    find_files,
    find_files_at,
    find_newest,
    is_hand_edited,
    read_body,
    read_entries,
    read_kin,
    settle_path,
    write_article,
    write_kin,
)

__all__ = [
    "ContentFile",
    "ReadFile",
    "count_files",
    "find_files",
    "find_files_at",
    "find_newest",
    "is_hand_edited",
    "read_body",
    "read_entries",
    "read_kin",
    "settle_path",
    "text_hash",
    "write_article",
    "write_kin",
]
