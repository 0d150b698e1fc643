"""Article files: where they stand, how they are written and found again, and whose hand was in them."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cermin.content import article_file
from cermin.content.article_file import (
    format_article,
    is_hand_edited,
    kin_of,
    name_kin,
    parse_entry,
    seed_of,
    written_hash,
)
from cermin.content.body import EXCERPT, excerpt_of, references_of
from cermin.content.folder import (
    ContentFile,
    content_path,
    find_files,
    find_files_at,
    find_newest,
    read_entries,
    settle_path,
    write_article,
)
from cermin.errors import ContentError, Fault
from cermin.files import digest
from cermin.records import Article, Kin, Published
from cermin.shortening import cut
from cermin.slugs import RESERVED
from tests.test_content_front_matter import TEXT, fold

PATH = "genpi/2024/06/banjir.md"


def article(**fields: object) -> Article:
    """Return an article with these fields and plain ones beside."""
    values: dict[str, object] = {
        "title": "Banjir di Jakarta",
        "outlet": "genpi",
        "lang": "id",
        "body": "Isi.",
        "seed": "a.txt",
        "sha256": "0" * 64,
    }
    return Article(**values | fields)  # type: ignore[arg-type]  # any field may be given


# --- there and back ------------------------------------------------------------------------------------------------

NAMES = st.lists(TEXT.map(fold).filter(bool), max_size=3).map(lambda names: tuple(dict.fromkeys(names)))
PUBLISHED = st.one_of(
    st.none(),
    st.dates().map(lambda day: Published(day.isoformat(), "day", "line 2")),
    st.datetimes().map(
        lambda moment: Published(f"{moment.replace(second=0):%Y-%m-%dT%H:%M:00}".zfill(19) + "+07:00", "minute", "x")
    ),
)
# A control character in a body is a fault of its own; a carriage return is Markdown's business.
BODY = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=60)
ARTICLES = st.builds(
    article,
    title=TEXT.filter(fold),
    body=BODY,
    published=PUBLISHED,
    authors=NAMES,
    editor=TEXT,
    agency=TEXT,
    place=TEXT,
    section=TEXT,
    tags=NAMES,
    summary=TEXT,
    seed=TEXT,
    kin=st.builds(
        Kin,
        st.lists(TEXT.filter(bool), max_size=3).map(tuple),
        st.sampled_from(["", "genpi/2024/06/banjir-2.md"]),
        st.sampled_from([(), ("genpi/2024/06/banjir-rev-2.md", "genpi/2024/06/banjir-rev-3.md")]),
    ),
    url=st.sampled_from(["", "https://www.genpi.co/a?b=c&d#e"]),
)


@given(ARTICLES)
@example(article(title="\"A\": 'B' #c --- -", body="---\nIsi.\n---"))
@example(article(title="خبر عاجل: “فيضان” 🙂", body="    kode"))
@example(article(seed=" "))
def test_round_trip(given_article):
    """An article that was written is read back with every field; white space is folded but in names of captures."""
    data = format_article(given_article).encode()
    entry = parse_entry(PATH, data)
    for name in ("title", "lang", "editor", "agency", "place", "section", "url", "summary", "sha256"):
        assert getattr(entry, name) == fold(getattr(given_article, name)), name
    assert (entry.seed, entry.duplicates) == (given_article.seed, given_article.kin.duplicates)
    assert (entry.revision_of, entry.revisions) == given_article.kin[1:]
    assert (entry.authors, entry.tags) == (given_article.authors, given_article.tags)
    assert entry.date == (given_article.published.value if given_article.published else "")
    assert data[entry.body_at :].decode() == given_article.body.rstrip("\n") + "\n"
    assert seed_of(data) == entry.seed


@given(ARTICLES)
def test_own_writing_is_known(given_article):
    """What cermin wrote holds no hand edit, whatever the hash in it begins with."""
    data = format_article(given_article).encode()
    assert not is_hand_edited(data)
    assert len(written_hash(data)) == 32


@given(st.data(), ARTICLES)
def test_hand_edit_is_known(data, given_article):
    """After any change of a byte, anywhere in the file, it is a hand edit."""
    written = format_article(given_article).encode()
    at = data.draw(st.integers(0, len(written) - 1))
    byte = data.draw(st.integers(0, 255).map(lambda code: bytes([code])))
    changed = data.draw(
        st.sampled_from(
            [
                written[:at] + byte + written[at + 1 :],
                written[:at] + byte + written[at:],
                written[:at] + written[at + 1 :],
                written + byte,
            ]
        )
    )
    assert is_hand_edited(changed) == (changed != written)


def test_hand_edit_of_line_ends():
    """A file that an editor saved with other line ends counts as edited."""
    assert is_hand_edited(format_article(article()).encode().replace(b"\n", b"\r\n"))


def test_file_that_a_person_began():
    """A file without the hash of cermin is a person's."""
    data = b"---\ntitle: A\n---\nIsi.\n"
    assert is_hand_edited(data)
    assert written_hash(data) == ""


