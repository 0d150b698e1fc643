"""Front matter: what is refused and where, what stays text, and that what cermin writes any reader gets back."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from cermin.content import front_matter
from cermin.content.article_file import parse_entry
from cermin.content.front_matter import LONGEST_HEAD, format_head, read_head
from cermin.content.head import KEYS, LISTS, NAMES
from cermin.content.strict_yaml import DEEPEST, compose_head
from cermin.errors import ContentError, Fault
from cermin.records import Entry

PATH = "genpi/2024/06/banjir.md"
PLACE = f"content/{PATH}"


def parse(head: str, body: str = "Isi.\n") -> Entry:
    """Return the entry of an article with this front matter, its fences left out."""
    return parse_entry(PATH, f"---\n{head}\n---\n{body}".encode())


def faults_of(data: bytes | str, path: str = PATH) -> list[Fault]:
    """Return what is wrong with a file."""
    with pytest.raises(ContentError) as caught:
        parse_entry(path, data.encode() if isinstance(data, str) else data)
    return list(caught.value.faults)


def verdicts_of(head: str) -> list[str]:
    """Return ``line: verdict`` for each fault of an article with this front matter."""
    return [f"{f.place.removeprefix(PLACE + ':')}: {f.verdict}" for f in faults_of(f"---\n{head}\n---\nIsi.\n")]


# --- simple lines --------------------------------------------------------------------------------------------------


def heads():
    """Give front matter that is simple, or almost so."""
    signs = "aZé你1 ''\"\"\\,:#&*!|>%@`-?~=<{}[]()\t\r\x07\x85\xa0\u2028\ufeff😀“"
    text = st.text(st.sampled_from(signs), max_size=8)
    plain = st.sampled_from(["Banjir di Kota", "no", "0123", "2024-06-20T13:40:00+07:00", "a: b", "a #b", "a:b", "~"])
    value = st.one_of(text, plain, st.builds('"{}"'.format, text), st.builds("[{}]".format, text))
    items = st.lists(st.one_of(text, plain, st.builds('"{}"'.format, text)), max_size=3)
    listed = st.builds(lambda items, between: f"[{between.join(items)}]", items, st.sampled_from([", ", ",", " , "]))
    key = st.sampled_from([*KEYS, "titel", "Title", "a b"])
    line = st.builds(
        lambda *parts: "".join(parts),
        key,
        st.sampled_from([":", ": ", ":  ", " : "]),
        st.one_of(st.just(""), value, listed),
        st.sampled_from(["", "", " ", "  ", " # note", "\r"]),
    )
    return st.lists(st.one_of(line, line, line, text), min_size=1, max_size=4).map(
        lambda lines: "\n".join(lines) + "\n"
    )


@given(heads())
@example('title: "a"\nauthors: [a, "b c", "d, e"]\ntags: []\nlang:\n')
@example("title: []\n")
@example('tags: ["a"b]\n')
@example('title: " a "  \r\ntags: [" b " , c,"d"]  \r\nlang: \r\nurl:\n')
@example("x title: a\n")
@example('authors: "a"\n')
@example("title: a\n  b\n")
@example("title: a\ntitle: b\n")
def test_simple_lines_are_yaml(head):
    """Lines that are read without YAML are what YAML reads."""
    if front_matter._read_simple(head):
        data = f"---\n{head}---\n".encode()
        assert read_head(data) == compose_head(head, len(data))


@pytest.mark.parametrize(
    "text", ["a:" * 100_000, "a" + " " * 200_000 + "\x07", '"' * 200_000, "[" + "a, " * 80_000, '"a"' + " " * 200_000]
)
def test_long_lines(text):
    """A line that is simple but for its end is given up at once, however long it is."""
    assert front_matter._read_simple(f"title: {text}\x01\n") is None


def test_most_is_simple():
    """What cermin and others write for ordinary articles needs no YAML."""
    head = format_head({"title": 'Kata "dia"', "date": "2024-06-20", "authors": ["Ana"], "seed": "a.txt#7"})
    assert front_matter._read_simple(head.replace("---\n", "").replace('\\"', "")) is not None


# --- fences --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "line", "verdict"),
    [
        (b"\xef\xbb\xbf---\ntitle: A\n---\n", 1, "the file begins with a byte order mark"),
        (b"", 1, "no front matter"),
        (b"Banjir di Jakarta\n", 1, "no front matter"),
        (b"\n---\ntitle: A\n---\n", 1, "no front matter"),
        (b"---   title: A\nlang: id\n---\n", 1, "no front matter"),
        (b"----\ntitle: A\n---\n", 1, "no front matter"),
        (b"+++\ntitle = 'A'\n+++\n", 1, "no front matter"),
        (b"---", 1, "front matter is not closed"),
        (b"---\ntitle: A\nIsi.\n", 1, "front matter is not closed"),
        (b"---\ntitle: A\n----\nIsi.\n", 1, "front matter is not closed"),
        (b"---\ntitle: A\n ---\nIsi.\n", 1, "front matter is not closed"),
        (b"---\n---\nIsi.\n", 1, "front matter is empty"),
        (b"---\n# a comment alone\n---\nIsi.\n", 1, "front matter is empty"),
        (b"---\n- A\n- B\n---\nIsi.\n", 2, "front matter is not a list of `key: value` lines"),
        (b"---\nA line of text\n---\nIsi.\n", 2, "front matter is not a list of `key: value` lines"),
        (b"---\ntitle: A\nplace: caf\xe9\n---\nIsi.\n", 3, "not UTF-8"),
        (b"---\nlang: id\ntitle: a\x07b\n---\nIsi.\n", 3, "a control character: '\\x07'"),
    ],
)
def test_refused(data, line, verdict):
    """A file whose front matter cannot be taken is refused with the line; it is never published as text."""
    fault = faults_of(data)[0]
    assert (fault.place, fault.verdict) == (f"{PLACE}:{line}", verdict)


def test_toml_is_told_apart():
    """TOML between lines of +++ is named as what it is."""
    assert faults_of("+++\ntitle = 'A'\n+++\n")[0].hint == (
        "TOML front matter is not read: write YAML between lines of ---"
    )


@pytest.mark.parametrize("fence", ["---\n", "---\r\n", "--- \n", "---   \t\n"])
def test_fences(fence):
    """White space behind a fence and Windows line ends change nothing."""
    ends = "\r\n" if "\r" in fence else "\n"
    entry = parse_entry(PATH, f"{fence}title: A{ends}lang: id{ends}{fence}Isi.{ends}".encode())
    assert (entry.title, entry.lang, entry.excerpt) == ("A", "id", "Isi.")


def test_windows_lines_are_counted():
    """A fault of a file with Windows line ends stands on the line that an editor shows."""
    assert faults_of("---\r\ntitle: A\r\ndate: kemarin\r\n---\r\nIsi.\r\n")[0].place == f"{PLACE}:3"


def test_closing_fence_at_the_end():
    """An article may have no body at all, not even a line end behind the fence."""
    assert parse_entry(PATH, b"---\ntitle: A\n---").excerpt == ""


@pytest.mark.parametrize(
    "body", ["---\nIsi.\n", "\n---\n\nIsi.\n", "    kode\n\nIsi.\n", "\tkode\n", "  \n\n  Isi. \n\n"]
)
def test_body_is_left_as_it_is(body):
    """A body keeps what it begins and ends with: a rule of dashes, an indent, empty lines."""
    data = f"---\ntitle: A\n---\n{body}".encode()
    assert data[parse_entry(PATH, data).body_at :].decode() == body


def test_rule_in_the_body():
    """A second line of dashes in the body closes nothing."""
    data = b"---\ntitle: A\n---\nSatu.\n\n---\n\nDua.\n"
    assert data[read_head(data).body_at :] == b"Satu.\n\n---\n\nDua.\n"


# --- keys ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["content", "handler", "metadata", "2024", "no", "yes", "~", "<<", "Title", "slug"])
def test_unknown_key(key):
    """A key that is not ours is refused with its line, whatever YAML or the library would make of it."""
    assert verdicts_of(f"title: A\n{key}: B")[0].startswith(f'3: unknown key "{key}"')


def test_key_that_is_no_text():
    """A key that is a list is refused as unknown."""
    assert verdicts_of("title: A\n? [a, b]\n: B")[0].startswith('3: unknown key "')


def test_near_miss():
    """A misspelt key comes with the key that it is nearest to."""
    assert verdicts_of("titel: A") == ['2: unknown key "titel" (did you mean "title"?)']


def test_key_that_stands_twice():
    """A key that stands twice is refused, and the first is named."""
    assert verdicts_of("title: A\nlang: id\ntitle: B") == ["4: title stands twice, first on line 2"]


def test_all_faults_of_a_head():
    """All that is wrong with the shape of a front matter is told at once."""
    assert verdicts_of("title: [A]\ntags: B\nslug: c\nlang: id\nlang: en") == [
        "2: title is not a text",
        "3: tags is not a list",
        '4: unknown key "slug"',
        "6: lang stands twice, first on line 5",
    ]


def test_keys_and_values_together():
    """What is wrong with keys and with values is told in one list, in the order of the lines."""
    assert verdicts_of("title: A\ndate: kemarin\nediter: B\nurl: x") == [
        '3: date is not a date: "kemarin"',
        '4: unknown key "editer" (did you mean "editor"?)',
        '5: url is not a web address: "x"',
    ]


def test_all_faults_of_values():
    """All that is wrong with the values is told at once, each with its line."""
    head = "date: kemarin\nlang: Bahasa Indonesia\noutlet: kompas\nurl: javascript:alert(1)\nsha256: abc"
    assert verdicts_of(head) == [
        "1: no title",
        '2: date is not a date: "kemarin"',
        '3: lang is not a language tag: "Bahasa Indonesia"',
        '4: outlet is "kompas", but the file stands in "genpi"',
        '5: url is not a web address: "javascript:alert(1)"',
        "6: sha256 is not 64 digits of hexadecimal",
    ]


def test_path_and_values_together():
    """Faults of the file's name, its values and its body come in one list."""
    data = b"---\ntitle: A\ndate: 2024-13-01\n---\nIsi \x00.\n"
    assert [(fault.place, fault.verdict) for fault in faults_of(data, "genpi/2024/06/Banjir Besar.md")] == [
        (
            "content/genpi/2024/06/Banjir Besar.md",
            'a name holds more than letters, digits, "-", "_" and ".": "Banjir Besar"',
        ),
        ("content/genpi/2024/06/Banjir Besar.md:3", 'date is not a date: "2024-13-01"'),
        ("content/genpi/2024/06/Banjir Besar.md:5", "a control character: '\\x00'"),
    ]


