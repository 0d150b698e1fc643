"""Searching in the browser, from a server that sends files and knows nothing else."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]  # ships no types
from playwright.sync_api import Browser, Page, Route, expect

from cermin.output.words import RTL_LANGUAGES, RTL_SCRIPTS
from cermin.search.portions import LONGEST_SUMMARY
from cermin.shortening import cut
from tests.conftest import ROOT, tree
from tests.mirrors import article, build, build_clean, find_differences, serve
from tests.search_index import document
from tests.test_accessibility import ALL, COLOURS, FIND_CUT, NARROWEST, find_violations

HEAVIEST = 12_000
"""Bytes of the script, compressed, without stemmers."""
HOSTILE = "</h2><img src=x onerror='window.ran=1'><script>window.ran=1</script> \"Naga\" &amp; javascript:1"

ARTICLES = [
    # The newest year has few articles, so that there are several segments.
    document("Gempa mengguncang pesisir", "Warga pesisir berlari ke bukit.", day="2025-03-01", outlet="warta"),
    document("Kapal kandas", "Di pesisir utara.", day="2025-02-01", section="Ekonomi"),
    document(
        HOSTILE, "Naga terbang.", day="2024-06-20", section=HOSTILE, summary=HOSTILE, address="kaca/2024/06/a.html"
    ),
    document("Banjir surut", "Air surut.", day="2024-05-20", outlet="warta", section="Daerah"),
    document(
        "新桥建成通车，两岸居民出行更方便",
        "新桥于星期四上午正式通车。",
        day="2024-06-20",
        lang="zh",
        address="kaca/2024/06/qiao.html",
    ),
    document(
        "افتتاح السوق القديم", "عاد التجار إلى محالهم.", day="2024-06-20", lang="ar", address="kaca/2024/06/souq.html"
    ),
    document("Council votes", "The council votes on Thursday.", day="2024-06-20", lang="en"),
    document("Pasar lama", "Di kota tua ada pasar.", day="2019-06-20"),
    document("Lama tidak bertemu", "Pasar di kota, lama dan tua.", day="2019-07-20"),
    document("Kabar", "Kata orang, pasar lama ramai lagi.", day="2019-08-20"),
    document("Kembar", "Serupa.", day="2019-09-01", address="kaca/2019/09/kembar-2.html"),
    document("Kembar", "Serupa.", day="2019-09-02"),
    document("O'Hara’s Café – déjà vu", "Serupa.", day="2019-09-03", address="kaca/2019/09/o-hara-s.html"),
    document("O'Hara’s Café", "Serupa.", day="2019-09-04", address="kaca/2019/09/oharas-caf-2.html"),
    document("Judul panjang yang dipotong", "Serupa.", day="2019-09-05", address="kaca/2019/09/judul-panjang.html"),
    document("Entah kapan", "Pesisir tanpa tanggal.", address="kaca/undated/entah.html"),
    *(
        document(f"Bulan {number}", "Bulan purnama." + " Bulan." * (number % 5), day=f"2020-01-{number:02}")
        for number in range(1, 26)
    ),
]
SETTINGS = '[site]\ntitle = "Cermin Kota"\nlanguage = "{}"\n'


class Site(NamedTuple):
    """A mirror that a server shows."""

    output: Path
    address: str
    asked: list[str]
    """The paths that were asked for."""

    def search(self, page: Page, **query: str) -> Page:
        """Open the page with a query in its address and wait until the whole index was looked through."""
        page.goto(f"{self.address}search.html?{urlencode(query)}")
        return wait(page)


@pytest.fixture(scope="module", params=["id"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a mirror on a server, with the interface in Indonesian or as a test names it."""
    root = tmp_path_factory.mktemp("mirror")
    files = {"cermin.toml": SETTINGS.format(request.param), "outlets/warta.toml": 'name = "Warta Kota"\n'}
    for one in ARTICLES:
        front = {
            "date": one.day,
            "outlet": one.outlet,
            "lang": one.lang,
            "section": one.section,
            "summary": one.summary,
        }
        files[f"content/{one.address.removesuffix('.html')}.md"] = article(one.title, one.text, **front)
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    assert build(root).faults == ()
    with serve(root / "output") as served:
        yield Site(root / "output", *served)


