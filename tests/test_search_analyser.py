from __future__ import annotations

import ast
import gzip
import json
import re
import shutil
import subprocess
import unicodedata
from importlib import import_module
from importlib.metadata import distribution
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cermin.errors import StemmerError
from cermin.output.theme import builtin_folder
from cermin.search import ALGORITHMS, find_stemmer, javascript, load_analyser
from cermin.search.analyser import LONGEST
from cermin.search.javascript import stemmer_script
from cermin.search.stemmers import load_stemmer
from cermin.search.word_characters import BASIC, SUPPLEMENTARY
from tests.conftest import ROOT, do_without

SCRIPT = builtin_folder() / "search" / "analyse.js"
VECTORS = json.loads((ROOT / "tests" / "search_vectors.json").read_text(encoding="utf-8"))
WORD_CHARACTER = re.compile(f"[{BASIC}{SUPPLEMENTARY}]")
KEYS = st.sampled_from(["", *ALGORITHMS])


def is_settled(character: str) -> bool:
    """Tell whether a character means the same to this Python as to the table, which knows Unicode 14."""
    category = unicodedata.category(character)
    return category not in {"Cn", "Cs"} and (category[0] in "LNM") == bool(WORD_CHARACTER.match(character))


def characters(*ranges: tuple[int, int]) -> st.SearchStrategy[str]:
    """Draw a character between any of the numbers."""
    return st.sampled_from([c for first, last in ranges for c in map(chr, range(first, last + 1)) if is_settled(c)])


SCRIPTS = {
    "Latin": characters((0x20, 0x7E), (0xA0, 0x24F), (0x1E00, 0x1EFF), (0xFB00, 0xFB06), (0xFF01, 0xFF5E)),
    "Greek and Cyrillic": characters((0x370, 0x3FF), (0x1F00, 0x1FFF), (0x400, 0x52F)),
    "Armenian and Georgian": characters((0x530, 0x58F), (0x10A0, 0x10FF), (0x1C90, 0x1CBF)),
    "Hebrew": characters((0x590, 0x5FF), (0xFB1D, 0xFB4F)),
    "Arabic": characters((0x600, 0x6FF), (0x750, 0x77F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC)),
    "India": characters((0x900, 0xDFF)),
    "Thai, Lao, Myanmar, Khmer": characters((0xE00, 0xEFF), (0x1000, 0x109F), (0x1780, 0x17FF)),
    "Ethiopic and Cherokee": characters((0x1200, 0x139F), (0x13A0, 0x13FF), (0xAB70, 0xABBF)),
    "Han": characters((0x3000, 0x303F), (0x4E00, 0x4FFF), (0xF900, 0xFA6D), (0x20000, 0x20100)),
    "Kana": characters((0x3040, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F)),
    "Hangul": characters((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xAD00)),
    "marks": characters((0x300, 0x36F), (0x1DC0, 0x1DFF), (0x20D0, 0x20F0), (0xFE00, 0xFE2F)),
    "signs": characters((0x2000, 0x20AF), (0x2100, 0x218B), (0x2460, 0x24FF), (0x1F300, 0x1F64F)),
    "beyond": characters((0x10400, 0x1044F), (0x1D400, 0x1D7FF), (0x1E900, 0x1E95F), (0xE0100, 0xE01EF)),
}
JOINTS = st.sampled_from([" ", " ", "'", "’", "\u00ad", "\u200c", "\u200d", "-", "_", "·", ""])
VECTOR_WORDS = st.sampled_from([word for vector in VECTORS for word in vector["text"].split()])
PIECES = st.one_of(*(st.text(alphabet, min_size=1, max_size=12) for alphabet in SCRIPTS.values()), VECTOR_WORDS)
TEXTS = st.lists(st.tuples(PIECES, JOINTS), max_size=12).map(lambda pairs: "".join(map("".join, pairs)))


