"""Bodies: two ways to the same HTML, in which nothing runs, nothing is fetched and no word is lost."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cermin.output.body_html import TAGS, BodyRenderer
from cermin.output.paragraphs import (
    write_heading,
    write_list,
    write_paragraph,
    write_quotation,
    write_see_also,
)
from cermin.seeds.escaping import escape_text, see_also

RENDERER = BodyRenderer()
NOWHERE: dict[str, str] = {}
HELD = {"Banjir": "genpi/2024/06/banjir.html", "A [B] & <C> \"D\" 'E'": "genpi/2024/06/a-b.html"}


def render(body: str, titles: dict[str, str] = NOWHERE) -> str:
    """Return a body as HTML on a page two folders below the root."""
    return RENDERER.render(body, titles, "../../")


def parse(html: str) -> Element:
    """Return HTML as a browser reads it."""
    fragment: Element = html5lib.parseFragment(html, container="div", namespaceHTMLElements=False)
    return fragment


def text_of(html: str) -> str:
    """Return the text that a reader sees, its white space folded."""
    return " ".join("".join(parse(html).itertext()).split())


# --- both ways -----------------------------------------------------------------------------------------------------

# What stands near markup: signs that begin lists, headings and rules, signs in pairs, odd white space, words.
NEAR = (
    "#", "##", "-", "--", "---", "+", "=", "==", "!", ":", ".", ")", "1", "1.", "12)", "2024. ", "٣.", "٣", "a", "Isi",
    "ya ", " ", "  ", "\u00a0", "\u2003", "\u3000", "\u200b", "\u200e", "\u0085", "\u2028", "\t", "\n", "\r",
    '"', "'", "“", "%", "@", "/", "http://x.id/a", "x@y.id",
    "///Footnotes Go Here///", "(", "?", "$", "^", ";", ",", "é", "🙂", "中", "ابج",
    "\u00ad", "\ufeff", "\ue000", "\U000e0041", "wzxhzdk:0", "klzzwxh:0000",
)  # fmt: skip
MARKUP = ("*", "_", "`", "[", "]", "[[", "]]", "<", ">", "&", "&amp;", "&lt;", "\\", "|", "~", "{", "}", "\\]", "\\*")
PLAIN = st.one_of(
    st.lists(st.sampled_from(NEAR), max_size=8).map("".join),
    # Signs are harmless inside a line more often than at its ends.
    st.lists(st.sampled_from(NEAR), max_size=4).map(lambda parts: f"Isi{''.join(parts)}a"),
)
TITLE = st.lists(st.sampled_from((*NEAR, *MARKUP, "<b>", "&copy;", "&amp;copy;", "<!--", "<div>")), max_size=6).map(
    "".join
)
SEE_ALSO = st.builds(
    "{}{}[[{}]]{}".format,
    PLAIN,
    st.sampled_from([": ", "Baca juga: ", ":", ""]),
    TITLE,
    st.sampled_from(["", "", " ", "x", "]"]),
)
SIGNED = st.lists(st.sampled_from((*NEAR, *MARKUP)), max_size=8).map("".join)
BLOCKS = st.sampled_from(
    (
        "# Satu", "## Dua", "- a\n- b", "1. a", "> kata", "    kode", "**tebal** a", "a\nb", "a\n---", "| a |\n| - |",
        "* * *", "a *b* c", "[a](http://x.id)", "a [b] c", "(*)", "a &amp; b &lt; c", "a\\*b", "5 < 6 & 7 > 6", "a_b_c",
        "- 1\n\n    b",
    )
)  # fmt: skip
# Plain markup, with what could make it something else beside it.
INLINE = (
    "*", "**", "***", " * ", "*a*", "**a b**", "_", "__", "\\*", "\\_", "\\[", "\\]", "\\\\", "\\", "\\#", "\\>", "\\!",
    "\\`", "[", "]", "](", "!", "(", ")", "[a](https://x.id/b)", "[a & b](http://x-y.co.id/a_b?c=d&copy=e)",
    "[a](https://1.2.3/)", "[a](https://xn--a.id/)", "[*a*](https://x.id)", "[a](https://x.id/?a&#1)", "&amp;", "&lt;",
    "&", "&#39;", "#39;", "&#1", "&lt", "amp;", ";", "<", ">", " ", "a", "Isi", "1", "a_b", "a*b", "'", '"', "中", "#",
    "|", "~", "`", ":", "[^1]", "https://x.id/a_b*c",
)  # fmt: skip
STARTS = (
    "", "", "Isi ", "## ", "### ", "#", "- ", "- a ", "> ", "> a ", "\\- ", "\\#", "\\**", "**", "*", "[a] ", "1. ",
    "    ", "* ", ": ", "=", "{", "}", "!", "]", "(",
)  # fmt: skip
LINE = st.builds(
    "{}{}{}".format,
    st.sampled_from(STARTS),
    st.lists(st.sampled_from(INLINE), max_size=7).map("".join),
    st.sampled_from(("", "", "a")),
)
MARKED = st.lists(LINE, max_size=5).flatmap(
    lambda lines: st.sampled_from(["\n\n", "\n\n", "\n"]).map(lambda space: space.join(lines))
)
BODIES = st.lists(st.one_of(PLAIN, SEE_ALSO, SIGNED, BLOCKS), max_size=4).flatmap(
    lambda parts: st.sampled_from(["\n\n", "\n", "\n\n\n", "\n \n"]).map(lambda space: space.join(parts))
)  # fmt: skip


@given(st.one_of(BODIES, MARKED), st.booleans())
@example("## \\", False)
@example("&\\#39;", False)
@example("a &#1^", False)
@example("`a &#1b`\n\na &#39", False)
@example("**(**5 * 3*[a](https://x.id/b)[b](https://x.id/b)\n\n\\_ `a`", False)
@example("`b`\n\n\\**\\(**5 * 3*[a](https://x.id/b)[b](https://x.id/b)", False)
@example("a* **b**", False)
@example("*****", False)
@example("\\**a b**", False)
@example("- a\n- b\n\n- c", False)
@example("Isi\n- a\n\n- b", False)
@example("> a\n\n> b", False)
@example("### Satu\n\n## Dua\n\n*a* `b`", False)
@example("[a](https://xn--a.id/)", False)
@example("Baca juga: [[a\tb]]", True)
@example("Baca juga: [[a &amp;copy; b]]", True)
@example("Baca juga: [[a <b>x</b> <!-- --> c]]", True)
@example("Baca juga: [[a\u00a0b]]", True)
@example("Baca juga: [[ ]]", True)
@example("Isi.\n\n\n\nIsi.", True)
@example("\u3000Isi", True)
@example("Isi\u2003", True)
@example("Isi \n\nIsi", True)
@example("12 orang\n\n12. orang", True)
@example("## Satu\n\n# Dua", False)
@example("- a\n\n- b\n\nIsi\n\n    kode", False)
@example("Isi\n> a\n\n> b", False)
def test_direct_is_the_same(body, is_held):
    """A body gives, byte for byte, what Python-Markdown and the sanitiser give, however much is written directly."""
    titles = dict.fromkeys((*re.findall(r"\[\[(.*)\]\]", body), "a", "a\tb"), "genpi/a b&c.html") if is_held else {}
    assert RENDERER.render(body, titles, "../") == RENDERER.render_markdown(body, titles, "../")


@pytest.mark.parametrize(
    "body",
    [
        "Isi.",
        "GenPI.co - Presiden Rusia berkata: “Ya!”, lalu pergi (2024).\n\nKata dia.",
        "Baca juga: [[Banjir]]",
        "Isi.\n\nBaca juga: [[Banjir]]\n\nIsi: 3 - 2 = 1; 50% @a #b!\n",
        "أخبار اليوم.\n\n中国新闻。",
    ],
)
def test_news_are_direct(body):
    """Ordinary news text needs no Markdown at all."""
    blocks = body.strip("\n").split("\n\n")
    written = [write_paragraph(block) or write_see_also(block, HELD, "") for block in blocks]
    assert "\n".join(map(str, written)) == RENDERER.render_markdown(body, HELD, "")


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("**Kota** dan *desa*", "<p><strong>Kota</strong> dan <em>desa</em></p>"),
        ("5 * 3 < 16 & a*b", "<p>5 * 3 &lt; 16 &amp; a*b</p>"),
        ("[Kota] dan [*desa", "<p>[Kota] dan [*desa</p>"),
        (r"\- 1\. \*a\* &amp; \[b\] \>", "<p>- 1. *a* &amp; [b] &gt;</p>"),
        (
            "*[Kota & desa](https://x.id/a_b?c&d)*",
            '<p><em><a href="https://x.id/a_b?c&amp;d">Kota &amp; desa</a></em></p>',
        ),
        ("### Satu *dua*\n\n## Tiga", "<h2>Satu <em>dua</em></h2>\n<h2>Tiga</h2>"),
        ("- a\n- **b**", "<ul>\n<li>a</li>\n<li><strong>b</strong></li>\n</ul>"),
        ("> “Ya,” katanya.", "<blockquote>\n<p>“Ya,” katanya.</p>\n</blockquote>"),
    ],
)
def test_plain_markup_is_direct(body, html):
    """Plain emphasis, links, headings, lists and quotations need no Markdown, and come out as by Markdown."""
    renderer = BodyRenderer()
    assert renderer.render(body, NOWHERE, "") == html
    assert renderer._markdown is None
    assert renderer.render_markdown(body, NOWHERE, "") == html


@pytest.mark.parametrize(
    "body",
    [
        "_a_", "1. a", "a  ", " a", "<b>", "`a`", "[a](b)", "a &copy; b", "a &#169 b", "", "***a***", "* a", "[a]: b",
        "a[^1]", "a\n- b", "- a\nb", "> a\n> b", "## a #", "[a](javascript:b)", "[a](https://x.id/ 'b')", "# [[a]]",
        "![a](https://x.id/b)", "- `a`",
    ],
)  # fmt: skip
def test_markup_is_not_direct(body):
    """Anything else that could be markup goes through Markdown."""
    ways = (write_paragraph, write_heading, write_list, write_quotation)
    assert [write(body) for write in ways] == [None] * len(ways)
    assert write_see_also(body, NOWHERE, "") is None


# --- text is left as it is -----------------------------------------------------------------------------------------

SIGNS = st.lists(st.sampled_from((*NEAR, *MARKUP, "<script>", "&copy;", "[x](y)", "![x](y)", "**", "__")), max_size=8)
TEXTS = st.lists(
    st.one_of(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=40), SIGNS.map("".join)), max_size=4
)


@given(TEXTS)
@example(["a &copy; b", "2024. Tahun", "#Trending", "<b>", "- x"])
def test_text_is_the_identity(texts):
    """Text that was escaped reads as it did before: no word, sign or tag in it means anything."""
    html = render("\n\n".join(map(escape_text, texts)))
    assert text_of(html) == " ".join(" ".join(texts).split())
    assert {str(element.tag) for element in parse(html).iter()} <= {"DOCUMENT_FRAGMENT", "p"}


@given(
    st.one_of(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=40), SIGNS.map("".join)), st.booleans()
)
@example("A [B] & <C> \"D\" 'E' &copy; ]]", True)
def test_titles(title, is_held):
    """A see-also's title reads as it was captured, whether the mirror holds the article or not."""
    folded = " ".join(title.split())
    if not folded:
        return
    line = see_also("Baca juga", title)
    meant = re.sub("[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+", " ", title).strip()
    html = render(line, {meant: "genpi/a.html"} if is_held else {})
    assert text_of(html) == f"Baca juga: {folded}"
    links = parse(html).findall(".//a")
    assert [link.get("href") for link in links] == (["../../genpi/a.html"] if is_held else [])


