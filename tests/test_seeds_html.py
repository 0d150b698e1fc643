"""Saved pages and bodies in HTML -> articles: found, true, inert; nothing lost, nothing raised."""

from __future__ import annotations

import gzip
import html as escaping
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cermin.outlets import Outlet, load_outlets
from cermin.output.body_html import BodyRenderer
from cermin.records import FRAGMENT, PAGE, Article, Capture, Reading
from cermin.seeds import FORMATS, read_article, read_captures

OUTLETS = load_outlets(Path("nowhere"))
P1 = (
    "Pemerintah kota mengatakan bahwa bantuan untuk warga di bantaran sungai akan dikirim pada hari Senin dengan kapal."
)
P2 = "Warga yang rumahnya terendam sudah mengungsi ke sekolah sejak malam, dan dapur umum didirikan di halamannya."
P3 = "Hujan diperkirakan reda pada akhir pekan, tetapi petugas tetap berjaga di pintu air sepanjang malam."
TEXT = f"<p>{P1}</p><p>{P2}</p><p>{P3}</p>"
MENU = "".join(f'<li><a href="/{word}">{word}</a></li>' for word in "Beranda Politik Ekonomi Olahraga Hiburan".split())


def page(body: str, head: str = "", *, title: str = "Banjir di Kota", attributes: str = "") -> str:
    """Return a page as news sites build them: menu, headline, article, teasers, footer."""
    return f"""<!DOCTYPE html><html {attributes}><head><title>{title}</title>{head}</head><body>
<nav><ul>{MENU}</ul></nav><div class="main"><h1>Banjir di Kota</h1><div class="text">{body}</div>
<div class="teasers"><h3><a href="/1">Harga beras naik lagi di pasar induk</a></h3>
<h3><a href="/2">Timnas menang</a></h3></div></div>
<footer><p>Kantor kami ada di Jalan Merdeka nomor satu, dan buka setiap hari kerja.</p></footer></body></html>"""


def read(
    html: str | bytes, media_type: str = PAGE, outlets: Mapping[str, Outlet] = OUTLETS, **container: Any
) -> Reading:
    """Read a page, or a body in HTML."""
    data = html.encode() if isinstance(html, str) else html
    return read_article(Capture("a.html", media_type, data, **container), outlets)


def article(html: str, media_type: str = PAGE, **container: Any) -> Article:
    """Return the article of a page that gives one."""
    reading = read(html, media_type, **container)
    assert reading.article is not None, reading.quarantine
    return reading.article


def body(html: str) -> str:
    """Return the Markdown of a body in HTML."""
    return article(html, FRAGMENT, url="https://berita.example/2024/banjir.html", title="Banjir").body


def show(markdown: str) -> str:
    """Return the HTML that the site makes of a body."""
    return BodyRenderer().render(markdown, {}, "")


# --- files ---


@pytest.mark.parametrize("name", ["a.html", "a.htm", "a.xhtml", "A.HTML", "a.html.gz", "a.HTM.GZ"])
def test_pages_are_read_from_files(tmp_path, name):
    """A page is read from a file of any of its endings, compressed or not."""
    data = page(TEXT).encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.lower().endswith(".gz") else data)
    (capture,) = read_captures(tmp_path / name, name)
    assert isinstance(capture, Capture)
    assert (capture.media_type, capture.data) == (PAGE, data)
    assert {".html", ".htm", ".xhtml"} <= FORMATS.keys()


def test_missing_library_is_told(monkeypatch):
    """Without the library for HTML a page is quarantined with the command that adds it."""
    monkeypatch.setitem(sys.modules, "lxml", None)
    assert "cermin[html]" in read(page(TEXT)).quarantine


# --- what is the article ---


def test_article_is_found_among_the_rest():
    """Menu, teasers and footer are no part of the article, and every block of the page has a fate."""
    reading = read(page(TEXT))
    assert reading.article is not None
    assert reading.article.body == f"{P1}\n\n{P2}\n\n{P3}"
    texts = {line.text: line.fate for line in reading.lines}
    assert texts["Banjir di Kota"] == "title"
    assert texts["Beranda"] == "cut"
    assert texts["Harga beras naik lagi di pasar induk"] == "cut"
    assert all(line.rule for line in reading.lines)


