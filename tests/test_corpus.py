"""All real captures at once: every one is accounted for, and what they become is a sound site."""

from __future__ import annotations

from cermin import pipeline
from cermin.config import load_config
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
    assert built.pages == len(tree(root / "output"))
    pages, links, faults = pipeline.check(load_config(root), MemoryReporter())
    assert faults == []
    assert pages > done.articles
    assert links > 10 * pages
    again = import_seeds(root, jobs=2)
    assert (again.inputs, again.articles, again.written) == (601, done.articles, 0)
    assert build(root).made == 0