def test_see_also():
    """A see-also is a paragraph of its own kind, with a link where the mirror holds the article."""
    assert render("Baca juga: [[Banjir]]", HELD) == (
        '<p class="see-also">Baca juga: <a href="../../genpi/2024/06/banjir.html">Banjir</a></p>'
    )
    assert render("Baca juga: [[Gempa]]", HELD) == (
        '<p class="see-also">Baca juga: <span class="missing">Gempa</span></p>'
    )


@pytest.mark.parametrize("beside", ["", "\n\n*miring*"])
def test_see_also_with_signs(beside):
    """Brackets, ampersands, angle brackets and quotes in a title are found and escaped, both ways."""
    (title, address) = list(HELD.items())[1]
    html = render(see_also("Baca juga", title) + beside, HELD).partition("\n")[0]
    assert html == (f'<p class="see-also">Baca juga: <a href="../../{address}">A [B] &amp; &lt;C&gt; "D" \'E\'</a></p>')


def test_reference_in_a_sentence():
    """A title named within a sentence is a link, and the paragraph an ordinary one."""
    assert render("Lihat [[Banjir]] itu.", HELD) == (
        '<p>Lihat <a href="../../genpi/2024/06/banjir.html">Banjir</a> itu.</p>'
    )


@pytest.mark.parametrize("body", [r"\[[Banjir]]", "    [[Banjir]]", "[Banjir]", "[[Ban\njir]]"])
def test_no_reference(body):
    """Brackets that are escaped, stand in indented code or hold two lines name nothing."""
    assert "banjir.html" not in render(body, HELD)