# --- values --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    ["0123", "1.10", "1e3", "0x1F", "0o17", "12:30:45", "1_000", "yes", "no", "on", "null", "~", "true", ".inf", "=",
     "2024-06-20", "2024-06-20T13:40:00Z", "2001-12-14 21:59:43.10 -5"],
)  # fmt: skip
def test_values_stay_text(value):
    """What YAML would read as a number, a date or a truth stays the text that was written."""
    entry = parse(f"title: {value}\nplace: {value}\ntags: [{value}]")
    assert (entry.title, entry.place, entry.tags) == (value, value, (value,))


@pytest.mark.parametrize(
    "value",
    ["2024-06-20", "2024-06-20T13:40", "2024-06-20T13:40:59", "2024-06-20T13:40:59Z", "2024-02-29T00:00+07:00",
     '"2024-06-20"', "2024-06-20T13:40:00-03:30"],
)  # fmt: skip
def test_dates(value):
    """A date is a day, or a day with a time, with or without its zone, and is kept as it was written."""
    assert parse(f"title: A\ndate: {value}").date == value.strip('"')


@pytest.mark.parametrize(
    "value",
    ["kemarin", "2024", "2024-06", "2024-6-20", "20-06-2024", "2024/06/20", "2024-02-30", "2023-02-29", "2024-06-20T",
     "2024-06-20 13:40", "2024-06-20T25:00", "2024-06-20T13:40+7", "2024-06-20T13:40:00.5", "2024-06-20T13:40 WIB",
     "٢٠٢٤-٠٦-٢٠", "2024-W25-4", "0000-01-01"],
)  # fmt: skip
def test_bad_dates(value):
    """Anything else is no date, and the fault shows how to write one."""
    (fault,) = faults_of(f"---\ntitle: A\ndate: {value}\n---\n")
    assert (fault.verdict, fault.hint) == (
        f'date is not a date: "{value}"',
        "write 2024-03-05 or 2024-03-05T09:30:00+07:00",
    )


