"""What the preview says over pages, and what it does to them."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from cermin.errors import Fault
from cermin.preview.notes import SHOWN, State, read_lines, render_note
from cermin.preview.pages import look_at, prepare

HERE = Path("/nowhere")
HOSTILE = st.text(st.characters() | st.sampled_from("<>&\"'/=`")) | st.sampled_from(
    ["</details><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "<!--", "]]>", "\u202egnp.exe", "\0"]
)
PAGE = (
    b'<!doctype html><html lang="id"><head><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    b"style-src 'self'; connect-src 'self'\"><title>t</title>"
    b'<link rel="stylesheet" href="../static/style.0123abcd.css"></head><body class="a"><p>x</p></body></html>'
)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_a_note_holds_no_markup_but_its_own(place: str, verdict: str, hint: str) -> None:
    """Whatever a fault says, the note has the elements of a note and shows the words as text, not turned round."""
    note = render_note(State((Fault(place, verdict, hint),), (Fault(place, verdict),), hint), HERE)
    known = r"p|section|details|summary|kbd|ol|li|code|pre|span|mark|i|bdi"
    assert not re.sub(rf'<(/?)({known})( (class|role|open|tabindex|aria-label)(="[A-Za-z0-9 ]*")?)*>', "", note).count(
        "<"
    )
    assert not re.search("[\0\u202a-\u202e\u2066-\u2069\ud800-\udfff]", note)


def test_a_note_shows_the_lines_around(tmp_path: Path) -> None:
    """A fault with a line shows that line, marked, with two before and behind it, as they stand in the file."""
    (tmp_path / "a.md").write_text("one\ntwo\n<b>three</b>\nfour\nfive\nsix\n")
    fault = Fault("a.md:3", "wrong", "do it better")
    assert [number for number, _, _ in read_lines(tmp_path, fault.place)] == [1, 2, 3, 4, 5]
    note = html.fromstring(render_note(State((fault,)), tmp_path))
    assert note.xpath("string(//mark)").strip() == "3 <b>three</b>"
    assert note.xpath("string(//p[@class='hint'])") == "do it better"


def test_a_note_shows_no_file_from_elsewhere(tmp_path: Path) -> None:
    """A place that leads out of the mirror, by dots or a link, that is no file or has no such line shows no lines."""
    root = tmp_path / "mirror"
    root.mkdir()
    (tmp_path / "secret").write_text("secret\n")
    (root / "link").symlink_to(tmp_path / "secret")
    for place in (
        "../secret:1",
        f"{tmp_path}/secret:1",
        "link:1",
        "gone:1",
        ".:1",
        "\0:1",
        "link",
        "",
        "x" * 9999 + ":1",
    ):
        assert not read_lines(root, place), place


def test_a_note_ends(tmp_path: Path) -> None:
    """Of very many faults the first are shown, and how many there are; of a very long line its beginning."""
    (tmp_path / "a.md").write_text("long " * 100_000)
    faults = [Fault("a.md:1", f"fault {number}") for number in range(1000)]
    note = html.fromstring(render_note(State(faults), tmp_path))
    assert len(note.xpath("//li")) == SHOWN
    assert "1,000 errors" in note.text_content()
    assert "and 990 more" in note.text_content()
    assert len(note.text_content()) < 10_000


def test_nothing_to_say_is_no_note() -> None:
    """Without faults, warnings and work there is nothing over the page."""
    assert not render_note(State(), HERE)
    assert 'role="status"' in render_note(State(progress="reading"), HERE)
    assert 'role="alert"' not in render_note(State(progress="reading"), HERE)


def test_a_page_may_run_the_previews_scripts() -> None:
    """A page's policy is widened to the scripts, stylesheets and socket of the server, and to nothing else."""
    page = prepare(PAGE, "", "localhost:8000", "/").decode()
    policy = "default-src 'none'; style-src 'self'; connect-src 'self' ws://localhost:8000; script-src 'self'"
    assert f'content="{policy}"' in page
    assert '<script src="/livereload.js?host=localhost&amp;port=8000&amp;mindelay=250&amp;maxdelay=2000" defer>' in page
    page = prepare(PAGE, "", "[::1]:8000", "/").decode()
    assert "connect-src 'self' ws:; script-src" in page
    assert "host=[::1]&amp;port=8000" in page
    free = PAGE.replace(b"Content-Security-Policy", b"refresh")
    assert "script-src" not in prepare(free, "", "localhost:8000", "/").decode()


def test_a_page_is_the_same_under_another_stylesheet() -> None:
    """A page whose stylesheet alone changed is told apart by it, and by nothing else."""
    before, after = look_at(PAGE, ""), look_at(PAGE.replace(b"0123abcd", b"89abcdef"), "")
    assert (before.style, after.style) == ("static/style.0123abcd.css", "static/style.89abcdef.css")
    assert before._replace(style="") == after._replace(style="")
    assert look_at(PAGE.replace(b"x", b"y"), "").page != before.page


def test_any_page_gets_the_scripts() -> None:
    """A page of a template without head or body is shown anew like all others."""
    for page in (b"", b"<p>text", b"<!doctype html><title>t</title><p>x", b"<BODY><p>x</BODY>"):
        prepared = prepare(page, "", "localhost:1", "/").decode()
        assert prepared.count("</cermin-preview>") == prepared.count("preview.js") == 1