def test_addresses_are_quoted():
    """A path with other scripts or signs in it stands percent-encoded in a link."""
    assert 'href="../../genpi/%D0%B4%26%22.html"' in render("Baca juga: [[Banjir]]", {"Banjir": 'genpi/д&".html'})


# --- Markdown of people --------------------------------------------------------------------------------------------


def test_footnotes_do_not_mix():
    """The footnotes of one article never appear in the next."""
    first = render("Satu[^1].\n\n[^1]: Catatan pertama.")
    second = render("Dua[^1].\n\n[^1]: Catatan kedua.")
    third = render("*Tiga*.")
    assert "Catatan pertama." in first
    assert "Catatan kedua." in second
    assert "pertama" not in second
    assert third == "<p><em>Tiga</em>.</p>"
    assert first == render("Satu[^1].\n\n[^1]: Catatan pertama.")


def test_reference_links_do_not_mix():
    """The link definitions of one article are unknown to the next."""
    assert "href" in render("[Satu][s] *a*\n\n[s]: https://x.id/")
    assert render("[Satu][s] *a*") == "<p>[Satu][s] <em>a</em></p>"


def test_failure_leaves_nothing_behind():
    """A body that fails does not spoil those that come after it."""
    deep = "\n".join("    " * level + "- x" for level in range(400))
    with pytest.raises(RecursionError):
        render(deep)
    assert render("*a*\n\n- b") == "<p><em>a</em></p>\n<ul>\n<li>b</li>\n</ul>"