@pytest.mark.parametrize(
    "furniture",
    [
        '<div class="related-articles"><p>Satu lagi kabar yang panjang sekali dari kota lain di pulau ini.</p></div>',
        '<div id="comments"><p>Saya setuju dengan berita ini, dan semoga banjir di kota itu lekas surut.</p></div>',
        "<aside><p>Ikuti kami di semua media sosial, dan jangan lewatkan berita terbaru setiap hari.</p></aside>",
        "<form><p>Tulis alamat surel di sini untuk berlangganan buletin kami yang terbit setiap pagi.</p></form>",
        '<p style="display: none">Teks ini tidak pernah dilihat oleh seorang pembaca pun di halaman ini.</p>',
        "<script>document.write('<p>Teks ini ditulis oleh skrip, dan tidak ada di halaman.</p>')</script>",
        '<ul><li><a href="/a">Kabar pertama dari kota</a></li><li><a href="/b">Kabar kedua dari kota</a></li></ul>',
    ],
)
def test_furniture_is_no_article(furniture):
    """What stands between the paragraphs under the name of something else is not taken for text."""
    assert article(page(f"<p>{P1}</p><p>{P2}</p>{furniture}<p>{P3}</p>")).body == f"{P1}\n\n{P2}\n\n{P3}"


def test_class_of_the_article_itself_says_nothing():
    """A word in a class does not hide the article that it is around."""
    assert article(page(f'<div class="social-post with-sidebar">{TEXT}</div>')).body == f"{P1}\n\n{P2}\n\n{P3}"


def test_line_rules_hold_in_pages():
    """What rules cut or understand in text they do in pages: see-also, bylines, advertisements."""
    html = (
        f'<p>{P1}</p><p>Baca juga: <a href="/x">Jembatan Ambruk di Hulu Sungai</a></p><p>ADVERTISEMENT</p><p>{P2}</p>'
    )
    found = article(page(f"{html}<p>Editor: Budi Santoso</p>"))
    assert found.body == f"{P1}\n\nBaca juga: [[Jembatan Ambruk di Hulu Sungai]]\n\n{P2}"
    assert found.editor == "Budi Santoso"


def test_line_breaks_part_paragraphs():
    """Lines that are parted by line breaks are paragraphs; a line that goes on in small letters is none."""
    assert article(page(f"{P1}<br><br>{P2}<br>{P3[:28]}<br/>{P3[28:]}")).body == f"{P1}\n\n{P2}\n\n{P3}"


# --- what the page says ---


def test_json_ld_is_understood():
    """Headline, date, authors, section, tags and language are read from JSON-LD, also in a graph, also when broken."""
    node = {
        "@type": "NewsArticle", "headline": "Banjir di Kota", "datePublished": "2024-06-20T13:40:00+07:00",
        "dateModified": "2024-06-21T00:00:00+07:00", "author": [{"@type": "Person", "name": "Siti Aminah"}],
        "articleSection": "Daerah", "keywords": ["banjir", "kota"], "publisher": {"name": "Berita Kita"},
    }  # fmt: skip
    for text in (json.dumps([{"@graph": [node]}]), json.dumps(node)[:-1] + ",}", f"<!-- {json.dumps(node)} -->"):
        found = article(page(TEXT, f'<script type="application/ld+json">{text}</script>'))
        assert found.published is not None
        assert found.published.value == "2024-06-20T13:40:00+07:00"
        assert (found.authors, found.section, found.tags) == (("Siti Aminah",), "Daerah", ("banjir", "kota"))


@pytest.mark.parametrize(
    ("title", "head"),
    [
        ("Banjir di Kota - Berita Kita", '<meta property="og:site_name" content="Berita Kita">'),
        ("Banjir di Kota | Daerah | Berita Kita", ""),
        ("beritakita.example: Banjir di Kota", '<link rel="canonical" href="https://beritakita.example/a/b">'),
    ],
)
def test_name_of_the_site_is_no_title(title, head):
    """The title is without the name of the site and of its section."""
    assert article(page(TEXT, head, title=title)).title == "Banjir di Kota"


def test_time_of_day_is_kept():
    """A date line that readers see, with time and zone, goes before the bare day that machines are told."""
    head = '<meta property="article:published_time" content="2015-12-02">'
    found = article(page(TEXT, head).replace("</h1>", "</h1><div>Rabu, 02 Des 2015 10:36 WIB</div>"))
    assert found.published is not None
    assert found.published.value == "2015-12-02T10:36:00+07:00"


