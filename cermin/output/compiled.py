"""Where compiled templates are kept from one run to the next: compiling all of them takes longer than a small build."""

from __future__ import annotations

import shutil
import sys
from importlib.metadata import version
from pathlib import Path

from cermin.config import Config
from cermin.files import digest
from cermin.output import environment
from cermin.output.translations import catalogue_paths


def compiled_folder(config: Config) -> Path:
    """Return the folder for templates as they are compiled now; those of another language or version are removed.

    Jinja itself knows a template whose text changed.
    """
    ways = (Path(environment.__file__), *catalogue_paths(config))
    parts = [path.read_bytes() for path in ways]
    key = digest(b"\0".join([sys.version.encode(), version("jinja2").encode(), *parts]))
    folder = config.state / "templates" / key
    if not folder.is_dir():
        shutil.rmtree(folder.parent, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
    return folder
