"""A fresh mirror: the folders, the settings and a README that says what to do next."""

from __future__ import annotations

import json
from pathlib import Path

from cermin.config import NAME
from cermin.errors import UsageError
from cermin.files import put

_SETTINGS = """\
# The mirror's settings; see docs/reference.md of cermin.
[site]
title = {title}
description = ""
# Language of the interface: "id", "en" …
language = "en"
# Where the site will stand, with "/" at the end. Canonical addresses and the sitemap need it.
# base_url = "https://example.org/"
# Mail address or page where readers ask for corrections.
# contact = "desk@example.org"

# Where `cermin deploy` brings the site; a branch, as GitHub Pages serves one, is target = "git".
# [deploy.web]
# target = "folder"
# path = "/srv/www/mirror"
"""

_README = """\
# {title}

A news mirror made with cermin.

1. Put captured articles into `seeds/`, exactly as received.
2. `cermin` reads them into `content/` (Markdown that you may correct by hand) and builds the site in `output/`.
3. `cermin serve` shows it and rebuilds it while you edit.
4. `cermin deploy` brings it to the place that `[deploy.NAME]` in `cermin.toml` names.

`cermin explain CAPTURE` tells what became of each line of a capture, `cermin check` looks for dead links.
Settings stand in `cermin.toml`; files in `templates/` win over the built-in theme; `outlets/ID.toml` describes an
outlet.
"""

_IGNORED = "/output/\n/.cermin/\n"


def make_mirror(folder: Path) -> list[str]:
    """Make a fresh mirror in ``folder`` and return the files written.

    Raises UsageError when the folder holds files already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError.at(folder, "not an empty folder", "choose a new one")
    title = folder.resolve().name
    files = {
        NAME: _SETTINGS.format(title=json.dumps(title, ensure_ascii=False)),
        "README.md": _README.format(title=title),
        ".gitignore": _IGNORED,
        "seeds/.gitkeep": "",
        "content/.gitkeep": "",
        "templates/.gitkeep": "",
        "outlets/.gitkeep": "",
    }
    for path, text in files.items():
        put(folder, path, text.encode())
    return list(files)