def test_zone_that_readers_see_is_right():
    """Local time that machines are told as if it were UTC has the zone that stands beside it in the page."""
    head = '<meta property="article:published_time" content="2015-11-05T10:08:58Z">'
    found = article(page(TEXT, head).replace("</h1>", "</h1><p>Kamis, 05/11/2015 10:08 WIB</p>"))
    assert found.published is not None
    assert found.published.value == "2015-11-05T10:08:00+07:00"


@pytest.mark.parametrize("author", ["admin", "https://berita.example/penulis/1", "redaksi@berita.example", "Editor"])
def test_names_of_machines_are_no_authors(author):
    """Accounts and addresses are no authors."""
    assert article(page(TEXT, f'<meta name="author" content="{author}">')).authors == ()


def test_label_is_no_part_of_a_name():
    """An author has no label before the name."""
    assert article(page(TEXT, '<meta name="author" content="Oleh: Siti Aminah">')).authors == ("Siti Aminah",)


def test_summary_is_no_beginning():
    """A summary is kept when it says something else than the title and the beginning of the text."""
    kept = article(page(TEXT, '<meta name="description" content="Warga mengungsi, bantuan datang Senin.">'))
    assert kept.summary == "Warga mengungsi, bantuan datang Senin."
    for text in ("Banjir di Kota", P1, f"{P1[:60]} …"):
        assert article(page(TEXT, f'<meta name="description" content="{text}">')).summary == ""


def test_deck_is_the_summary():
    """The summary that a page shows above the article, apart from its paragraphs, is not in the body as well."""
    deck = "Warga mengungsi sejak malam, dan bantuan dari pemerintah kota baru datang pada hari Senin."
    html = page(TEXT, f'<meta name="description" content="{deck}">').replace("</h1>", f"</h1><div>{deck}</div>")
    assert (article(html).summary, article(html).body) == (deck, f"{P1}\n\n{P2}\n\n{P3}")


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<link rel="canonical" href="https://a.example/2024/banjir">', "https://a.example/2024/banjir"),
        ('<meta property="og:url" content="https://a.example/2024/banjir">', "https://a.example/2024/banjir"),
        (
            '<link rel="canonical" href="/"><meta property="og:url" content="https://a.example/x">',
            "https://a.example/x",
        ),
        ('<link rel="canonical" href="javascript:alert(1)">', ""),
        ("<link rel=canonical href='http://[bad'>", ""),
    ],
)
def test_address_is_a_web_address(head, url):
    """The article's address is the canonical one that the page tells, and never anything but a web address."""
    assert article(page(TEXT, head)).url == url


def test_outlet_is_known_by_the_address():
    """A page belongs to the outlet whose domain its address is in."""
    assert article(page(TEXT, '<link rel="canonical" href="https://www.genpi.co/berita/1/banjir">')).outlet == "genpi"


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-8", "utf-8"), ("iso-8859-1", "cp1252"), ("utf-8", "cp1252"), ("", "utf-8"), ("windows-1251", "cp1251"),
        ("shift_jis", "cp932"), ("gb2312", "gb18030"), ("euc-kr", "cp949"), ("latin-nonsense", "utf-8"),
    ],
)  # fmt: skip
def test_encoding_is_found(declared, encoding):
    """Text comes through whole in the encoding that the page names, also when it names a label that means another."""
    words = {
        "cp1251": "Вода в реке поднялась",
        "cp932": "川の水が増えた",
        "gb18030": "河水上涨了",
        "cp949": "강물이 불었다",
    }
    text = words.get(encoding, "“Café” – naïve")
    html = page(f"<p>{text}: {P1}</p><p>{P2}</p>", f'<meta charset="{declared}">' if declared else "")
    reading = read(html.encode(encoding))
    assert reading.article is not None
    assert reading.article.body.startswith(text)


