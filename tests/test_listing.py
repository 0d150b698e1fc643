"""The manifest in a build: it lists what is in output/, and an edit renews what it must."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from cermin import listing, manifest
from cermin.files import put
from tests.conftest import tree
from tests.mirrors import article, build, build_clean, check_manifest, find_differences, import_seeds, read_manifest

CAPTURE = "Banjir di Kota\n\n1 Juni 2024\n\nHujan turun sejak pagi di seluruh kota, dan sungai meluap.\n"


@pytest.fixture
def newsroom(mirror, monkeypatch) -> Path:
    """Return a mirror that is built, with a manifest of many parts."""
    monkeypatch.setattr(manifest, "TOGETHER", 4)
    names = [f"kaca/2024/0{number % 9 + 1}/a{number}.md" for number in range(40)]
    root: Path = mirror(content={name: article(f"Judul {name}", date="2024-06-01") for name in names})
    build(root)
    return root


def own(root: Path) -> dict[str, bytes]:
    """Return the files of the manifest."""
    return {path: data for path, data in tree(root / "output").items() if manifest.is_own(path)}


def test_lists_captures(mirror):
    """An article's page is listed with the capture that it was made from; other pages have none."""
    root = mirror(
        seeds={"a.txt": CAPTURE},
        content={
            "kaca/2024/06/own.md": article("Tulisan Sendiri"),
            "kaca/2024/06/odd.md": article("Aneh", seed="b.txt", sha256="unknown"),
        },
    )
    import_seeds(root)
    build(root)
    _, listed = read_manifest(root / "output")
    captured = manifest.CaptureHash("a.txt", sha256(CAPTURE.encode()).hexdigest())
    assert [file.capture for file in listed if file.capture] == [captured]
    assert {file.kind for file in listed if file.path.startswith(("kaca/2024", "unknown/2024"))} == {"article"}


def test_an_edit_renews_few_parts(newsroom):
    """An edit leaves the parts alone that list nothing that changed, and takes away those that it renewed."""
    before = own(newsroom)
    assert len(before) > 10
    name = "kaca/2024/01/a0.md"
    (newsroom / "content" / name).write_text(article("Judul " + name, "Air surut.", date="2024-06-01"))
    changed = build(newsroom).changed
    after = own(newsroom)
    check_manifest(newsroom / "output")
    fresh = {row.path for row in read_manifest(newsroom / "output")[0].parts} - before.keys()
    assert 0 < len(fresh) <= 2 * len(changed)
    assert len(before.keys() & after.keys()) > len(before) // 3
    assert not any(map(manifest.is_own, changed))


def test_nothing_changed(newsroom, monkeypatch):
    """A build that changes nothing writes no manifest, and tells the same hash."""
    first = build(newsroom)
    monkeypatch.setattr(listing, "put", None)
    assert build(newsroom).build == first.build == read_manifest(newsroom / "output")[0].build


@pytest.mark.parametrize("lost", ["manifest.json", "manifest", "one"])
def test_lost_files_come_back(newsroom, lost):
    """Where a file of the manifest is missing, it is made again; what is too much goes."""
    before = own(newsroom)
    paths = {"manifest.json": ["manifest.json"], "one": sorted(before)[3:4]}.get(lost, [*before][1:])
    for path in paths:
        (newsroom / "output" / path).unlink()
    (newsroom / "output/manifest").mkdir(exist_ok=True)
    for name in ("0123456789abcdef.json", "stray.txt"):
        (newsroom / "output/manifest" / name).write_text("stray")
    build(newsroom)
    assert own(newsroom) == before
    assert not (newsroom / "output/manifest/stray.txt").exists()


@pytest.mark.parametrize("at", [0, 1, 2, 100])
def test_cut_short(newsroom, monkeypatch, at):
    """A build that ends amid its manifest loses no mark of what is to be listed, and leaves the old one whole."""
    before = read_manifest(newsroom / "output")
    for number in range(0, 40, 9):
        (newsroom / f"content/kaca/2024/01/a{number}.md").unlink()
    left = at

    def stop(folder: Path, path: str, data: bytes) -> str:
        nonlocal left
        left -= 1
        if left < 0 or path == manifest.ROOT:
            raise KeyboardInterrupt
        return put(folder, path, data)

    with monkeypatch.context() as patch:
        patch.setattr(listing, "put", stop)  # a mock, for the moment must be this one
        with pytest.raises(KeyboardInterrupt):
            build(newsroom)
    assert read_manifest(newsroom / "output") == before
    build(newsroom)
    check_manifest(newsroom / "output")
    assert find_differences(tree(newsroom / "output"), build_clean(newsroom)[1]) == {}


def test_page_that_fails(newsroom):
    """A page that cannot be made anew is listed as it stands."""
    path = "kaca/2024/01/a0.html"
    deep = "\n".join("    " * level + "- x" for level in range(400))
    (newsroom / "content/kaca/2024/01/a0.md").write_text(article("Judul", deep, date="2024-06-01"))
    stands = (newsroom / "output" / path).read_bytes()
    assert build(newsroom).faults
    assert (newsroom / "output" / path).read_bytes() == stands
    check_manifest(newsroom / "output")


def test_catalogue_that_is_lost(newsroom):
    """Without the catalogue the same manifest comes out."""
    before = own(newsroom)
    (newsroom / ".cermin").rename(newsroom / "lost")
    build(newsroom)
    assert own(newsroom) == before