def wait(page: Page) -> Page:
    """Wait for the answer to the query in the form."""
    expect(page.locator("#announcement")).not_to_be_empty()
    expect(page.locator("#search")).not_to_have_attribute("aria-busy", "true")
    return page


def found(page: Page) -> list[str]:
    """Return the paths of the results, in order."""
    links = page.locator("#search ol a")
    return [str(link.get_attribute("href")) for link in links.all()]


def told(page: Page) -> str:
    """Return what the page says of the results."""
    return page.locator("#progress").inner_text()


# --- what is found -------------------------------------------------------------------------------------------------


def test_the_best_article_is_first(site: Site, page: Page) -> None:
    """A word in the title counts more than in the text, and results come from all of the archive."""
    results = found(site.search(page, q="pesisir"))
    assert results[0] == "warta/2025/03/gempa-mengguncang-pesisir.html"
    assert sorted(results) == [
        "kaca/2025/02/kapal-kandas.html",
        "kaca/undated/entah.html",
        "warta/2025/03/gempa-mengguncang-pesisir.html",
    ]
    assert told(page) == "3 artikel"


def test_the_newest_is_first_on_ties(site: Site, page: Page) -> None:
    """Of articles that match alike, the newest is first."""
    assert found(site.search(page, q="kembar")) == ["kaca/2019/09/kembar.html", "kaca/2019/09/kembar-2.html"]


def test_newest_first(site: Site, page: Page) -> None:
    """By date the newest is first, however well others match, and those without a date are last."""
    results = found(site.search(page, q="pesisir", sort="date"))
    assert results == [
        "warta/2025/03/gempa-mengguncang-pesisir.html",
        "kaca/2025/02/kapal-kandas.html",
        "kaca/undated/entah.html",
    ]
    page.locator("[name=q]").fill("bulan")
    page.keyboard.press("Enter")
    expect(page.locator("#search ol a").first).to_have_attribute("href", "kaca/2020/01/bulan-25.html")


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ({"outlet": "kaca"}, ["kaca/2025/02/kapal-kandas.html", "kaca/undated/entah.html"]),
        ({"section": "ekonomi"}, ["kaca/2025/02/kapal-kandas.html"]),
        ({"year": "2025"}, ["warta/2025/03/gempa-mengguncang-pesisir.html", "kaca/2025/02/kapal-kandas.html"]),
        ({"year": "2025", "outlet": "warta"}, ["warta/2025/03/gempa-mengguncang-pesisir.html"]),
        ({"outlet": "gone"}, []),
    ],
)
def test_filters(site: Site, page: Page, query: dict[str, str], paths: list[str]) -> None:
    """Results are of the outlet, the section and the year that are chosen, also of those that are not on offer."""
    assert found(site.search(page, q="pesisir", **query)) == paths
    for name, value in query.items():
        assert page.locator(f"[name={name}]").input_value() == value


def test_a_filter_alone(site: Site, page: Page) -> None:
    """Without a word, what is chosen is listed, the newest first."""
    assert found(site.search(page, outlet="kaca", year="2025")) == ["kaca/2025/02/kapal-kandas.html"]