# --- structure ---


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<h2>Air surut</h2><p>Sungai tenang.</p>", "## Air surut\n\nSungai tenang."),
        ("<h1>Air</h1><p>Tenang.</p>", "## Air\n\nTenang."),
        ("<h3>C#</h3><p>Bahasa.</p>", "### C\\#\n\nBahasa."),
        ("<ul><li>satu hal<li>dua hal</ul>", "- satu hal\n- dua hal"),
        ("<ol start=3><li>tiga hal<li>empat hal</ol>", "3. tiga hal\n4. empat hal"),
        ("<blockquote><p>Kami lelah.</p><p>Sangat lelah.</p></blockquote>", "> Kami lelah.\n>\n> Sangat lelah."),
        ("<p>Air <b>naik </b>dan <i>surut</i>.</p>", "Air **naik** dan *surut*."),
        ("<p><b><i>Air</i></b> naik.</p>", "***Air*** naik."),
        ("<p>Kata <a href='/x y'>warga</a>.</p>", "Kata [warga](https://berita.example/x%20y)."),
        ("<p>Kata <a href='//b.example/(1)'>warga [satu]</a></p>", r"Kata [warga \[satu\]](https://b.example/%281%29)"),
        ("<p>Wah!<a href='/x'>ini</a></p>", r"Wah\![ini](https://berita.example/x)"),
        ("<p>Kata <a href='javascript:x'>warga</a> dan <a href='#a'>dia</a>.</p>", "Kata warga dan dia."),
        ("<p>1. bukan daftar</p><p># bukan judul</p>", "1\\. bukan daftar\n\n\\# bukan judul"),
        ("<p>a * b <b>c</b> *d*</p>", r"a \* b **c** \*d\*"),
        ("<figure><img src='/a.jpg' alt='x'><figcaption>Banjir [1]</figcaption></figure><p>Air naik.</p>",
         "![Banjir \\[1\\]](https://berita.example/a.jpg)\n\nAir naik."),
        ("<table><tr><th>Kota<th>Air<tr><td>A|B<td>2 m</table>", "| Kota | Air |\n| --- | --- |\n| A\\|B | 2 m |"),
    ],
)  # fmt: skip
def test_structure_is_kept(html, markdown):
    """Headings, lists, quotations, emphasis, safe links, pictures and tables stay, as Markdown; all else is words."""
    assert body(html) == markdown


def test_links_are_cut_with_their_line():
    """What is left of a line from which a rule takes a part keeps its own links and no others."""
    link = '(Baca juga: <a href="/j">Jembatan Ambruk</a>)'
    assert body(f'<p>Kata <a href="/w">warga</a> itu. {link} Air <b>naik</b>.</p><p>{P1}</p>') == (
        "Kata [warga](https://berita.example/w) itu.\n\nBaca juga: [[Jembatan Ambruk]]\n\nAir **naik**.\n\n" + P1
    )


# --- hostile input ---


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"   \n", "white space"),
        (b"%PDF-1.4", "PDF"),
        (bytes(range(32)) * 40, "binary"),
        (b"<div>" * 10_000 + b"teks", "deep"),
        (b"<p>" * 600_000, "tags"),
        (b"<html><body><nav><a href='/'>Beranda</a></nav></body></html>", ""),
    ],
)
def test_no_page_has_a_reason(data, reason):
    """What is no page, or holds no article, is quarantined with a reason in words."""
    reading = read(data)
    assert reading.article is None
    assert reading.quarantine
    assert reason in reading.quarantine


TAGS = st.sampled_from(
    "p div h1 h2 h3 ul ol li blockquote table tr td th figure figcaption img br b i a span script style nav article "
    "pre section time form noscript template svg".split()
)
WORDS = st.text(st.sampled_from("aBé字 \n.*_[]()<>#|!&;`~1-+\\\xa0\u200b"), max_size=12) | st.just(P1)
HREFS = st.sampled_from(
    ["javascript:alert(1)", "/a", "https://b.example/)*[x]", "data:text/html,x", 'x" onclick="y', "http://["]
)


@st.composite
def trees(draw: st.DrawFn) -> str:
    """Return HTML of any tags in any order, closed or not, with hostile links and text."""
    parts: list[str] = []
    for _ in range(draw(st.integers(0, 12))):
        tag = draw(TAGS)
        href = draw(HREFS).replace('"', "&quot;")
        parts.append(
            f'<{tag} href="{href}" src="{href}" class="{draw(WORDS)!r}">' if draw(st.booleans()) else f"</{tag}>"
        )
        parts.append(draw(WORDS))
    return "".join(parts)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(html=trees(), media_type=st.sampled_from([PAGE, FRAGMENT]))
@example(html="<p>x<b>y</b>*z*</p>", media_type=FRAGMENT)
def test_any_tree_is_read_and_inert(html, media_type):
    """Any HTML gives an article or a reason; what the site shows of it runs nothing; every block has one fate."""
    reading = read(html, media_type, url="https://a.example/")
    assert (reading.article is None) == bool(reading.quarantine)
    numbers = [line.number for line in reading.lines]
    assert numbers == sorted(numbers)
    if reading.article:
        shown = show(reading.article.body).lower()
        assert "<script" not in shown
        assert "onclick" not in shown.replace("&quot;", "").replace("%22", "") or 'onclick="' not in shown
        assert 'href="javascript' not in shown
        assert 'href="data' not in shown


