"""Citations: what reference managers read is what the article tells, whatever its title and names hold."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page

from cermin.characters import CONTROL
from cermin.output.citations import Citation, cite
from cermin.records import Entry
from tests.mirrors import build
from tests.newspaper import KINDS_OF_PAGES, write_newspaper

EMPTY = Entry(
    address="", title="", date="", outlet="", lang="", section="", summary="", authors=(), editor="", agency="",
    place="", tags=(), url="", aliases=(), revision_of="", revisions=(), seed="", duplicates=(), sha256="", excerpt="",
    references=(), digest="", text="", body_at=0,
)  # fmt: skip
FULL = EMPTY._replace(
    address="warta/2024/06/banjir.html", title="Banjir di Kota", date="2024-06-20T13:40:00+07:00", outlet="warta",
    lang="id", authors=("Ana Sari", "Budi"), editor="Sari Utami", url="https://warta.example/banjir?a=1&b=2%20#c",
)  # fmt: skip
PERMALINK = "https://example.org/kaca/warta/2024/06/banjir.html"
LOOKALIKES = ("ER  - ", "TI  - ", "\n", "\u2028", "\\end{", " and ", "%0A")
# Every sign that means something to a format, an address or a page, and what looks like the formats themselves.
HOSTILE = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    st.lists(st.sampled_from([*"\\{}$&#%_^~<>|\"'`-,;:@=+[]!? aé中", *LOOKALIKES])).map("".join),
).map(lambda text: CONTROL.sub("", text)).filter(str.strip)  # fmt: skip


def data_of(citation: Citation) -> str:
    """Return what a browser saves: the data of the address, decoded."""
    media_type, _, data = citation.address.partition(",")
    assert media_type.startswith("data:application/")
    # What neither a URL nor an attribute in double quotes may hold (URL Standard, 4.3; HTML, 13.1.2.3).
    assert not {*' \t\r\n"<>[]\\^`{|}#&'} & {*data}
    return unquote(data)


def read_ris(text: str) -> dict[str, Any]:
    """Return the one reference in RIS."""
    assert all(line == "" or line[2:6] == "  - " for line in text.split("\r\n"))
    [found] = rispy.loads(text)
    return dict(found)


def read_bibtex(text: str) -> dict[str, str]:
    """Return the fields of the one entry in BibTeX as LaTeX prints them; an address is taken as it is."""
    library = parse_string(text)
    assert not library.failed_blocks
    [entry] = library.entries
    fields = {field.key: field.value if field.key == "url" else print_latex(field.value) for field in entry.fields}
    return {"ENTRYTYPE": entry.entry_type, "ID": entry.key} | fields


def print_latex(text: str) -> str:
    """Return what LaTeX prints for a text in which nothing but these commands stands; anything else fails."""
    signs = {
        "textbraceleft": "{", "textbraceright": "}", "textbackslash": "\\", "textasciicircum": "^",
        "textasciitilde": "~", "textless": "<", "textgreater": ">", "textbar": "|",
    }  # fmt: skip
    printed = []
    for token in re.findall(r"\{\\[a-z]+\}|\\(?:[a-z]+|.)|.", text):
        assert token not in {*"$&#%_^~"}, text
        if token.startswith("{\\"):
            printed.append(signs[token[2:-1]])
        elif token.startswith("\\"):
            assert token in {"\\url"} | {f"\\{sign}" for sign in "$&#%_"}, text
            printed.append(token.removeprefix("\\url").removeprefix("\\"))
        else:
            printed.append(token.strip("{}"))
    # Between two signs that fonts join stands an empty group.
    assert not re.search(r"--|``|''|[?!]`|,,", text)
    return "".join(printed)


def read_all(entry: Entry, outlet: str, permalink: str) -> tuple[dict[str, Any], dict[str, str], dict[str, Any]]:
    """Return an article's citations as programs read them: RIS, BibTeX, CSL-JSON."""
    ris, bibtex, csl = map(data_of, cite(entry, outlet, permalink, "Kaca"))
    [item] = json.loads(csl)
    return read_ris(ris), read_bibtex(bibtex), item


