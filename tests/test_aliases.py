"""Old addresses of articles: redirects where the host reads them, small pages everywhere else."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]  # ships no types
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page

from cermin import hosts
from cermin.content.old_addresses import read_alias
from cermin.content.strict_yaml import compose_head
from cermin.files import put
from cermin.output.theme import builtin_folder
from cermin.slugs import RESERVED
from tests.conftest import tree
from tests.mirrors import article, build, build_clean, find_differences, import_seeds
from tests.newspaper import OLD_ADDRESSES, show, write_newspaper
from tests.test_accessibility import ALL, find_violations

CLOUDFLARE = '[site]\nhost = "cloudflare-pages"\nbase_url = "https://example.org/"\n'
READ = {
    "/2019/05/banjir.html": "2019/05/banjir.html",
    "2019/05/banjir.html": "2019/05/banjir.html",
    "/2019/banjir/": "2019/banjir/index.html",
    "/2019/banjir": "2019/banjir/index.html",
    "/berita.php": "berita.php/index.html",
    "/Berita/A.HTM": "Berita/A.HTM",
    "/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/a%20b.html": "أخبار/a b.html",
    "/e\u0301.html": "é.html",
    "/_lama/a.html": "",
    "/a/_lama/a.html": "a/_lama/a.html",
}
REFUSED = (
    "", "/", "//example.org/a", "https://example.org/a.html", "/a?p=1", "/a#b", "/../a", "/a/../b", "/a/%2e%2e/b",
    "/a//b", "/./a", "/a\\b", "/a%5Cb", "/a%00b", "/a%0Ab", "/.git/a", "/a:b", "/a*", "/%ff", "/a%2541.html",
    "/a./b", "/a%20/b", "/latest/x",
    "/ARCHIVE/2019/a.html", "/static/a.html", "/index.html", "/404.html", "/search.html", "/a.html/b", "/feed.xml",
    "/warta/page-2.html", "/_redirects", "/_headers", "/" + "a" * 300, "/" + "aa/" * 400,
)  # fmt: skip


def claim(root: Path, path: str, *aliases: str, title: str = "Banjir") -> None:
    """Write an article with old addresses."""
    target = root / "content" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(article(title, aliases=list(aliases)), encoding="utf-8")


def pages_of(root: Path) -> list[str]:
    """Return the files of a site that stand at old addresses."""
    return sorted(path for path, data in tree(root / "output").items() if b'http-equiv="refresh"' in data[:1000])


# --- what is written -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("written", "path"), [(key, value) for key, value in READ.items() if value])
def test_read(written, path):
    """An old address is that of a page; where it names none of HTML, that of a folder."""
    assert read_alias(written) == (path, None)


@pytest.mark.parametrize("written", REFUSED)
def test_refused(written):
    """What leads out of the site, or to where no page of an article can be, is refused with a way out."""
    path, fault = read_alias(written)
    assert path == ""
    assert fault
    assert all(fault)


@given(
    st.one_of(
        st.text(),
        st.lists(st.sampled_from(["/", "..", ".", "%2e", "%2F", "%25", "41", "a", "é", "\\", "?", "\0"])).map("".join),
    )
)
def test_every_alias_stays_below_the_site(tmp_path_factory, written):
    """Whatever is written, its page stands below output/, outside of the site's own folders, and can be written."""
    path, fault = read_alias(written)
    if fault:
        return
    folder = tmp_path_factory.mktemp("output")
    put(folder, path, b"")
    assert path.split("/")[0].lower() not in RESERVED
    assert unicodedata.normalize("NFC", path) == path
    assert read_alias("/" + quote(path)) == read_alias(path) == (path, None)


def test_faults_name_the_line(mirror):
    """A faulty old address is told with file and line, and the article is left out as with any fault."""
    root = mirror(content={"warta/2024/06/a.md": "---\ntitle: A\naliases: [/../x]\n---\nIsi.\n"})
    built = build(root)
    assert [fault.place for fault in built.faults] == ["content/warta/2024/06/a.md:3"]
    assert built.articles == 0


def test_own_address(mirror):
    """The article's own address is no old one."""
    root = mirror()
    claim(root, "warta/2024/06/a.md", "/warta/2024/06/a.html")
    assert "own address" in build(root).faults[0].verdict


def test_both_ways_of_reading(mirror):
    """Old addresses are read alike by the quick reader and by YAML."""
    assert compose_head('title: A\naliases: ["/a.html", /b/]\n', 0).values["aliases"] == ("/a.html", "/b/")
    root = mirror(content={"warta/2024/06/a.md": '---\ntitle: A\naliases: ["/a.html", "/b/"]\n---\n'})
    build(root)
    assert pages_of(root) == ["a.html", "b/index.html"]