@settings(deadline=None, max_examples=60)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_read(data):
    """Any bytes under the name of a page give an article or a reason."""
    for media_type in (PAGE, FRAGMENT):
        reading = read(data, media_type)
        assert (reading.article is None) == bool(reading.quarantine)


@settings(deadline=None, max_examples=100)
@given(parts=st.lists(st.tuples(st.sampled_from(["", "b", "i", "a"]), WORDS), min_size=1, max_size=6))
def test_words_come_through(parts):
    """The words of a paragraph with any markup are those that the site shows."""
    inside = "".join(
        f'<{tag} href="/x">{escaping.escape(text)}</{tag}>' if tag else escaping.escape(text) for tag, text in parts
    )
    reading = read(f"<p>Kata warga {inside} selesai</p><p>{P1}</p>", FRAGMENT, url="https://a.example/")
    assert reading.article is not None
    kept = "\n".join(line.text for line in reading.lines if line.fate == "body")
    shown = escaping.unescape(re.sub(r"<[^>]*>", "", show(reading.article.body)))
    assert "".join(shown.split()) == "".join(kept.split())


# --- what pages of the world taught ---


def test_class_of_most_paragraphs_says_nothing():
    """A word in the class of most paragraphs is no verdict on them."""
    paragraphs = f'<p>{P1}</p><p class="promo">{P2}</p><p class="promo">{P3}</p><p class="promo">{P1}</p>'
    assert article(page(paragraphs)).body == f"{P1}\n\n{P2}\n\n{P3}\n\n{P1}"


def test_body_that_waits_for_scripts_is_shown():
    """A page that is hidden as a whole, until its scripts have run, is read."""
    html = page(TEXT).replace("<body>", '<body style="visibility:hidden">')
    assert article(html).body == f"{P1}\n\n{P2}\n\n{P3}"


def test_one_long_paragraph_does_not_stand_for_many():
    """An article of many short lines is taken whole, not its longest paragraph alone."""
    lines = "".join(f"<p>{number} <a href='/b'>barang yang dijual</a> di toko itu</p>" for number in range(30))
    assert article(page(f"<p>{P1}</p>{lines}")).body.count("barang yang dijual") == 30


def test_article_in_several_boxes_is_whole():
    """Paragraphs of one make are one article, also with links between the boxes that hold them."""
    links = "".join(f'<div><a href="/{word}">Kabar {word} dari kota lain</a></div>' for word in ("satu", "dua", "tiga"))
    boxes = f'<div class="part a"><p>{P1}</p></div>{links}<div class="part b"><p>{P2}</p><p>{P3}</p></div>'
    assert article(page(boxes)).body == f"{P1}\n\n{P2}\n\n{P3}"


def test_teasers_are_no_article():
    """Texts below headings that are links begin other articles, however many there are."""
    cards = "".join(
        f'<div><h3><a href="/{n}">Judul berita lain ke-{n}</a></h3><p>{P3} ({n})</p></div>' for n in range(9)
    )
    html = page(f"<p>{P1}</p><p>{P2}</p>").replace('<div class="teasers">', f"<div>{cards}")
    assert article(html).body == f"{P1}\n\n{P2}"


def test_link_lines_between_paragraphs_name_articles():
    """A line of links between paragraphs is a see-also where the line rules say so, and cut otherwise."""
    box = '<div class="related"><strong>Baca juga:</strong> <a href="/j">Jembatan Ambruk di Hulu Sungai</a></div>'
    other = '<p><a href="/k">Lihat semua kabar dari kota ini</a></p>'
    found = article(page(f"<p>{P1}</p>{box}<p>{P2}</p>{other}<p>{P3}</p>"))
    assert found.body == f"{P1}\n\nBaca juga: [[Jembatan Ambruk di Hulu Sungai]]\n\n{P2}\n\n{P3}"