@pytest.mark.parametrize("name", ["1", "b c", "<i>", "ä#"])
def test_links_of_footnotes(name):
    """Footnotes are linked there and back, whatever they are called."""
    tree = parse(render(f"Satu[^{name}].\n\n[^{name}]: Catatan."))
    ids = {element.get("id") for element in tree.iter() if element.get("id")}
    assert {link.get("href") for link in tree.iter("a")} == {f"#{name}" for name in ids}


@pytest.mark.parametrize(
    ("body", "tags"),
    [
        ("# Satu\n\n## Dua\n\n# Tiga", ["h2", "h3", "h2"]),
        ("### Satu\n\n###### Dua", ["h2", "h3"]),
        ("Satu\n===\n\nDua\n---", ["h2", "h3"]),
        ("\n\n".join(f"{'#' * level} a" for level in range(1, 7)), ["h2", "h3", "h4", "h5", "h6", "h6"]),
        ("> # Satu", ["h2"]),
        ("### Satu\n\n# Dua\n\n### Tiga\n\n## Empat", ["h2", "h2", "h3", "h3"]),
        ("<h5 lang=id>Satu</h5>\n\n*a*\n\n<h6>Dua <h4>Tiga</h4></h6>", ["h2", "h3", "h2"]),
    ],
)
def test_headings(body, tags):
    """Headings begin below the page's own and skip no level."""
    found = [str(element.tag) for element in parse(render(body)).iter() if re.fullmatch(r"h\d", str(element.tag))]
    assert found == tags