def test_seed_of_a_broken_file():
    """Also a file with broken front matter tells its capture, so that it is not written a second time."""
    assert seed_of(b'---\ntitle: "A\nseed: "b/a.txt"\n---\n') == "b/a.txt"
    assert seed_of(b"---\ntitle: A\n---\n") == ""
    assert seed_of(b"") == ""


# --- paths ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "verdict"),
    [
        ("genpi/2024/06/Banjir.md", 'a name is not in lower case: "Banjir"'),
        ("genpi/2024/06/a b.md", 'a name holds more than letters, digits, "-", "_" and ".": "a b"'),
        ("genpi/2024/06/a?b.md", 'a name holds more than letters, digits, "-", "_" and ".": "a?b"'),
        ("genpi/2024/06/a'b.md", 'a name holds more than letters, digits, "-", "_" and ".": "a\'b"'),
        ("genpi/2024/06/a\nb.md", 'a name holds more than letters, digits, "-", "_" and ".": "a\nb"'),
        ("genpi/2024/06/<b>.md", 'a name holds more than letters, digits, "-", "_" and ".": "<b>"'),
        ("genpi/../06/a.md", 'a name holds more than letters, digits, "-", "_" and ".": ".."'),
        ("genpi/2024/06/.md", 'a name holds more than letters, digits, "-", "_" and ".": ""'),
        ("genpi/2024/06/cafe\u0301.md", 'a name is not in lower case: "cafe\u0301"'),
        ("genpi/a.md", "not in a folder of an outlet"),
        ("gen.pi/2024/a.md", '"gen.pi" cannot be the name of an outlet'),
        ("topics/2024/a.md", '"topics" cannot be the name of an outlet'),
    ],
)
def test_bad_paths(path, verdict):
    """A file whose path cannot be an address as it is, is refused."""
    with pytest.raises(ContentError) as caught:
        parse_entry(path, b"---\ntitle: A\n---\n")
    assert [fault.verdict for fault in caught.value.faults] == [verdict]


def test_reserved_names():
    """No outlet takes the name of a folder that the site has itself."""
    for name in RESERVED:
        with pytest.raises(ContentError):
            parse_entry(f"{name}/2024/a.md", b"---\ntitle: A\n---\n")


def test_path_is_the_address():
    """The path below content/ is the address, whatever the folders below the outlet are called."""
    entry = parse_entry("genpi/opini/hari-ini/1.md", b"---\ntitle: A\n---\n")
    assert (entry.address, entry.outlet, entry.content_path) == (
        "genpi/opini/hari-ini/1.html",
        "genpi",
        "genpi/opini/hari-ini/1.md",
    )


def test_content_path():
    """A new article goes to the folder of its month, under the slug of its title."""
    day = Published("2024-06-20", "day", "line 2")
    assert content_path(article(published=day), lambda _: False) == "genpi/2024/06/banjir-di-jakarta.md"
    assert content_path(article(), lambda _: False) == "genpi/undated/banjir-di-jakarta.md"
    assert content_path(article(title="!?"), lambda _: False) == "genpi/undated/article.md"


def test_taken_slug():
    """A slug that is taken gets the first free number behind it."""
    taken = {f"genpi/undated/banjir-di-jakarta{end}.md" for end in ("", "-2", "-3")}
    assert content_path(article(), taken.__contains__) == "genpi/undated/banjir-di-jakarta-4.md"


def test_a_blank_value_is_none():
    """A value of white space alone is left out, as one that is not there."""
    assert format_article(article(summary=" \t")) == format_article(article(summary=""))


@given(ARTICLES, ARTICLES)
def test_naming_kin_is_writing(given_article, other):
    """A file that is told of other captures is the file that would have been written with them."""
    data = format_article(given_article).encode()
    wanted = format_article(replace(given_article, kin=other.kin)).encode()
    # What is read of a list is what stands in it; white space was folded when it was written.
    assert name_kin(data, other.kin) == wanted
    assert not is_hand_edited(wanted)
    assert kin_of(wanted) == other.kin


