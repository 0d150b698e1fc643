"""What tests of whole mirrors share: article files, builds in this process and others, clean builds to compare with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cermin import pipeline
from cermin.config import load_config
from cermin.content.front_matter import format_head
from cermin.report import MemoryReporter
from tests.conftest import ROOT, tree


def article(title: str = "Banjir di Kota", body: str = "Hujan turun sejak pagi.", **front: Any) -> str:
    """Return an article file; ``front`` holds the other keys of its front matter."""
    return format_head({"title": title, **front}) + body + "\n"


def build(root: Path, jobs: int = 1) -> pipeline.Built:
    """Build the mirror in this process."""
    return pipeline.build(load_config(root), MemoryReporter(), jobs=jobs)


def import_seeds(root: Path, jobs: int = 1) -> pipeline.Imported:
    """Import the mirror's captures in this process."""
    return pipeline.import_seeds(load_config(root), MemoryReporter(), jobs=jobs)


def build_clean(root: Path) -> tuple[pipeline.Built, dict[str, bytes]]:
    """Build a copy of the mirror that has neither catalogue nor output, and return what came out."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(root, copy, ignore=lambda path, _: {"output", ".cermin"} if Path(path) == root else set())
        return build(copy), tree(copy / "output")


def find_differences(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> dict[str, str]:
    """Return how two trees differ, in a form that a person can read; nothing when they are equal."""
    return {
        name: "only in the other" if name not in one else "only in the first" if name not in other else "not the same"
        for name in sorted({*one, *other})
        if one.get(name) != other.get(name)
    }


def call(*words: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python build.py` with these words in a process of its own."""
    command = [sys.executable, str(ROOT / "build.py"), *map(str, words)]
    return subprocess.run(
        command, cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=300
    )