def test_heading_in_raw_html():
    """A first heading in raw HTML loses its rank and keeps its words."""
    html = render("<h1>Satu</h1>\n\n*a*")
    assert "h1" not in html
    assert "Satu" in html


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("![Foto](https://x.id/a.jpg)", '<p><a href="https://x.id/a.jpg">Foto</a></p>'),
        ("![](https://x.id/a.jpg)", '<p><a href="https://x.id/a.jpg">https://x.id/a.jpg</a></p>'),
        ("a ![Foto](a.jpg) b", "<p>a <em><span>Foto</span></em> b</p>"),
        ("![Foto](javascript:alert(1))", "<p><em><span>Foto</span></em></p>"),
        ("![Foto](data:image/png;base64,AA)", "<p><em><span>Foto</span></em></p>"),
        ("![Foto](http://[)", "<p><em><span>Foto</span></em></p>"),
        ("![Foto][f]\n\n[f]: https://x.id/a.jpg", '<p><a href="https://x.id/a.jpg">Foto</a></p>'),
        ("![a](//x.id/a.jpg)", "<p><em><span>a</span></em></p>"),
    ],
)
def test_pictures(body, html):
    """A picture of the web becomes a link to it, any other its description: nothing is fetched."""
    assert render(body) == html


def test_markdown_that_people_use():
    """Lists, quotations, tables, code and emphasis come out as such."""
    body = "*a* **b** `c`\n\n1. d\n2. e\n\n> f\n\n```\n<g>\n```\n\n| h | i |\n|---|---|\n| j | k |\n\n---\n"
    tags = {str(element.tag) for element in parse(render(body)).iter()}
    assert tags >= {"em", "strong", "code", "ol", "li", "blockquote", "pre", "table", "td", "hr"}


# --- hostile bodies ------------------------------------------------------------------------------------------------

SCRIPTS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//x.id/x.js></sCrIpT>",
    "<script\n>alert(1)</script\n>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img/src='x'/onerror='alert(1)'>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><input type=submit></form>",
    "<body onload=alert(1)>",
    "<base href=//x.id/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=//x.id/x.css>",
    "<style>@import '//x.id/x.css';</style>",
    "<p style='background:url(javascript:alert(1))'>a</p>",
    "<p onclick=alert(1) onmouseover='alert(1)'>a</p>",
    "<a href=javascript:alert(1)>a</a>",
    "<a href='jav&#x09;ascript:alert(1)'>a</a>",
    "<a href='&#106;avascript:alert(1)'>a</a>",
    "<a href=' \x0bjavascript:alert(1)'>a</a>",
    "<a href='vbscript:msgbox(1)'>a</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>a</a>",
    "<a href='//x.id' target=_blank onclick=alert(1) style=color:red ping=//x.id>a</a>",
    "<video src=//x.id/a.mp4 autoplay onplay=alert(1)><source src=//x.id/b></video>",
    "<audio src=//x.id/a.mp3>",
    "<picture><source srcset=//x.id/a></picture>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>a</details>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template>",
    "<textarea></textarea><script>alert(1)</script>",
    "<xmp><script>alert(1)</script></xmp>",
    "<plaintext><script>alert(1)</script>",
    "<!--><script>alert(1)</script-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo '<script>alert(1)</script>' ?>",
    "<p id=main class=skip>a</p>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java\nscript:alert(1))",
    "[a](<javascript:alert(1)>)",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](vbscript:a)",
    "[a]: javascript:alert(1)\n\n[a]",
    "<javascript:alert(1)>",
    "![a](javascript:alert(1))",
    '![a](x"onerror="alert(1))',
    '![a](https://x.id/a.jpg "x" onerror=alert(1))',
    "[a](https://x.id \"x' onclick='alert(1)\")",
    '[a](https://x.id/"onclick="alert(1))',
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    "```\n<script>alert(1)</script>\n```",
    "``` {onclick=alert(1)}\na\n```",
    "```html onclick=alert(1)\na\n```",
    "[^<script>alert(1)</script>]\n\n[^<script>alert(1)</script>]: a",
    '[^"onclick=alert(1)]\n\n[^"onclick=alert(1)]: a',
    "| <script>alert(1)</script> | a |\n|---|---|\n| <img src=x onerror=alert(1)> | b |",
    "# <img src=x onerror=alert(1)>",
    "Baca juga: [[<script>alert(1)</script>]]",
    'Baca juga: [["><img src=x onerror=alert(1)>]]',
    "Baca juga: [[&lt;script>alert(1)&lt;/script>]]",
    "{: onclick=alert(1) }\na",
    "a{onclick=alert(1)}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\x02wzxhzdk:0\x03 \x02klzzwxh:0000\x03 \x02amp\x03",
]  # fmt: skip