def test_survives_import(mirror):
    """An old address that a person wrote into a file survives the import of its capture."""
    root = mirror(seeds={"a.txt": "Banjir besar melanda kota\n\nPemerintah daerah mengirim bantuan untuk warga.\n"})
    import_seeds(root)
    [path] = (root / "content").rglob("*.md")
    text = path.read_text(encoding="utf-8").replace("\nseed:", '\naliases: ["/lama.html"]\nseed:', 1)
    path.write_text(text, encoding="utf-8")
    (root / "seeds/a.txt").write_text(
        "Banjir besar melanda kota\n\nAir surut pada hari Kamis pagi ini.\n", encoding="utf-8"
    )
    import_seeds(root)
    assert path.read_text(encoding="utf-8") == text
    build(root)
    assert pages_of(root) == ["lama.html"]


# --- pages ---------------------------------------------------------------------------------------------------------


def test_page_leads_on(mirror):
    """A page at an old address leads to the article at once, says so to search engines, and has a plain link."""
    root = mirror(settings='[site]\nbase_url = "https://example.org/k/"\n')
    claim(root, "warta/2024/06/a.md", "/2019/05/é b.html", title='"Banjir" <b>')
    build(root)
    text = (root / "output/2019/05/é b.html").read_text(encoding="utf-8")
    assert '<meta http-equiv="refresh" content="0; url=../../warta/2024/06/a.html">' in text
    assert '<link rel="canonical" href="https://example.org/k/warta/2024/06/a.html">' in text
    assert '<meta name="robots" content="noindex">' in text
    assert '<a href="../../warta/2024/06/a.html">&#34;Banjir&#34; &lt;b&gt;</a>' in text
    assert "<script" not in text
    sitemap = "".join(path.read_text() for path in (root / "output/sitemaps").rglob("*.xml"))
    assert "2019" not in sitemap


def test_browser_follows(page: Page, tmp_path):
    """A browser that asks for an old address shows the article, from a disk too."""
    root = write_newspaper(tmp_path)
    assert build(root).faults == ()
    assert pages_of(root) == sorted(OLD_ADDRESSES)
    for old in OLD_ADDRESSES:
        show(page, root / "output", old)
        page.wait_for_url("**/warta/2024/06/pasar-lama.html")
        assert page.locator("h1").inner_text() == "Pasar lama dibuka kembali"


def test_page_is_accessible(page: Page, tmp_path):
    """Who stays at an old address finds a page without an accessibility violation."""
    root = write_newspaper(tmp_path)
    build(root)
    old = root / "output/2024/06/pasar-lama.html"
    old.write_text(re.sub(r"<meta http-equiv=\"refresh\".*?>", "", old.read_text(encoding="utf-8")), encoding="utf-8")
    page.goto(old.as_uri())
    page.evaluate(AXE_SCRIPT)
    assert find_violations(page, ALL) == []


def test_old_addresses_are_no_orphans(mirror, run):
    """`check` knows that nothing needs to lead to an old address."""
    root = mirror()
    claim(root, "warta/2024/06/a.md", "/lama.html")
    build(root)
    ran = run("check", cwd=root)
    assert (ran.code, ran.err) == (0, "")


def test_one_alias_costs_little(mirror):
    """A new old address makes its page and the article's, however many there are."""
    root = mirror()
    for number in range(50):
        claim(root, f"warta/2024/06/a{number}.md", f"/lama/{number}.html", title=f"Judul {number}")
    build(root)
    claim(root, "warta/2024/06/a7.md", "/lama/7.html", "/lama/baru.html", title="Judul 7")
    changed = set(build(root).changed)
    assert "lama/baru.html" in changed
    assert not {path for path in changed if path.startswith("lama/")} - {"lama/baru.html"}
    assert not {path for path in changed if re.fullmatch(r"warta/2024/06/a\d+.html", path)}


# --- collisions ----------------------------------------------------------------------------------------------------


def test_claimed_twice(mirror, run):
    """Of two articles that claim an address, in capitals or not, the first has it; the fault names both."""
    root = mirror()
    claim(root, "warta/2024/06/b.md", "/Lama/A.html")
    claim(root, "warta/2024/06/a.md", "/lama/a.html")
    faults = build(root).faults
    assert [(fault.place, "content/warta/2024/06/a.md" in fault.verdict) for fault in faults] == [
        ("content/warta/2024/06/b.md", True)
    ]
    assert pages_of(root) == ["lama/a.html"]
    assert run("check", cwd=root).code == 1
    claim(root, "warta/2024/06/a.md")
    assert build(root).faults == ()
    assert pages_of(root) == ["Lama/A.html"]


def test_pages_go_first(mirror):
    """An address at which an article or a hub comes is theirs, and an old one again when they go."""
    root = mirror()
    claim(root, "warta/2024/06/a.md", "/harian/2024/06/x.html", "/harian/")
    build(root)
    assert pages_of(root) == ["harian/2024/06/x.html", "harian/index.html"]
    claim(root, "harian/2024/06/x.md", title="Lain")
    assert len(build(root).faults) == 2
    assert pages_of(root) == []
    assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}
    (root / "content/harian/2024/06/x.md").unlink()
    assert build(root).faults == ()
    assert pages_of(root) == ["harian/2024/06/x.html", "harian/index.html"]
    assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}


# --- redirects and headers -----------------------------------------------------------------------------------------