@pytest.mark.parametrize(
    "value",
    ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,<script>alert(1)</script>", "file:///etc/passwd",
     "//example.org/", "/a", "example.org", "https://", "https:///a", "http://[", "ftp://example.org/",
     "https://example.org/a b", 'https://example.org/\\"onclick=', "https://example.org/<b>"],
)  # fmt: skip
def test_bad_addresses(value):
    """An address that is not one of the web is refused: a reader would click on it."""
    assert [fault.verdict.partition(":")[0] for fault in faults_of(f'---\ntitle: A\nurl: "{value}"\n---\n')] == [
        "url is not a web address"
    ]


@pytest.mark.parametrize("value", ["https://www.genpi.co/berita/1?a=b&c=d#e", "http://example.org", "HTTPS://x.id/"])
def test_addresses(value):
    """Addresses of the web are taken as they are."""
    assert parse(f'title: A\nurl: "{value}"').url == value


@pytest.mark.parametrize("written", ['"a\\u0000b"', '"a\\x1bb"', '"a\\u007fb"', '"a\\uffffb"', '"a\\bb"'])
def test_control_characters_in_disguise(written):
    """A control character is found behind YAML's escapes, in texts and in lists."""
    assert verdicts_of(f"title: {written}\ntags: [{written}]") == [
        "2: title holds a control character",
        "3: tags holds a control character",
    ]