def test_citation_tells_all():
    """A citation tells title, names, outlet, day, language, the original's address, and the mirror as its archive."""
    ris, bibtex, csl = read_all(FULL, "Warta & Kota", PERMALINK)
    key = "warta-2024-06-banjir"
    assert ris == {
        "type_of_reference": "NEWS", "id": key, "title": "Banjir di Kota", "authors": ["Ana Sari", "Budi"],
        "unknown_tag": {"ED": ["Sari Utami"]}, "secondary_title": "Warta & Kota", "year": "2024", "date": "2024/06/20/",
        "language": "id", "urls": [FULL.url, PERMALINK], "database_provider": "Kaca",
    }  # fmt: skip
    assert bibtex == {
        "ENTRYTYPE": "article", "ID": key, "title": "Banjir di Kota", "author": "Ana Sari and Budi",
        "editor": "Sari Utami", "journal": "Warta & Kota", "year": "2024", "date": "2024-06-20", "language": "id",
        "url": FULL.url, "note": PERMALINK,
    }  # fmt: skip
    assert csl == {
        "type": "article-newspaper", "id": key, "title": "Banjir di Kota",
        "author": [{"literal": "Ana Sari"}, {"literal": "Budi"}], "editor": [{"literal": "Sari Utami"}],
        "container-title": "Warta & Kota", "issued": {"date-parts": [[2024, 6, 20]]}, "language": "id",
        "URL": FULL.url, "archive": "Kaca", "archive_location": PERMALINK,
    }  # fmt: skip


def test_citation_tells_nothing_else():
    """What is not known is not cited; without the original's address the mirror's is, and without that none."""
    entry = EMPTY._replace(address="unknown/下雨.html", title="下雨")
    for permalink in (PERMALINK, ""):
        ris, bibtex, csl = read_all(entry, "", permalink)
        assert ris.keys() <= {"type_of_reference", "id", "title", "urls", "database_provider"}
        assert bibtex.keys() <= {"ENTRYTYPE", "ID", "title", "url"}
        assert csl.keys() <= {"type", "id", "title", "URL", "archive"}
        assert (ris.get("urls", [""]), bibtex.get("url", ""), csl.get("URL", "")) == ([permalink], permalink, permalink)
        assert bibtex["ID"].isascii()


@given(HOSTILE, st.lists(HOSTILE, max_size=3).map(tuple), HOSTILE)
def test_citation_of_hostile_words(title, authors, outlet):
    """Whatever a title, a name and an outlet hold, programs read the same words, and nothing that was made of them."""
    entry = FULL._replace(title=title, authors=authors)
    ris, bibtex, csl = read_all(entry, outlet, PERMALINK)

    def on_a_line(text: str) -> str:
        return " ".join(text.split())

    assert csl["title"] == ris["title"] == on_a_line(title)
    assert csl["container-title"] == ris["secondary_title"] == on_a_line(outlet)
    assert [name["literal"] for name in csl.get("author", [])] == [on_a_line(name) for name in authors]
    # A comma would part a name.
    assert [on_a_line(name) for name in ris.get("authors", [])] == [
        on_a_line(name.replace(",", "")) for name in authors
    ]
    assert bibtex["title"] == on_a_line(title)


# --- in a browser --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the small newspaper and return its output."""
    root = write_newspaper(tmp_path_factory.mktemp("newspaper"))
    assert build(root).faults == ()
    return root / "output"


@pytest.mark.parametrize("name", ["article", "Arabic article", "Chinese article"])
def test_citations_are_saved(output: Path, browser, name: str) -> None:
    """Opened from a file and without a script, each link saves a citation that programs read."""
    context = browser.new_context(java_script_enabled=False, accept_downloads=True)
    page: Page = context.new_page()
    path = KINDS_OF_PAGES[name]
    page.goto((output / path).as_uri())
    page.locator("summary", has_text="Kutip").click()
    title = page.locator("h1").inner_text()
    saved = {}
    for link in page.locator("a[download]").all():
        with page.expect_download() as download:
            link.click()
        saved[download.value.suggested_filename] = Path(download.value.path()).read_bytes().decode()
    context.close()
    stem = Path(path).stem
    assert sorted(saved) == [f"{stem}.bib", f"{stem}.json", f"{stem}.ris"]
    assert read_ris(saved[f"{stem}.ris"])["title"] == title
    assert read_bibtex(saved[f"{stem}.bib"])["title"] == title
    assert json.loads(saved[f"{stem}.json"])[0]["title"] == title