@given(TEXT, st.integers(0, 3))
def test_any_title_has_a_path(title, already_there):
    """Whatever a title is, the path made of it is one that is accepted."""
    answers = iter([True] * already_there)
    path = content_path(article(title=title), lambda _: next(answers, False))
    assert parse_entry(path, format_article(article(title="A")).encode()).title == "A"


# --- the folder ----------------------------------------------------------------------------------------------------


def write(folder: Path, *names: str) -> None:
    """Make files of these names."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"---\ntitle: A\n---\n")


def test_find_files(tmp_path):
    """Article files come in the order of their whole paths; other files and hidden ones are left out."""
    names = ["a/2024/b.md", "a-b/2024/c.md", "a/2024.md", "a/2024/01/z.md", "b/ä.md", "a/2024-x/y.md"]
    write(tmp_path, *names, "a/.hidden.md", ".git/x.md", "a/note.txt", "a/x.md~", "a/x.MD")
    found = [file.path for file in find_files(tmp_path)]
    assert found == sorted(names)


def test_find_files_in_no_folder(tmp_path):
    """A mirror without content/ has no articles."""
    assert list(find_files(tmp_path / "content")) == []


def test_links_are_not_followed(tmp_path):
    """A symbolic link, to a file or a folder, leads to nothing that is part of the mirror."""
    write(tmp_path / "elsewhere", "x/2024/a.md")
    write(tmp_path / "content", "b/2024/a.md")
    (tmp_path / "content/x").symlink_to(tmp_path / "elsewhere/x", target_is_directory=True)
    (tmp_path / "content/b/2024/b.md").symlink_to(tmp_path / "elsewhere/x/2024/a.md")
    assert [file.path for file in find_files(tmp_path / "content")] == ["b/2024/a.md"]


def test_name_that_is_not_utf8(tmp_path):
    """A file whose name is not UTF-8, which no address can hold, is told as such; the others are read."""
    write(tmp_path, "a/2024/b.md", "a/2024/c\udcff.md", "a/d\udcfe/e.md")
    files = list(find_files(tmp_path))
    assert [file.path for file in files] == ["a/2024/b.md", "a/2024/c\ufffd.md", "a/d\ufffd/e.md"]
    assert [list(read.faults) for read in read_entries(tmp_path, files)] == [
        [],
        [Fault("content/a/2024/c\ufffd.md", "its name is not UTF-8")],
        [Fault("content/a/d\ufffd/e.md", "its name is not UTF-8")],
    ]


def test_stamp(tmp_path):
    """The stamp of a file changes when the file does, also when its size and its time are put back."""
    write(tmp_path, "a/2024/b.md")
    file = tmp_path / "a/2024/b.md"
    (before,) = find_files(tmp_path)
    (again,) = find_files(tmp_path)
    stat = file.stat()
    while True:  # until the clock of the file system has moved on
        file.write_bytes(b"---\ntitle: B\n---\n")
        os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        if file.stat().st_ctime_ns != stat.st_ctime_ns:
            break
    (after,) = find_files(tmp_path)
    assert before == again
    assert before.stamp != after.stamp


def test_read_entries(tmp_path):
    """A file that is wrong or gone comes back with its faults; the others are read."""
    write(tmp_path, "a/2024/b.md")
    (tmp_path / "a/2024/c.md").write_bytes(b"---\nseed: c.txt\n---\n")
    names = ["a/2024/a.md", "a/2024/b.md", "a/2024/c.md"]
    gone, good, bad = read_entries(tmp_path, [ContentFile(name, "") for name in names])
    assert gone.entry is None
    assert gone.faults == (Fault("content/a/2024/a.md", "cannot be read: No such file or directory"),)
    assert good.entry
    assert (good.entry.title, good.faults) == ("A", ())
    assert (bad.entry, bad.seed) == (None, "c.txt")
    assert bad.faults == (Fault("content/a/2024/c.md:1", "no title", "write title: The headline"),)


def test_long_file(tmp_path):
    """A file is read whole, however long."""
    write(tmp_path, "a/2024/b.md")
    data = b"---\ntitle: A\n---\n" + b"Isi.\n" * 100_000
    (tmp_path / "a/2024/b.md").write_bytes(data)
    (read,) = read_entries(tmp_path, list(find_files(tmp_path)))
    assert read.entry
    assert read.entry.digest == digest(data)


def test_write_article(tmp_path):
    """An article file is new, then the same, then changed with its capture."""
    assert write_article(tmp_path, PATH, article()) == "new"
    assert write_article(tmp_path, PATH, article()) == "same"
    assert write_article(tmp_path, PATH, article(body="Lain.")) == "changed"
    assert (tmp_path / PATH).read_text(encoding="utf-8") == format_article(article(body="Lain."))


@pytest.mark.parametrize("seed", [f"{number}.txt" for number in range(12)])
def test_hand_edit_wins(tmp_path, seed):
    """A file with a hand edit is never overwritten; it is told only when its capture gives something else now."""
    write_article(tmp_path, PATH, article(seed=seed))
    edited = (tmp_path / PATH).read_text(encoding="utf-8").replace("Isi.", "Isi yang benar.")
    (tmp_path / PATH).write_text(edited, encoding="utf-8")
    assert write_article(tmp_path, PATH, article(seed=seed)) == "same"
    assert write_article(tmp_path, PATH, article(seed=seed, body="Lain.")) == "kept"
    assert (tmp_path / PATH).read_text(encoding="utf-8") == edited


def test_article_stays_where_it_stands(tmp_path):
    """An article keeps its address, whatever its title and date are now."""
    write_article(tmp_path, PATH, article())
    assert settle_path(tmp_path, PATH, article(title="Gempa")) == PATH
    assert settle_path(tmp_path, "", article(title="Gempa")) == "genpi/undated/gempa.md"


def test_article_of_another_outlet_moves(tmp_path):
    """When its capture turns out to be of another outlet, an article leaves the folder of the one before."""
    write_article(tmp_path, "unknown/undated/banjir.md", article(outlet="unknown"))
    write(tmp_path, "genpi/undated/banjir-di-jakarta.md")
    assert settle_path(tmp_path, "unknown/undated/banjir.md", article()) == "genpi/undated/banjir-di-jakarta-2.md"
    assert not (tmp_path / "unknown").exists()


def test_hand_edited_article_does_not_move(tmp_path):
    """An article that a person changed stays, also when its capture is of another outlet now."""
    path = "unknown/undated/banjir.md"
    write_article(tmp_path, path, article(outlet="unknown"))
    with (tmp_path / path).open("a", encoding="utf-8") as file:
        file.write("Ralat.\n")
    assert settle_path(tmp_path, path, article()) == path
    assert write_article(tmp_path, path, article()) == "kept"


def test_shape_of_a_file():
    """An article file is front matter in one order, without keys that have no value, and the body."""
    published = Published("2024-06-20T13:40:00+07:00", "minute", "line 2")
    text = format_article(article(published=published, authors=("Satu", "Dua, M.A."), section="Ragam"))
    lines = text.splitlines()
    written = lines.pop(9)
    assert written.startswith("written: ")
    assert lines == [
        "---",
        "title: Banjir di Jakarta",
        "date: 2024-06-20T13:40:00+07:00",
        "outlet: genpi",
        "lang: id",
        'authors: [Satu, "Dua, M.A."]',
        "section: Ragam",
        "seed: a.txt",
        f'sha256: "{"0" * 64}"',
        "---",
        "Isi.",
    ]


# --- what lists need of a body -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "titles"),
    [
        ("Baca juga: [[A]]\n\nIsi [[B]] dan [[A]].", ("A", "B")),
        (r"[[A \[B\] \* C\]\]]]", ("A [B] * C]]",)),
        ("[[AT&amp;T &lt;b>]]", ("AT&T <b>",)),
        (r"\[[A]] dan \[\[B]]", ()),
        ("[[A\nB]]", ()),
        ("[[]] [[ ]] [A]", ("",)),
        ("[[A] B]]", ("A] B",)),
    ],
)
def test_references(body, titles):
    """The titles that a body names are found as they are meant, each once, in order."""
    assert references_of(body) == titles


@pytest.mark.parametrize(
    ("body", "excerpt"),
    [
        ("Satu.\n\nDua.", "Satu. Dua."),
        ("# Judul\n\n> Kutipan\n\n- butir\n\n1. butir\n\n| a | b |\n\n---\n\n    kode\n\nIsi.", "Isi."),
        ("Baca juga: [[A]]\n\nIsi.", "Isi."),
        ('*Isi* **tebal** dan _miring_, [tautan](https://x.id "y") `kode`[^1].', "Isi tebal dan miring, tautan kode."),
        (r"2024\. Tahun \*ini\* AT&amp;T a &lt; b", "2024. Tahun *ini* AT&T a < b"),
        ("Isi <b>tebal</b> <img src=x>.", "Isi tebal ."),
        ("", ""),
        ("[^1]: Catatan.\n\n![gambar](https://x.id/a.png)\n\nIsi.", "Isi."),
    ],
)  # fmt: skip
def test_excerpt(body, excerpt):
    """An excerpt is the first prose of a body, without its markup and without see-also lines."""
    assert excerpt_of(body) == excerpt


def test_excerpt_is_short():
    """An excerpt ends at a word, within its limit."""
    excerpt = excerpt_of("kata " * 200)
    assert len(excerpt) <= EXCERPT
    assert excerpt.endswith("kata…")


@given(st.text(max_size=400), st.integers(2, 100))
def test_cut(text, longest):
    """A text that was cut is no longer than asked for, and begins as the text does."""
    short = cut(text, longest)
    assert len(short) <= longest
    assert text.startswith(short.removesuffix("…"))


@given(st.text(st.sampled_from("[]\\*_`<>!#-|()^ ab\n&;"), max_size=300))
def test_any_body(body):
    """Whatever a body holds, its excerpt and its references are found."""
    assert len(excerpt_of(body)) <= EXCERPT
    assert all(title == title.strip() for title in references_of(body))


def test_entry_is_of_the_file():
    """The digest of an entry is that of the whole file, so that a page knows when its article changed."""
    data = format_article(article()).encode()
    assert parse_entry(PATH, data).digest == digest(data)


# --- what is ordinary ----------------------------------------------------------------------------------------------


@given(st.from_regex(article_file._ORDINARY_PATH, fullmatch=True))
def test_ordinary_paths(path):
    """A path that is taken at a glance has none of the faults for which others are looked at name by name."""
    parts = path.removesuffix(".md").split("/")
    assert len(parts) >= 3
    assert article_file._OUTLET.fullmatch(parts[0])
    assert [fault for part in parts if (fault := article_file._check_name(part))] == []


@given(st.from_regex(article_file._ORDINARY_ADDRESS, fullmatch=True))
def test_ordinary_addresses(address):
    """A web address that is taken at a glance is one that would be taken after a look at its parts."""
    parts = urlsplit(address)
    assert parts.scheme in {"http", "https"}
    assert parts.hostname
    assert not re.search(r"[\s<>\"\\]", address)


# --- a part of content/ --------------------------------------------------------------------------------------------

TREE = (
    "a.md", "kaca/2024/06/a.md", "kaca/2024/06/b.md", "kaca/2024/06.md", "kaca/2024/0.md", "kaca/.x/a.md",
    "kaca/.a.md", "kaca/a.txt", "kaca/undated/a.md", "warta/2023/12/a.md", "warta/2023/12/c.md/d.md",
    "خبر/2024/07/a.md",
)  # fmt: skip
ODD = ("", ".", "..", "/", "../content/a.md", "x.md", "a.md/x")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of article files, hidden ones, others and links."""
    for path in TREE:
        (tmp_path / "content" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "content" / path).write_text("Isi.")
    (tmp_path / "content/warta/link").symlink_to(tmp_path / "content/kaca")
    (tmp_path / "content/warta/link.md").symlink_to(tmp_path / "content/a.md")
    return tmp_path / "content"


def test_files_at_a_path_are_those_of_a_walk(folder):
    """What is found at any path is what a walk through all of content/ finds there, and at no other path anything."""
    every = list(find_files(folder))
    paths = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    for path in (
        paths | {f"warta/link/{name}" for name in TREE} | {"", ".", "..", "/", "../content/a.md", "x.md", "a.md/x"}
    ):
        wanted = [file for file in every if file.path == path or file.path.startswith(f"{path}/")] if path else []
        assert list(find_files_at(folder, path)) == wanted, path


def test_newest_files_come_first(folder):
    """The newest files are those in the folders of the newest months, over all outlets; all files are found at last."""
    every = list(find_files(folder))
    assert find_newest(folder, len(every)) == find_newest(folder, 99) == sorted(every)
    assert [file.path for file in find_newest(folder, 2)] == ["a.md", "kaca/2024/06.md"]
    newest = {file.path for file in find_newest(folder, 6)}
    assert newest == {"a.md", "خبر/2024/07/a.md", *(path for path in TREE if path.startswith("kaca/2024"))}
    assert find_newest(folder / "tidak-ada", 5) == []