ATTRIBUTES = {"lang", "dir", "title", "href", "id", "class", "start", "colspan", "rowspan", "scope", "tabindex"}
CLASSES = {"see-also", "missing", "footnote-ref", ""}


HARMFUL = re.compile(r"(?!(?:https?|mailto|tel):)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
"""Schemes but for those of the web, mail and telephone."""


def find_dangers(html: str) -> list[str]:
    """Return what in a body could run, be fetched, look like a part of the page, or break out of it."""
    dangers = []
    for element in parse(html).iter():
        tag = str(element.tag)
        if tag not in TAGS | {"DOCUMENT_FRAGMENT", "tbody"}:
            dangers.append(tag)
        for name, value in element.items():
            if name not in ATTRIBUTES:
                dangers.append(f"{tag} {name}")
            if name == "href" and HARMFUL.match(re.sub(r"[\x00-\x20]", "", value)):
                dangers.append(f"{tag} {name}={value}")
            if name == "id" and not value.startswith("fn"):
                dangers.append(f"{tag} {name}={value}")
            if name == "class" and value not in CLASSES:
                dangers.append(f"{tag} {name}={value}")
    # What stands behind the body is still the page's.
    if parse(f"{html}<hr><kbd>end</kbd>")[-1].tag != "kbd":
        dangers.append("an element that is not closed")
    return dangers


def test_sees_dangers():
    """What the next tests look for, they find."""
    html = "<img src=x onerror=y><a href=javascript:z id=main class=skip>a</a><b style=c>"
    assert find_dangers(html) == [
        "img", "img src", "img onerror", "a href=javascript:z", "a id=main", "a class=skip", "b style",
        "an element that is not closed",
    ]  # fmt: skip


@pytest.mark.parametrize("body", SCRIPTS)
def test_nothing_runs(body):
    """No body runs a script, fetches anything, passes for a part of the page or breaks out of its place."""
    for around in (body, f"*a* {body} b", f"<div>\n{body}\n</div>", f"> {body}", f"- {body}"):
        assert find_dangers(render(around, {"<script>alert(1)</script>": "a.html"})) == []


FRAGMENTS = st.sampled_from(
    [*SCRIPTS, *MARKUP, *NEAR, "<div>", "</div>", "<p>", "</p>", "<table>", "<td>", "</table>", "<svg>", "</svg>",
     "<math>", "<style>", "</style>", "<title>", "<!--", "-->", "\n\n", "\n", "<b", "<a href=", "<a href='", "'>", '">',
     " onclick=a ",
     "javascript:", "</", "<![CDATA[", "]]>", "<?", "?>", "```", "    ", "[^1]", "[^1]: ", "[a](", ")", "![a](", "<h1>"]
)  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=8).map("".join))
def test_nothing_runs_whatever_is_mixed(body):
    """No mixture of what is dangerous is dangerous."""
    assert find_dangers(render(body)) == []


def test_words_of_scripts_are_not_shown():
    """What a script or a style holds is no text of the article."""
    assert (
        text_of(render("Satu <script>alert(1)</script> dua <style>p { color: red }</style> tiga.")) == "Satu dua tiga."
    )