def test_choosing_a_filter(site: Site, page: Page) -> None:
    """A choice in the form is answered at once and stands in the address."""
    site.search(page, q="pesisir")
    page.locator("[name=outlet]").select_option("warta")
    expect(page.locator("#search ol li")).to_have_count(1)
    assert page.url.endswith("search.html?q=pesisir&outlet=warta")


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        (
            "pasar lama",
            {"kaca/2019/06/pasar-lama.html", "kaca/2019/07/lama-tidak-bertemu.html", "kaca/2019/08/kabar.html"},
        ),
        ('"pasar lama"', {"kaca/2019/06/pasar-lama.html", "kaca/2019/08/kabar.html"}),
        ("“Pasar LAMA”", {"kaca/2019/06/pasar-lama.html", "kaca/2019/08/kabar.html"}),
        ('"kota tua ada"', {"kaca/2019/06/pasar-lama.html"}),
        ('pasar -"pasar lama"', {"kaca/2019/07/lama-tidak-bertemu.html"}),
        ("pasar lama -bertemu", {"kaca/2019/06/pasar-lama.html", "kaca/2019/08/kabar.html"}),
        ("pasar -lama", set()),
        ('"lama pasar"', set()),
    ],
)
def test_phrases_and_words_to_leave_out(site: Site, page: Page, query: str, paths: set[str]) -> None:
    """All words must be there; those in quotes one behind the other, in title or text; those with a minus nowhere."""
    assert set(found(site.search(page, q=query))) == paths


def test_every_script(site: Site, page: Page) -> None:
    """Articles are found by words of their own script, and the language of a title stands on it."""
    for query, path, lang in (("新桥", "kaca/2024/06/qiao.html", "zh"), ("السوق", "kaca/2024/06/souq.html", "ar")):
        assert found(site.search(page, q=query)) == [path]
        assert page.locator("#search ol h2").get_attribute("lang") == lang
        assert page.locator("#search ol h2 mark").count() > 0
    assert page.locator("#search ol h2").get_attribute("dir") == "rtl"


def test_every_result_leads_to_its_page(site: Site, page: Page) -> None:
    """Whatever the address of an article is made of, its result leads there."""
    paths: set[str] = set()
    for year in ("2019", "2024", "2025"):
        paths |= set(found(site.search(page, year=year)))
    paths |= set(found(site.search(page, q="tanggal")))
    assert paths == {one.address for one in ARTICLES if not one.day.startswith("2020")}


def test_what_a_result_shows(site: Site, page: Page) -> None:
    """A result shows title, summary, outlet, section and date, with the words that match marked."""
    site.search(page, q="SURUT air")
    item = page.locator("#search ol li")
    assert item.locator("h2").inner_text() == "Banjir surut"
    assert item.locator("mark").all_inner_texts() == ["surut", "Air", "surut"]
    assert item.locator(".meta").inner_text() == "Warta Kota · Daerah · 20 Mei 2024"
    assert item.locator("time").get_attribute("datetime") == "2024-05-20"