def rules_of(root: Path) -> list[list[str]]:
    """Return the rules of a site's _redirects."""
    path = root / "output/_redirects"
    return [line.split(" ") for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def test_redirects(mirror):
    """Where the host reads redirects, old addresses are such, and need no pages; a folder's are two."""
    root = mirror(settings=CLOUDFLARE)
    claim(root, "warta/2024/06/a.md", "/lama/é b.html", "/lama/c")
    assert build(root).faults == ()
    target = "/warta/2024/06/a.html"
    assert rules_of(root) == [
        ["/lama/c", target, "301"], ["/lama/c/", target, "301"], ["/lama/%C3%A9%20b.html", target, "301"],
    ]  # fmt: skip
    assert pages_of(root) == []


def test_no_host_no_files(mirror):
    """Without a host that reads them there are neither redirects nor headers."""
    for settings in ("", '[site]\nhost = "github-pages"\n'):
        root = mirror(settings=settings)
        claim(root, "warta/2024/06/a.md", "/lama.html")
        build(root)
        assert not {"_headers", "_redirects"} & tree(root / "output").keys()
        assert pages_of(root) == ["lama.html"]


@pytest.mark.parametrize(
    "host", [host for host in hosts.load_hosts().values() if host.redirects], ids=lambda host: host.id
)
def test_room_for_redirects(mirror, host):
    """A host gets no more rules than it reads and none that is longer; the other addresses are pages."""
    assert host.redirects
    count = min(host.redirects.rules, 3000) // 2 + 5
    root = mirror(settings=f'[site]\nhost = "{host.id}"\nsearch = false\n')
    for number in range(0, count, 100):
        some = [f"/lama/{other:05}" for other in range(number, min(number + 99, count))]
        claim(root, f"warta/2024/06/a{number}.md", "/" + "b" * 200 + f"/{'é' * 100}/{'é' * 100}{number}.html", *some)
    assert build(root).faults == ()
    rules, pages = rules_of(root), pages_of(root)
    assert len(rules) <= host.redirects.rules
    assert max(len(" ".join(rule)) for rule in rules) <= host.redirects.line
    assert len({rule[0].rstrip("/") for rule in rules}) + len(pages) == count - count // 100 + -(-count // 100)


def test_change_of_host(mirror):
    """Another host makes pages of redirects and redirects of pages, as a clean build does."""
    root = mirror(settings=CLOUDFLARE)
    claim(root, "warta/2024/06/a.md", "/lama/a.html", "/lama/b")
    for settings in (CLOUDFLARE, "", '[site]\nhost = "gitlab-pages"\n', CLOUDFLARE):
        (root / "cermin.toml").write_text(settings, encoding="utf-8")
        build(root)
        assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}


def read_headers(root: Path) -> dict[str, dict[str, str]]:
    """Return the headers of each rule of a site's _headers."""
    rules: dict[str, dict[str, str]] = {}
    last = ""
    for line in (root / "output/_headers").read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            name, _, value = line.strip().partition(": ")
            rules[last][name] = value
        else:
            last = line
            rules[last] = {}
    return rules


@pytest.mark.parametrize("host", [host.id for host in hosts.load_hosts().values() if host.headers])
def test_headers(mirror, host):
    """Headers name what never changes under its name, each file by one rule alone, as hosts join what several say."""
    root = mirror(settings=f'[site]\nhost = "{host}"\n')
    claim(root, "warta/2024/06/a.md")
    build(root)
    rules = read_headers(root)
    kept = {path: re.compile(re.sub(r":segment", "[^/]+", path).replace("*", ".*")) for path in rules if path != "/*"}
    hashed = re.compile(r"static/(style|search)\.[0-9a-f]{8}\.(css|js)|search/.+/.+\.bin|manifest/.+")
    for path in tree(root / "output"):
        matching = [rule for rule, pattern in kept.items() if pattern.fullmatch(f"/{path}")]
        assert len(matching) == bool(hashed.fullmatch(path)), path
    assert {rules[rule]["Cache-Control"] for rule in kept} == {"public, max-age=31536000, immutable"}
    assert "Cache-Control" not in rules["/*"]
    assert len(rules) <= 100
    assert all(len(line) < 2000 for line in (root / "output/_headers").read_text().splitlines())


def test_headers_say_what_pages_say(mirror):
    """The policy of the headers is that of the page which is allowed most; and no page stands in another's frame."""
    root = mirror(settings=CLOUDFLARE)
    claim(root, "warta/2024/06/a.md")
    build(root)
    [policy] = re.findall(r'Policy" content="([^"]+)"', (root / "output/search.html").read_text(encoding="utf-8"))
    assert read_headers(root)["/*"]["Content-Security-Policy"] == f"{policy}; frame-ancestors 'none'"


def test_own_headers(mirror):
    """A mirror can write headers of its own by a template of its own."""
    root = mirror(
        settings=CLOUDFLARE, templates={"headers.txt": (builtin_folder() / "headers.txt").read_text() + "\n/x\n  A: b"}
    )
    claim(root, "warta/2024/06/a.md")
    build(root)
    assert read_headers(root)["/x"] == {"A": "b"}