def made_of(key: str) -> st.SearchStrategy[str]:
    """Draw words from what the tables of a stemmer hold, so that its rules apply."""
    module = import_module(f"snowballstemmer.{ALGORITHMS[key]}_stemmer")
    tables = vars(getattr(module, f"{ALGORITHMS[key].title()}Stemmer")).values()
    endings = [row.s for table in tables if isinstance(table, list) for row in table]
    letters = sorted({letter for table in tables if isinstance(table, set) for letter in table} | set("".join(endings)))
    pieces = st.lists(st.sampled_from(endings), max_size=2).map("".join)
    return st.tuples(pieces, st.text(st.sampled_from(letters), max_size=8), pieces).map("".join)


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """Start templates/search/analyse.js in Node.js; ``node("terms", "id", "…")`` is the answer of its function."""
    program = shutil.which("node")
    if program is None:
        do_without("node", "node is not on PATH")
    stemmers = tmp_path_factory.mktemp("stemmers")
    for key in ALGORITHMS:
        (stemmers / f"{key}.js").write_text(stemmer_script(key), encoding="utf-8")
    command = [program, ROOT / "tests" / "search_in_node.mjs", SCRIPT, stemmers]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        write, read = process.stdin, process.stdout

        def ask(*question: Any) -> Any:
            write.write(f"{json.dumps(question)}\n")
            write.flush()
            return json.loads(read.readline())

        yield ask
        write.close()


# --- words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", VECTORS, ids=[f"{vector['language']}: {vector['text'][:20]}" for vector in VECTORS])
def test_words_of_languages(vector):
    """Each language's words become the terms that the vectors tell."""
    assert load_analyser(vector["language"]).terms(vector["text"]) == vector["terms"]


def test_browser_knows_the_same_words(node):
    """The vectors hold in JavaScript too."""
    found = [node("terms", find_stemmer(vector["language"]), vector["text"]) for vector in VECTORS]
    assert found == [vector["terms"] for vector in VECTORS]


@given(key=KEYS, text=TEXTS)
def test_browser_sees_the_same_terms(node, key, text):
    """Whatever the text and its language, Python and JavaScript find the same terms."""
    assert node("terms", key, text) == load_analyser(key).terms(text)


@given(key=st.sampled_from(list(ALGORITHMS)), data=st.data())
def test_browser_has_the_same_stems(node, key, data):
    """Each stemmer shortens words to the same in Python and JavaScript."""
    words = data.draw(st.lists(made_of(key), min_size=20, max_size=20))
    assert node("stems", key, words) == [load_stemmer(key)(word) for word in words]


@given(text=TEXTS, key=KEYS)
def test_terms_do_not_depend_on_what_came_before(text, key):
    """A word gives the same terms the second time as the first, in capitals of a title as among others."""
    analyser = load_analyser(key)
    assert analyser.terms(text) == [term for word in text.split() for term in analyser.terms(word)]


@given(text=TEXTS)
def test_terms_are_folded_for_good(text):
    """Without a stemmer, the terms of words are their own terms, so that a term can be typed."""
    analyser = load_analyser("")
    words = [term for term in analyser.terms(text) if analyser.terms(term) != [term]]
    assert words == []


@given(key=KEYS, text=TEXTS)
def test_accents_of_the_composed_form(key, text):
    """A text taken apart into letters and accents (NFD) has the terms of the text put together (NFC)."""
    analyser = load_analyser(key)
    assert analyser.terms(unicodedata.normalize("NFD", text)) == analyser.terms(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "a" + "\u0301\u0316" * 50_000, "a'" * 50_000, "\u200d" * 100_000, "中\u3099" * 50_000]
)
def test_hostile_words(text, node):
    """A word without end gives terms of bounded length, the same in both languages."""
    terms = load_analyser("en").terms(text)
    assert max(map(len, terms), default=0) <= LONGEST
    assert node("terms", "en", text) == terms


def test_words_that_differ_late():
    """Words are told apart by their first 40 characters."""
    terms = load_analyser("").terms(f"{'a' * 40}b {'a' * 40}c {'a' * 39}d")
    assert terms == ["a" * 40, "a" * 40, "a" * 39 + "d"]


# --- languages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "key"), [("id", "id"), ("pt-BR", "pt"), ("nn", "no"), ("NB", "no"), ("zh-Hant", ""), ("", ""), ("jv", "")]
)
def test_stemmer_of_a_tag(tag, key):
    """A language tag leads to the stemmer of its language, whatever script and region it names."""
    assert find_stemmer(tag) == key


