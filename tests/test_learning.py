"""`cermin outlets learn`: what was learned becomes profiles that a person can change."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given

from cermin import learning
from cermin.config import load_config
from cermin.outlets import profile_id
from cermin.seeds import FORMATS
from tests.conftest import tree
from tests.mirrors import import_seeds
from tests.test_content_front_matter import TEXT
from tests.test_duplicates import addressed_reader
from tests.test_seeds_furniture import LONG, OUTLETS, PROFILE, SHORT, bodies, capture, cuts, explain

ENDINGS = (SHORT, "Kisah (ini) telah tampil di Kemiri: <title>", "Tukang cetak: Budi")


@pytest.fixture
def learned(mirror):
    """Return a mirror of an outlet of which furniture was learned."""
    texts = {f"{number}.txt": capture(number, *ENDINGS) for number in range(10)}
    root = mirror(seeds=texts, outlets=OUTLETS)
    import_seeds(root)
    return root


def test_profile_of_a_person(learned, run):
    """A profile that is there is left alone; what it lacks is printed, and added to it changes no article."""
    before = tree(learned / "content")
    profile = learned / "outlets/kemiri.toml"
    ran = run("-C", learned, "outlets", "learn")
    told = "warning: outlets/kemiri.toml: left alone: it is yours\nhint: take from the lines below what you need\n"
    assert (ran.code, ran.err, profile.read_text(encoding="utf-8")) == (0, told, PROFILE)
    profile.write_text(PROFILE + ran.out, encoding="utf-8")
    import_seeds(learned)
    assert tree(learned / "content") == before
    cut = {line.text: line.rule for line in explain(learned, "3.txt").lines if line.fate == "cut"}
    assert (len(cut), set(cut.values())) == (3, {"kemiri: learned"})


def test_profile_of_an_outlet_that_ships(mirror, run):
    """What was learned of an outlet with a built-in profile is added to it; its other rules stay."""
    root = mirror(seeds={f"{number}.txt": capture(number, SHORT, name="GenPI.co - ") for number in range(10)})
    import_seeds(root)
    ran = run("-C", root, "outlets", "learn", "genpi")
    assert (ran.code, ran.err) == (0, "")
    assert (
        ran.out
        == "Wrote outlets/genpi.toml: 1 line that repeats\nThe next import reads the captures anew by these rules\n"
    )
    rules = dict(load_config(root).outlets["genpi"].rules)
    assert rules["learned"] == (SHORT,)
    assert len(rules) > 1
    import_seeds(root)
    assert SHORT not in bodies(root)
    assert run("-C", root, "outlets", "learn").out.startswith("Nothing was learned")


def test_profile_of_a_host(mirror, run, monkeypatch):
    """Captures of a host that no profile knows give a profile with its name, by which they are known from then on."""
    monkeypatch.setitem(FORMATS, ".page", addressed_reader)
    texts = {
        f"{number}.page": f"https://www.kemiri.example/kisah/{number}\n{capture(number, LONG)}" for number in range(10)
    }
    root = mirror(seeds=texts)
    import_seeds(root)
    assert cuts(root, "3.page") == [(LONG, "learned: 10 of 10 captures")]
    assert run("-C", root, "outlets", "learn").out.startswith("Wrote outlets/kemiri-example.toml: 1 line")
    outlet = load_config(root).outlets["kemiri-example"]
    assert (outlet.name, outlet.domains) == ("kemiri.example", ("kemiri.example",))
    import_seeds(root)
    assert {path.partition("/")[0] for path in tree(root / "content")} == {"kemiri-example"}
    assert LONG not in bodies(root)


def test_folder_gives_no_profile(mirror, run):
    """What was learned of a folder, which may hold many outlets, is shown but not written."""
    root = mirror(seeds={f"x/{number}.txt": capture(number, SHORT, name="") for number in range(10)})
    import_seeds(root)
    assert run("-C", root, "outlets", "learn").out.startswith("Nothing was learned")
    ran = run("-C", root, "outlets", "learn", "x/")
    assert ran.code == 0
    assert SHORT in ran.out
    assert not (root / "outlets").exists()


def test_nothing_learned(learned, run):
    """A name of which nothing was learned is wrong usage, with those of which something was."""
    ran = run("-C", learned, "outlets", "learn", "kemirri")
    assert ran == (2, "", "error: kemirri: nothing was learned of it\nhint: of these there is: kemiri\n")


@given(TEXT.filter(str.isprintable))
def test_patterns_are_toml(text):
    """Any text of one line stands in TOML as it is."""
    assert tomllib.loads(f"a = {learning._quote(text)}") == {"a": text}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("kemiri.example", "kemiri-example"),
        ("Kabar Kemiri", "kabar-kemiri"),
        ("中国", ""),
        ("tags", "tags"),
        ("data", ""),
    ],
)
def test_id_of_a_name(name, wanted):
    """An id is made of a name in Latin letters; none of one that the site needs itself."""
    assert profile_id(name) == wanted