def test_a_title_that_identifies_the_page_goes_before_another_headline():
    """Where the page's title says something else than its headline, lists show the title; the headline is noted."""
    title = "Banjir Kemiri surut pagi | Kabar"
    told = '<meta property="og:title" content="Banjir Kemiri surut pagi">'
    reading = read(page(TEXT, told, title=title))
    assert reading.article is not None
    assert reading.article.title == "Banjir Kemiri surut pagi"
    assert 'headline of the page: "Banjir di Kota"' in reading.notes
    assert "Banjir di Kota" not in reading.article.body.split("\n\n")


def test_a_link_behind_the_headline_is_none_of_it():
    """What leads from a headline to the front page is no part of the title."""
    html = page(TEXT).replace(
        "<h1>Banjir di Kota</h1>", '<h1><span>Banjir di Kota</span><a href="/">Kabar Kita</a></h1>'
    )
    reading = read(html)
    assert reading.article is not None
    assert reading.article.title == "Banjir di Kota"


def test_warning_above_the_headline_is_cut():
    """What stands above the headline is not the article's."""
    html = page(TEXT).replace(
        "<h1>", "<p>Situs ini paling baik dilihat dengan peramban yang lebih baru dari milik Anda.</p><h1>"
    )
    assert article(html).body == f"{P1}\n\n{P2}\n\n{P3}"


@pytest.mark.parametrize(
    "byline",
    [
        '<div class="byline">Oleh Siti Aminah | 2 Desember 2015 10:36</div>',
        '<p>Ditulis oleh <a rel="author" href="/siti">Siti Aminah</a></p>',
        '<span itemprop="author">Siti Aminah</span>',
    ],
)
def test_author_that_readers_see(byline):
    """Where machines are told no author, the byline that readers see tells."""
    assert article(page(TEXT).replace("</h1>", f"</h1>{byline}")).authors == ("Siti Aminah",)


def test_outlet_is_no_author():
    """The name of the outlet is no author's, unless readers see it as such."""
    head = '<meta property="og:site_name" content="Berita Kita"><meta name="author" content="Berita Kita">'
    assert article(page(TEXT, head)).authors == ()
    shown = page(TEXT, head).replace("</h1>", '</h1><a rel="author" href="/">Berita Kita</a>')
    assert article(shown).authors == ("Berita Kita",)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("Kamis, 5 November 2015 10:08 WIB | 1.234 kali dibaca", "2015-11-05T10:08:00+07:00"),
        ("10:08 WIB, Kamis, 5 November 2015", "2015-11-05T10:08:00+07:00"),
        ("Published 10:08 AM EST, Thu November 5, 2015", "2015-11-05T10:08:00-05:00"),
        ("By Siti Aminah, November 5, 2015", "2015-11-05"),
    ],
)
def test_date_among_other_words(line, value):
    """A date is found among the other words of a line beside the headline."""
    found = article(page(TEXT).replace("</h1>", f"</h1><div>{line}</div>"))
    assert found.published is not None
    assert found.published.value == value


def test_date_in_a_paragraph_is_no_date_of_the_article():
    """A day that the text names is not the day of its publication."""
    assert article(page(f"<p>Pada 5 November 2015 kota itu terendam.</p>{TEXT}")).published is None


def test_date_of_a_change_comes_last():
    """Of a date of publication and one of a change, the first is taken."""
    lines = "<div>Updated: November 6, 2015 11:00</div><div>November 5, 2015 10:08</div>"
    found = article(page(TEXT).replace("</h1>", f"</h1>{lines}"))
    assert found.published is not None
    assert found.published.value == "2015-11-05T10:08:00"


def test_text_in_json_ld_alone():
    """Where the page shows little of an article whose text it tells machines, that text is the body."""
    node = {"@type": "NewsArticle", "headline": "Banjir di Kota", "articleBody": f"{P1}\n{P2}\n{P3} {P1}"}
    reading = read(
        page("<p>Hujan turun sejak pagi.</p>", f'<script type="application/ld+json">{json.dumps(node)}</script>')
    )
    assert reading.article is not None
    assert reading.article.body == f"{P1}\n\n{P2}\n\n{P3} {P1}"
    assert "article found by articleBody in JSON-LD" in reading.notes


def test_headline_of_drawings_is_no_title():
    """The titles of drawings inside a page are not its own."""
    html = page(TEXT, title="Banjir di Kota - Kita").replace("<nav>", "<svg><title>Kita</title></svg><nav>")
    assert article(html).title == "Banjir di Kota"