def test_hostile_titles_run_nothing(site: Site, page: Page) -> None:
    """Title, summary and section of a hostile article are shown as the text that they are."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    site.search(page, q="naga")
    assert page.locator("#search ol h2").inner_text() == HOSTILE
    assert page.locator("#search ol .summary").inner_text() == cut(HOSTILE, LONGEST_SUMMARY)
    assert HOSTILE in page.locator("#search ol .meta").inner_text()
    assert page.evaluate("typeof window.ran") == "undefined"
    assert page.locator("#search ol img, #search ol script").count() == 0
    page.goto(f"{site.address}search.html?{urlencode({'q': HOSTILE, 'outlet': HOSTILE})}")
    wait(page)
    assert page.evaluate("typeof window.ran") == "undefined"
    assert complaints == []


def test_results_come_as_the_index_is_read(site: Site, page: Page) -> None:
    """What the newest segment gives is shown, with how far back the search has looked, before older ones are there."""
    held: list[Route] = []
    free = False
    page.route(
        lambda address: "/search/2025" not in address and "/t-" in address,
        lambda route: route.continue_() if free else held.append(route),
    )
    page.goto(f"{site.address}search.html?q=pesisir")
    expect(page.locator("#search ol li")).to_have_count(2)
    expect(page.locator("#progress")).to_have_text("2 artikel · sudah diperiksa: 2025 …")
    expect(page.locator("#announcement")).to_be_empty()
    free = True
    for route in held:
        route.continue_()
    wait(page)
    assert told(page) == "3 artikel"


def test_a_newer_query_ends_the_one_before(site: Site, page: Page) -> None:
    """What is asked last is answered, though files for what was asked before never come."""
    held: list[Route] = []
    page.route("**/t-*.bin", lambda route: held.append(route))  # noqa: PLW0108 - playwright marks what it is given
    page.goto(f"{site.address}search.html?q=pesisir")
    expect(page.locator("#search")).to_have_attribute("aria-busy", "true")
    page.unroute_all()
    page.locator("[name=q]").fill("kembar")
    page.keyboard.press("Enter")
    expect(page.locator("#search ol li")).to_have_count(2)


# --- while one types, and behind -----------------------------------------------------------------------------------


def test_the_beginning_of_a_word(site: Site, page: Page) -> None:
    """While a word is typed, those that begin so are found; once it is sent, it is the whole word."""
    page.goto(f"{site.address}search.html")
    page.locator("[name=q]").press_sequentially("kemb")
    expect(page.locator("#search ol li")).not_to_have_count(0)
    assert "kaca/2019/09/kembar.html" in found(page)
    assert page.locator("#search ol mark").first.inner_text() == "Kembar"
    page.keyboard.press("Enter")
    expect(page.locator("#search ol li")).to_have_count(0)
    assert page.url.endswith("?q=kemb")


def test_back_and_forward(site: Site, page: Page) -> None:
    """Back leads to the query before, with its results, and from an article to the results as they were."""
    site.search(page, q="pesisir")
    page.locator("[name=q]").fill("kembar")
    page.keyboard.press("Enter")
    expect(page.locator("#search ol li")).to_have_count(2)
    page.go_back()
    expect(page.locator("#search ol li")).to_have_count(3)
    assert page.locator("[name=q]").input_value() == "pesisir"
    page.go_forward()
    expect(page.locator("#search ol li")).to_have_count(2)
    page.locator("#search ol a").first.click()
    page.wait_for_url("**/kembar.html")
    page.go_back()
    expect(page.locator("#search ol li")).to_have_count(2)
    assert page.title().startswith("kembar – ")


def test_typing_is_one_step_back(site: Site, page: Page) -> None:
    """However often a query is answered while it is typed, it is one step of the history."""
    page.goto(f"{site.address}search.html")
    steps = page.evaluate("history.length")
    for typed in ("kem", "kembar"):
        page.locator("[name=q]").fill(typed)
        page.wait_for_url(f"**?q={typed}")
    page.keyboard.press("Enter")
    expect(page.locator("#search ol li")).to_have_count(2)
    assert page.evaluate("history.length") == steps + 1


def test_more_results(site: Site, page: Page) -> None:
    """Ten results are shown, then ten more: the focus goes to the first of them, and back shows them all again."""
    site.search(page, q="purnama")
    assert len(found(page)) == 10
    assert told(page) == "25 artikel"
    page.locator("#more").click()
    expect(page.locator("#search ol li")).to_have_count(20)
    results = page.locator("#search ol a")
    expect(results.nth(10)).to_be_focused()
    results.nth(19).click()
    page.wait_for_url("**/bulan-*")
    page.go_back()
    expect(page.locator("#search ol li")).to_have_count(20)
    page.locator("#more").click()
    expect(page.locator("#search ol li")).to_have_count(25)
    expect(page.locator("#more")).to_be_hidden()


def test_announcements(site: Site, page: Page) -> None:
    """A screen reader is told how many articles there are, or that there are none."""
    status = page.get_by_role("status")
    site.search(page, q="pesisir")
    expect(status).to_have_text("3 artikel")
    page.locator("[name=q]").fill("tidakada")
    page.keyboard.press("Enter")
    expect(status).to_have_text("Tidak ada artikel yang memuat semua kata ini.")
    assert told(page) == "Tidak ada artikel yang memuat semua kata ini."


# --- what it costs -------------------------------------------------------------------------------------------------


def test_the_script_is_light(site: Site, record_property: Callable[[str, object], None]) -> None:
    """The script with the analyser, as it is written, is at most 12 KB compressed."""
    (script,) = site.output.glob("static/search.*.js")
    weight = len(gzip.compress(script.read_bytes(), 9))
    record_property("figure", f"the script for searching: {weight:,} bytes compressed (budget {HEAVIEST:,})")
    assert weight <= HEAVIEST


def test_no_more_is_read_than_is_needed(site: Site, page: Page) -> None:
    """The newest results need one segment; where a word is missing, nothing but its shard is read of a segment."""
    del site.asked[:]
    site.search(page, q="kandas", year="2025")
    assert [re.sub("-[0-9a-f]{8}", "", path.rpartition("/")[2]) for path in site.asked if "search/2" in path] == [
        "t.bin",
        "l.bin",
        "p.bin",
    ]
    del site.asked[:]
    site.search(page, q="tidakada")
    assert {path.rpartition("/")[2][:2] for path in site.asked if path.startswith("search/") and "-" in path} == {"t-"}


def test_files_are_read_once(site: Site, page: Page) -> None:
    """Another query asks only for what the one before did not read."""
    site.search(page, q="pesisir")
    del site.asked[:]
    page.locator("[name=q]").fill("kandas")
    page.keyboard.press("Enter")
    expect(page.locator("#search ol li")).to_have_count(1)
    assert [path for path in site.asked if "search/" in path] == []


# --- where it cannot work ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["index.html", "warta/2024/05/banjir-surut.html", "archive/2024/06/index.html"])
def test_the_form_of_every_page(site: Site, page: Page, start: str) -> None:
    """The form in the header of any page leads to the results."""
    page.goto(site.address + start)
    page.get_by_role("search").get_by_role("searchbox").fill("pesisir")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=pesisir")
    expect(page.locator("#search ol li")).to_have_count(3)


def test_without_scripts(site: Site, browser: Browser) -> None:
    """Without scripts the form leads to the page, which says what it needs and leads elsewhere."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.address + "warta/index.html")
    page.get_by_role("searchbox").fill("pesisir")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=pesisir")
    assert page.get_by_text("Pencarian memerlukan JavaScript").is_visible()
    assert not page.get_by_role("searchbox").is_visible()
    page.locator("#offers a").first.click()
    page.wait_for_url("**/topics/index.html")
    context.close()