@pytest.mark.parametrize(
    ("language", "query", "text", "is_found"),
    [
        ("id", "Jumat", "Jum'at", True),
        ("es", "eleccion", "Elección", True),
        ("ar", "2024", "٢٠٢٤", True),
        ("fr", "elysee", "Élysée", False),
        ("it", "acqua", "dell'acqua", True),
        ("de", "STRASSE", "Straße", True),
        ("id", "menandatangani", "penandatanganan", True),
        ("id", "menandatangani", "menandatanganinya", True),
        ("id", "menandatangani", "ditandatangani", False),
        ("id", "menandatangani", "tanda tangan", False),
        ("id", "ditandatangani", "tandatangani", True),
        *(("id", "memilih", form, True) for form in ("pemilihan", "pilihan", "dipilihnya", "pemilih", "pilih")),
        *(("id", "serangan", form, True) for form in ("menyerang", "penyerangan", "diserang")),
        ("id", "mengatakan", "dikatakan", False),
    ],
)
def test_what_a_word_finds(language, query, text, is_found):
    """The reference tells what a stemmer brings together and what not, as for `menandatangani`."""
    analyser = load_analyser(language)
    assert (set(analyser.terms(query)) <= set(analyser.terms(text))) == is_found


def test_table_is_that_of_unicode():
    """The table of word characters is that of the oldest Python's Unicode."""
    assigned = (c for c in map(chr, range(0x110000)) if unicodedata.category(c) not in {"Cn", "Cs"})
    strays = [c for c in assigned if not is_settled(c)]
    assert strays == [] or unicodedata.unidata_version != "14.0.0"


# --- the scripts ---------------------------------------------------------------------------------------------------


def test_size_of_the_scripts():
    """The analyser takes at most 3 KB of what a reader loads, compressed, and no stemmer takes more than 10 KB."""
    assert len(gzip.compress(SCRIPT.read_bytes())) <= 3 * 1024
    assert all(len(gzip.compress(stemmer_script(key).encode())) <= 10 * 1024 for key in ALGORITHMS)


def test_licence_of_the_stemmers():
    """The licence that is published with the stemmers is that of the library that they are translated from."""
    own = SCRIPT.with_name("snowball.txt").read_text(encoding="utf-8")
    assert own == distribution("snowballstemmer").read_text("licenses/COPYING")


def test_what_cannot_be_translated():
    """A construct that stemmers did not have before is an error and no guess."""
    tree = ast.parse("class A:\n def _stem(self):\n  self.cursor = [1]").body[0]
    assert isinstance(tree, ast.ClassDef)
    with pytest.raises(StemmerError, match=r"\[1\]"):
        list(javascript._members(tree))


# --- queries -------------------------------------------------------------------------------------------------------


def clause(text: str, *flags: str) -> dict[str, Any]:
    """Return a clause of a query."""
    return {"text": text, **{flag: flag in flags for flag in ("phrase", "excluded", "prefix")}}


@pytest.mark.parametrize(
    ("query", "clauses"),
    [
        ("", []),
        ("banjir", [clause("banjir", "prefix")]),
        ("banjir jak", [clause("banjir"), clause("jak", "prefix")]),
        ("banjir jakarta ", [clause("banjir"), clause("jakarta")]),
        ('"banjir besar" -bogor', [clause("banjir besar", "phrase"), clause("bogor", "excluded")]),
        ("-“tanda tangan” a", [clause("tanda tangan", "phrase", "excluded"), clause("a", "prefix")]),
        ('x "banjir be', [clause("x"), clause("banjir be", "phrase")]),
        ("covid-19 ", [clause("covid-19")]),
        ('צה"ל ', [clause('צה"ל')]),
        ('"a"b ', [clause("a", "phrase"), clause("b")]),
    ],
)
def test_queries(node, query, clauses):
    """A query is words, quoted phrases and what is left out; the last word may still be growing."""
    assert node("parseQuery", query) == clauses


@given(query=st.text(st.sampled_from('ab "-\u201c\u201d—中'), max_size=20))
def test_queries_lose_no_word(node, query):
    """Every word that a reader types is in a clause, in order."""
    typed = "".join(each["text"] for each in node("parseQuery", query))
    assert re.sub(r"[^\w]", "", typed) == re.sub(r"[^\w]", "", query)


@pytest.mark.parametrize(
    ("language", "text", "wanted", "marked"),
    [
        ("id", "Pemilihan: dipilih, lalu pilih-pilih.", ["pilih"], ["Pemilihan", "dipilih", "pilih", "pilih"]),
        ("zh", "在中国人民中国", ["中国", "国人"], ["中国人", "中国"]),
        ("", "2024年中国", ["2024"], ["2024"]),
        ("en", "O’Hara's café", ["ohara", "cafe"], ["O’Hara's", "café"]),
    ],
)
def test_marks(node, language, text, wanted, marked):
    """What a query found in a text is marked as it stands there."""
    units = text.encode("utf-16-le")
    spans = node("spans", find_stemmer(language), text, wanted)
    assert [units[2 * start : 2 * end].decode("utf-16-le") for start, end in spans] == marked
