"""All real captures at once: every one is accounted for, and what they become is a sound site."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cermin import pipeline
from cermin.config import load_config
from cermin.manifest import is_own
from cermin.report import MemoryReporter
from tests.conftest import tree
from tests.mirrors import build, import_seeds


def test_every_capture_is_accounted_for(corpus, mirror):
    """601 captures are articles, duplicates or in quarantine; their site has no fault, and all of it comes back."""
    captures = tree(corpus / "text")
    root = mirror(seeds=captures, settings='[site]\nlanguage = "id"\nbase_url = "https://example.org/kaca/"\n')
    done = import_seeds(root, jobs=2)
    assert (done.inputs, len(captures)) == (601, 601)
    assert done.articles + done.duplicates + done.quarantined == 601
    assert done.articles == done.written == len(tree(root / "content"))
    assert [fault for fault in done.warnings if "quarantined: " not in fault.verdict] == []
    assert len(done.warnings) == done.quarantined
    built = build(root, jobs=2)
    assert (built.articles, built.faults) == (done.articles, ())
    assert built.pages == sum(not is_own(path) for path in tree(root / "output"))
    pages, links, faults = pipeline.check(load_config(root), MemoryReporter())
    assert faults == []
    assert pages > done.articles
    assert links > 10 * pages
    again = import_seeds(root, jobs=2)
    assert (again.inputs, again.articles, again.written) == (601, done.articles, 0)
    assert build(root).made == 0


@pytest.mark.parametrize(
    ("folder", "inputs", "fewest"),
    [("csv", 2360, 2200), ("jsonl", 939, 100), ("feeds", 458, 400), ("warc", 120, 0)],
)
def test_every_record_of_a_container_is_accounted_for(corpus, mirror, folder, inputs, fewest):
    """Every record in tables, feeds and web archives is an article or has a reason, and their site has no fault."""
    seeds = tree(corpus / folder)
    root = mirror(seeds=seeds)
    done = import_seeds(root, jobs=2)
    assert (done.inputs, done.articles + done.duplicates + done.quarantined) == (inputs, inputs)
    assert done.articles >= fewest
    told = {fault.place.removeprefix("seeds/").partition("#")[0] for fault in done.warnings}
    made = {seed.partition("#")[0] for seed in re.findall(r"^seed: \"?(.+?)\"?$", _heads(root), flags=re.MULTILINE)}
    assert told | made == set(seeds)
    assert all(re.fullmatch(r"quarantined: .{5,}", fault.verdict) for fault in done.warnings)
    built = build(root, jobs=2)
    assert (built.articles, built.faults) == (done.articles, ())
    assert import_seeds(root, jobs=2).written == 0


def _heads(root: Path) -> str:
    texts = (path.read_text(encoding="utf-8") for path in (root / "content").rglob("*.md"))
    return "\n".join(text.partition("\n---\n")[0] for text in texts)