def test_from_a_disk(site: Site, page: Page) -> None:
    """Opened from a file, the form leads to the page, which says that it needs a server and leads elsewhere."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto((site.output / "warta/index.html").as_uri())
    page.get_by_role("searchbox").fill("pesisir")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=pesisir")
    assert page.get_by_text("Pencarian memerlukan server web").is_visible()
    assert not page.get_by_role("searchbox").is_visible()
    page.locator("#offers a").last.click()
    page.wait_for_url("**/archive/index.html")
    assert complaints == []


def test_an_index_that_is_made_anew(site: Site, page: Page) -> None:
    """Where a file of the index is gone, the index is read again; where it is gone still, the page says so."""
    page.route("**/t-*.bin", lambda route: route.fulfill(status=404))
    site.search(page, q="pesisir")
    expect(page.locator("#fault")).to_contain_text("Indeks pencarian tidak dapat dibaca")
    expect(page.locator("#offers")).to_be_visible()
    page.unroute_all()
    # The first index that the page reads names files that are gone, the second those that are there.
    whole = (site.output / "search/index.json").read_bytes()
    answers = [re.sub(rb'"shards": ?\["', b'"shards":["0', whole), whole]
    page.route("**/search/index.json", lambda route: route.fulfill(body=answers.pop(0)))
    site.search(page, q="pesisir")
    expect(page.locator("#search ol li")).to_have_count(3)
    assert answers == []
    expect(page.locator("#fault")).to_be_empty()


def test_only_this_page_may_run_a_script(site: Site) -> None:
    """No other page loads a script, and the policy of none but this one allows any, from the site itself."""
    for path in site.output.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        is_search = path.name == "search.html"
        assert ("script-src 'self';" in text) is is_search, path
        assert ("<script defer src=" in text) is is_search, path
        assert "unsafe" not in text.partition("</head>")[0], path


def test_a_mirror_without_search(mirror) -> None:
    """Where the settings leave search out, there is no page, no form, no script and no index; back they come."""
    root = mirror(content={"kaca/2024/06/a.md": article(date="2024-06-20")}, settings="[site]\nsearch = false\n")
    build(root)
    without = tree(root / "output")
    assert [path for path in without if "search" in path] == []
    assert [path for path, data in without.items() if path.endswith(".html") and b"search.html" in data] == []
    (root / "cermin.toml").write_text("")
    build(root)
    assert {"search.html", "search/index.json"} <= {*tree(root / "output")}
    (root / "cermin.toml").write_text("[site]\nsearch = false\n")
    build(root)
    assert find_differences(tree(root / "output"), without) == {}


def test_the_stemmers_are_those_of_the_mirror(mirror) -> None:
    """The script of stemmers has those of the languages of the articles, and index.json tells when it changed."""
    root = mirror(
        content={f"kaca/2024/06/{lang}.md": article(lang=lang, date="2024-06-20") for lang in ("id", "en", "zh")}
    )
    build(root)
    path, index = root / "output/search/stemmers.js", root / "output/search/index.json"
    before = json.loads(index.read_bytes())["stemmers"]
    assert re.findall(r"^\(globalThis\S+\)\.(\w+)=", path.read_text(), re.MULTILINE) == ["en", "id"]
    (root / "content/kaca/2024/06/en.md").unlink()
    build(root)
    assert re.findall(r"^\(globalThis\S+\)\.(\w+)=", path.read_text(), re.MULTILINE) == ["id"]
    assert json.loads(index.read_bytes())["stemmers"] != before
    assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}
    for name in ("id", "zh"):
        (root / f"content/kaca/2024/06/{name}.md").unlink()
    build(root)
    assert path.read_bytes() == b""
    assert json.loads(index.read_bytes())["stemmers"] == ""


def test_search_engines_do_not_index_the_page(site: Site) -> None:
    """Pages of results are none that search engines should lead to."""
    assert '<meta name="robots" content="noindex">' in (site.output / "search.html").read_text(encoding="utf-8")


# --- for everybody -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("site", ["id", "ar", "zh"], indirect=True)
def test_results_are_for_everybody(site: Site, page: Page) -> None:
    """axe-core finds nothing in results, in light and dark; at 320 pixels nothing is cut off; all reads its own way."""
    page.set_viewport_size({"width": NARROWEST, "height": 700})
    site.search(page, q="bulan", outlet="kaca")
    page.evaluate(AXE_SCRIPT)
    assert find_violations(page, ALL) == []
    page.emulate_media(color_scheme="dark")
    assert find_violations(page, COLOURS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST
    assert page.evaluate(FIND_CUT) == []
    is_rtl = page.evaluate("document.documentElement.dir === 'rtl'")
    assert page.locator("#search ol h2").first.get_attribute("dir") == ("ltr" if is_rtl else None)


def test_directions() -> None:
    """The script knows the same languages and scripts as written from the right as pages do."""
    source = (ROOT / "templates" / "search" / "search.js").read_text(encoding="utf-8")
    languages = re.search(r"RTL_LANGUAGES = /\^\(([a-z|]+)\)", source)
    scripts = re.search(r"RTL_SCRIPTS = /-\(([a-z|]+)\)", source)
    assert languages
    assert scripts
    assert set(languages[1].split("|")) == RTL_LANGUAGES
    assert set(scripts[1].split("|")) == RTL_SCRIPTS