def test_figures_are_read_as_machines_are_told():
    """05/11 beside a headline is the day that machines are told, whichever order the outlet is known for."""
    outlets = {"kita": Outlet("kita", "Kita", ("kita.example",), date_order="mdy")}
    head = '<meta property="article:published_time" content="2015-11-05T10:08:58Z">'
    html = page(TEXT, head).replace("</h1>", "</h1><p>05/11/2015 10:08 WIB</p>")
    found = read(html, outlets=outlets, url="https://kita.example/banjir").article
    assert found is not None
    assert found.published is not None
    assert found.published.value == "2015-11-05T10:08:00+07:00"


def test_day_in_the_address_comes_last():
    """Where nothing else tells a date, the day in the page's address does, with a note of where it came from."""
    found = article(page(TEXT, '<link rel="canonical" href="https://kita.example/2015/11/5/banjir.html">'))
    assert found.published is not None
    assert (found.published.value, found.published.source) == ("2015-11-05", "address of the page")


def test_day_in_a_footer_is_no_date_of_the_article():
    """A day behind the text that stands among other words is something else's."""
    html = page(TEXT).replace('<div class="teasers">', "<div>Syarat dan ketentuan (10 Maret 2001)</div><div>")
    assert article(html).published is None


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        ("https://kita.example/banjir", "https://kita.example/banjir"),
        ("https://lain.example/banjir", "https://www.kita.example/banjir?utm=1"),
        ("/", "https://www.kita.example/banjir?utm=1"),
    ],
)
def test_canonical_address_is_of_the_same_site(canonical, url):
    """Of a page captured from a known address, the canonical one is taken where it is of the same site."""
    head = f'<link rel="canonical" href="{canonical}">'
    assert article(page(TEXT, head), url="https://www.kita.example/banjir?utm=1").url == url


@pytest.mark.parametrize(
    ("told", "section"),
    [("Daerah", "Daerah"), ("Daerah,Banjir", "Daerah"), ("Seni, Budaya", "Seni, Budaya"), ("a, b, c", "a")],
)
def test_section_is_one(told, section):
    """Of a list of sections the first is the article's."""
    assert article(page(TEXT, f'<meta property="article:section" content="{told}">')).section == section


def test_a_headline_that_is_shared_stays():
    """A headline under which other sites show the page is its title, whatever title is made for search engines."""
    head = '<meta property="og:title" content="Banjir di Kota">'
    assert article(page(TEXT, head, title="Banjir Kemiri surut pagi | Kabar")).title == "Banjir di Kota"


@pytest.mark.parametrize(
    "line",
    [
        "By Siti Aminah",
        "Siti Aminah, @sitiaminah",
        "Siti Aminah · Berita Kita · 2 Desember 2015",
        "Siti Aminah / BK / Updated: Dec 2, 2015",
        "By Siti Aminah Published in Kota December 2, 2015 2:24 pm",
    ],
)
def test_names_begin_a_byline(line):
    """A byline that readers see begins with names; what is behind them is none."""
    assert article(page(TEXT).replace("</h1>", f'</h1><div class="byline">{line}</div>')).authors == ("Siti Aminah",)


def test_bylines_of_other_articles_are_not_taken():
    """A byline beside the article belongs to another one."""
    aside = '<aside class="x"><div>By Siti Aminah</div></aside>'
    assert article(page(TEXT).replace('<div class="teasers">', f"{aside}<div>")).authors == ()


@pytest.mark.parametrize(
    "comment",
    [
        "<!-- saved from url=(0031)https://kita.example/2024/banjir -->",
        "<!--\n Page saved with SingleFile \n url: https://kita.example/2024/banjir \n saved date: Mon -->",
        "<!-- saved from url=(0078)https://web.archive.org/web/20240620134000/https://kita.example/2024/banjir -->",
    ],
)
def test_saved_page_knows_its_address(comment):
    """Browsers write the address into the pages that they save; of an archived page it is the original's."""
    html = page(f'{TEXT}<p>Kata <a href="/warga">warga itu</a> kepada wartawan di tepi sungai pada Senin pagi.</p>')
    found = article(html.replace("<html", f"{comment}\n<html"))
    assert found.url == "https://kita.example/2024/banjir"
    assert "[warga itu](https://kita.example/warga)" in found.body


def test_links_in_archived_pages_lead_to_the_originals():
    """A link that an archive made its own leads to where it led before."""
    link = "https://web.archive.org/web/20240620134000/http://b.example/x"
    assert body(f'<p>Kata <a href="{link}">warga</a>.</p>') == "Kata [warga](http://b.example/x)."