def test_windows_characters():
    """C1 control characters, which nobody types, are read as the Windows-1252 signs that they once were."""
    assert parse("title: \x93Banjir\x94 \x96 Jakarta").title == "“Banjir” – Jakarta"


def test_empty_values():
    """A key without a value is as good as none."""
    entry = parse("title: A\ntags:\nauthors: []\ndate:\nurl: ''\nlang:")
    assert (entry.tags, entry.authors, entry.date, entry.url, entry.lang) == ((), (), "", "", "")


def test_lists_name_each_once():
    """A name that stands twice in a list counts once, in the order of the list; empty ones are dropped."""
    assert parse("title: A\ntags: [b, a, b, '', ' a ']").tags == ("b", "a")


def test_list_in_lines():
    """A list may stand in lines of its own, as other tools write it."""
    assert parse("title: A\nauthors:\n- Satu\n- Dua").authors == ("Satu", "Dua")


# --- attacks -------------------------------------------------------------------------------------------------------


def test_tags_of_python_make_nothing():
    """A YAML tag that names a Python object runs nothing; the value is of the wrong shape."""
    assert verdicts_of("title: !!python/object/apply:os.system [id]") == ["2: title is not a text"]


def test_anchor_and_alias():
    """A value may repeat another by anchor and alias."""
    entry = parse("title: A\neditor: &e Irwina\nagency: *e")
    assert (entry.editor, entry.agency) == ("Irwina", "Irwina")


