"""Who search engines are led to: canonical addresses, noindex and the sitemap, by what is known of an outlet's site."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import html5lib
import pytest

from cermin.manifest import is_own
from cermin.outlets import ORIGINALS
from cermin.site.kinds import sitemap
from tests.conftest import tree
from tests.mirrors import article, build, build_clean, find_differences

BASE = "https://example.org/kaca/"
SETTINGS = f'[site]\nbase_url = "{BASE}"\n'
URL = "https://warta.example/banjir?a=1&b=2"
PAGE = "warta/2024/06/banjir.html"
LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def profile(original: str) -> str:
    """Return an outlet profile."""
    return f'name = "Warta"\noriginal = "{original}"\n'


def told(output: Path, path: str) -> tuple[list[str], list[str]]:
    """Return the canonical addresses of a page and what it tells robots."""
    page = html5lib.parse((output / path).read_bytes(), namespaceHTMLElements=False)
    canonical = [link.get("href", "") for link in page.iter("link") if link.get("rel") == "canonical"]
    return canonical, [meta.get("content", "") for meta in page.iter("meta") if meta.get("name") == "robots"]


def listed(output: Path) -> list[str]:
    """Return the pages that the sitemap names, by way of its index."""

    def locations(path: str) -> list[str]:
        page = ET.fromstring((output / path).read_bytes())  # noqa: S314 - made by cermin
        return [(location.text or "").removeprefix(BASE) for location in page.iter(LOC)]

    assert {*locations("sitemap.xml")} == {
        path.relative_to(output).as_posix() for path in (output / "sitemaps").rglob("*.xml")
    }
    return [page for file in locations("sitemap.xml") for page in locations(file)]


@pytest.mark.parametrize("original", ORIGINALS)
@pytest.mark.parametrize("url", [URL, ""])
def test_policy(mirror, original, url):
    """A page whose original lives names that as canonical where it is known, and is not indexed; others are."""
    files = {"warta/2024/06/banjir.md": article(url=url, date="2024-06-20")}
    root = mirror(content=files, outlets={"warta.toml": profile(original)}, settings=SETTINGS)
    build(root)
    alive = original == "alive"
    canonical = [url] if alive and url else [] if alive else [BASE + PAGE]
    assert told(root / "output", PAGE) == (canonical, ["noindex"] if alive else [])
    assert (PAGE in listed(root / "output")) is not alive
    assert "Disallow" not in (root / "output/robots.txt").read_text()
    for hub in ("index.html", "warta/index.html"):
        assert told(root / "output", hub) == ([BASE + hub.removeprefix("index.html")], [])


def test_original_is_named_without_base_url(mirror):
    """A mirror that does not know where it will stand leads to a living original all the same."""
    files = {"warta/2024/06/banjir.md": article(url=URL), "kaca/2024/06/a.md": article(url=URL)}
    root = mirror(content=files, outlets={"warta.toml": profile("alive")})
    build(root)
    assert told(root / "output", PAGE) == ([URL], ["noindex"])
    assert told(root / "output", "kaca/2024/06/a.html") == ([], [])


@pytest.mark.parametrize("original", ORIGINALS)
def test_other_versions_are_never_indexed(mirror, original):
    """Of several versions of an article one stands for all: the original that lives, else the first of the mirror."""
    files = {
        "warta/2024/06/banjir.md": article(url=URL, revisions=["warta/2024/06/banjir-rev-2.md"]),
        "warta/2024/06/banjir-rev-2.md": article("Lain", url=URL, revision_of="warta/2024/06/banjir.md"),
        "warta/2024/06/lone-rev-2.md": article("Sendiri", revision_of="warta/2024/06/gone.md"),
    }
    root = mirror(content=files, outlets={"warta.toml": profile(original)}, settings=SETTINGS)
    build(root)
    canonical = URL if original == "alive" else BASE + PAGE
    assert told(root / "output", "warta/2024/06/banjir-rev-2.html") == ([canonical], ["noindex"])
    assert told(root / "output", "warta/2024/06/lone-rev-2.html")[1] == ["noindex"]
    assert [path for path in listed(root / "output") if "-rev-" in path] == []


def test_permalink_is_this_copy(mirror):
    """Wherever search engines are led, a page shows its own address, and tells it to machines as that of the copy."""
    root = mirror(
        content={"warta/2024/06/banjir.md": article(url=URL)},
        outlets={"warta.toml": profile("alive")},
        settings=SETTINGS,
    )
    build(root)
    text = (root / "output" / PAGE).read_text()
    page = html5lib.parse(text, namespaceHTMLElements=False)
    shown = [link.get("href") for link in page.iter("a") if "u-url" in link.get("class", "").split()]
    assert shown == [BASE + PAGE]
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', text)
    assert data
    assert json.loads(data[1])["url"] == BASE + PAGE


def test_changing_the_policy_changes_what_shows_it(mirror):
    """Another policy of one outlet changes its articles, its hub, what tells of it and the sitemap, and no other."""
    files = {f"{outlet}/2024/06/a{n}.md": article(f"{outlet} {n}") for outlet in ("warta", "kaca") for n in range(3)}
    root = mirror(content=files, outlets={"warta.toml": profile("gone")}, settings=SETTINGS)
    build(root)
    before = tree(root / "output")
    (root / "outlets/warta.toml").write_text(profile("alive"))
    build(root)
    after = tree(root / "output")
    assert find_differences(after, build_clean(root)[1]) == {}
    changed = find_differences(before, after)
    assert {path: how for path, how in changed.items() if not is_own(path)} == {
        "about.html": "not the same",
        "sitemap.xml": "not the same",
        "sitemaps/outlet/warta-1.xml": "only in the first",
        "warta/index.html": "not the same",
        **{f"warta/2024/06/a{n}.html": "not the same" for n in range(3)},
    }


def test_rules_for_captures_change_no_page(mirror):
    """What a profile says of captures alone leaves all pages as they are."""
    root = mirror(content={"warta/2024/06/a.md": article()}, outlets={"warta.toml": profile("gone")})
    build(root)
    (root / "outlets/warta.toml").write_text(profile("gone") + "[rules]\npromo = ['Ikuti kami']\n")
    assert build(root).made == 0


def test_sitemap_counts_from_the_oldest(mirror, monkeypatch):
    """However few addresses a file holds, all stand in one; a newer article changes the last file alone."""
    monkeypatch.setattr(sitemap, "IN_A_FILE", 2)
    files = {f"kaca/2024/06/a{n}.md": article(f"Judul {n}", date=f"2024-06-1{n}" if n else "") for n in range(5)}
    root = mirror(content=files, settings=SETTINGS)
    build(root)
    before = tree(root / "output")
    hubs = ["index.html", "about.html", "data/index.html", "kaca/index.html"]
    assert listed(root / "output") == ["", *hubs[1:], *(f"kaca/2024/06/a{n}.html" for n in range(5))]
    (root / "content/kaca/2024/06/b.md").write_text(article("Baru", date="2024-07-01"))
    build(root)
    after = tree(root / "output")
    assert find_differences(after, build_clean(root)[1]) == {}
    changed = {path: how for path, how in find_differences(before, after).items() if path.startswith("sitemap")}
    assert changed == {"sitemaps/outlet/kaca-3.xml": "not the same"}
    for name in ("a0", "a1", "b"):
        (root / f"content/kaca/2024/06/{name}.md").unlink()
        build(root)
        assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}
    assert len(listed(root / "output")) == len(hubs) + 3
