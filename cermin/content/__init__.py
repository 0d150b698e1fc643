"""Stage 2: articles <-> Markdown files with front matter. The only code that reads and writes content/."""

from cermin.content.folder import ContentFile, ReadFile, content_path, find_files, read_entries, write_article

__all__ = ["ContentFile", "ReadFile", "content_path", "find_files", "read_entries", "write_article"]