def test_billion_laughs():
    """Aliases of aliases are not multiplied out: the file is refused for its shape."""
    lines = ["title: A", "tags: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"tags: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in zip("abcdefg", "bcdefgh", strict=True)]
    assert len(verdicts_of("\n".join(lines))) == 7


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "{"])
@pytest.mark.parametrize("times", [DEEPEST + 1, 60_000])
def test_deep_nesting(opening, times):
    """Lists nested without end are refused: composing them would crash the process."""
    assert verdicts_of(f"title: A\ntags:\n  {opening * times}") == ["1: front matter is nested too deep"]


def test_many_brackets_are_no_nesting():
    """Brackets side by side are no depth, however many."""
    title = "[x] " * 200 + "- ? {"
    assert parse(f'title: "{title}"').title == title


def test_longest_head():
    """Front matter of 300 KB is a mistake or an attack, and is not read."""
    assert verdicts_of(f"title: {'x' * 300 * 1024}") == ["1: front matter is not closed"]
    assert len(parse(f"title: {'x' * (LONGEST_HEAD - 100)}").title) == LONGEST_HEAD - 100


def test_largest_file():
    """A file beyond the limit is refused unread."""
    assert faults_of(b"---\ntitle: A\n---\n" + b"x" * 16 * 1024 * 1024)[0].verdict.startswith("larger than")


# --- the way out and back ------------------------------------------------------------------------------------------

# Signs that mean something to YAML, beside the letters of several scripts, digits, an emoji and marks of direction.
SIGNS = "\"'\\:#-?!&*%@`|>[]{},~=<._/()+;’“–\u200f\u200e\u00a0\t\n"
LETTERS = "abNOyes01289eXäßİ٢न中العربية🙂\u0301\u2028\u0085"
TEXT = st.one_of(
    st.text(st.sampled_from(SIGNS + LETTERS + " " * 8), max_size=30),
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=30),
    st.sampled_from(
        ["---", "...", "no", "Yes", "null", "~", "2024-06-20", "0123", "1.10", "- x", "a: b", "a #b", "a:"]
    ),
)
FIELDS = {key: st.lists(TEXT, max_size=4) if key in LISTS else TEXT for key in KEYS if key != "date"}


def fold(text: str) -> str:
    """Return a text as it is written into one line."""
    return " ".join(text.split())


def fold_value(key, value):
    """Return a value as it is written: names of captures to the letter, all other texts in one line."""
    if key in LISTS:
        return [text if key in NAMES else fold(text) for text in value]
    return value if key in NAMES else fold(value)


@given(st.fixed_dictionaries({}, optional=FIELDS))
@example({"seed": " a  b\xa0.txt ", "duplicates": ["a  b.txt", " c.txt", "d "]})
@example({"title": "A: B #c", "tags": ["a, b", "c: d", "- e"], "editor": "no", "place": "'x'", "section": "x:"})
@example({"title": " ", "seed": "\t", "tags": [" "]})
def test_other_readers(values):
    """What cermin writes, any YAML reader gives back as the same texts, typed or not."""
    head = format_head(values)
    assert head.startswith("---\n")
    assert head.endswith("\n---\n")
    folded = {key: fold_value(key, values[key]) for key in KEYS if key in values}
    wanted = {key: value for key, value in folded.items() if value}
    read = yaml.safe_load(head.removesuffix("---\n")) or {}
    assert read == wanted
    assert list(read) == list(wanted)


@given(st.fixed_dictionaries({}, optional=FIELDS))
def test_own_reader(values):
    """What cermin writes, cermin reads; the body begins right behind it, also where it opens with a rule."""
    values["seed"] = "a.txt"
    data = (format_head(values) + "---\nIsi\n").encode()
    head = read_head(data)
    for key, value in values.items():
        found = head.values.get(key)
        if key in LISTS:
            assert (found or ()) == tuple(filter(None, fold_value(key, value)))
        else:
            assert (found or "") == fold_value(key, value)
    assert data[head.body_at :] == b"---\nIsi\n"
