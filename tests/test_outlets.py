"""Outlet profiles: what they say, what wins, and what is refused."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from cermin.errors import ConfigError, Fault
from cermin.outlets import BUILT_IN, RESERVED, load_outlets


@pytest.fixture
def write(tmp_path: Path):
    """Return a writer of profiles, which gives their folder."""

    def write_profile(text: str, name: str = "kabar.toml") -> Path:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return write_profile


def faults_of(folder: Path) -> tuple[Fault, ...]:
    """Return what is wrong with the profiles of a folder."""
    with pytest.raises(ConfigError) as caught:
        load_outlets(folder)
    return caught.value.faults


def test_missing_folder(tmp_path):
    """A mirror without profiles of its own has the built-in ones."""
    outlets = load_outlets(tmp_path / "outlets")
    genpi = outlets["genpi"]
    assert (genpi.name, genpi.language, genpi.time_zone, genpi.original) == ("GenPI.co", "id", "Asia/Jakarta", "alive")
    assert genpi.domains == ("genpi.co",)


def test_built_in_profiles_are_sound(tmp_path):
    """The profiles that ship with cermin pass the checks for those of a mirror, and say name, home and language."""
    for path in BUILT_IN.glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    outlets = load_outlets(tmp_path)
    assert len(outlets) >= 40
    for outlet in outlets.values():
        assert outlet.name != outlet.id or outlet.id == "unknown"
        assert outlet.domains
        assert outlet.homepage.startswith("https://")
        assert outlet.recognise


def test_own_profile(write):
    """A mirror's own profile adds an outlet; what it does not say is unknown, and its name is its id."""
    kabar = load_outlets(write('language = "id"\n'))["kabar"]
    assert (kabar.id, kabar.name, kabar.language, kabar.original, kabar.rules) == (
        "kabar",
        "kabar",
        "id",
        "unknown",
        (),
    )


def test_own_keys_win(write):
    """The keys of a mirror's profile win over those of the built-in one with the same id, key by key."""
    built_in = load_outlets(Path("nowhere"))["genpi"]
    own = load_outlets(write('original = "gone"\n', "genpi.toml"))["genpi"]
    assert own.original == "gone"
    assert (own.name, own.rules) == (built_in.name, built_in.rules)


def test_own_rules_win(write):
    """In tables the rules of a mirror's profile win by their names, and are tried before those that stay."""
    built_in = load_outlets(Path("nowhere"))["genpi"]
    name = built_in.rules[-1][0]
    own = load_outlets(write(f"[rules]\n{name} = ['a']\nbaru = ['b']\n", "genpi.toml"))["genpi"]
    assert own.rules == ((name, ("a",)), ("baru", ("b",)), *built_in.rules[:-1])


def test_profiles_travel():
    """Profiles are hashable and survive the way to a worker process."""
    genpi = load_outlets(Path("nowhere"))["genpi"]
    assert pickle.loads(pickle.dumps(genpi)) == genpi  # noqa: S301 - our own bytes
    assert hash(genpi) == hash(pickle.loads(pickle.dumps(genpi)))  # noqa: S301 - our own bytes


def test_all_faults_at_once(write):
    """Every fault of every profile is told in one error, with its file and a guess at what was meant."""
    write('langage = "id"\nname = 7\n')
    write('time_zone = "Asia/Jakrata"\noriginal = "dead"\n[rules]\npromo = ["["]\n', "b.toml")
    folder = write(
        'domains = ["https://genpi.co/"]\ndate_order = "ymd"\nid = "c"\nlanguage = "Indonesian!"\n', "c.toml"
    )
    verdicts = [f"{fault.place}: {fault.verdict}" for fault in faults_of(folder)]
    assert verdicts == [
        'outlets/b.toml: time_zone: "Asia/Jakrata" is not a time zone',
        'outlets/b.toml: original: "dead" is none of alive, gone, blocked, unknown',
        "outlets/b.toml: rules: promo: '[' is not a regular expression: unterminated character set at position 0",
        'outlets/c.toml: domains: "https://genpi.co/" is not a host name',
        'outlets/c.toml: date_order: "ymd" is none of dmy, mdy (did you mean "mdy"?)',
        'outlets/c.toml: unknown key "id"',
        'outlets/c.toml: language: "Indonesian!" is not a language tag',
        'outlets/kabar.toml: unknown key "langage" (did you mean "language"?)',
        "outlets/kabar.toml: name is not a text in quotes: 7",
    ]


@pytest.mark.parametrize("name", [*sorted(RESERVED), "Kabar", "kabar baru", "-kabar", "kabar_baru"])
def test_bad_id(write, name):
    """A profile's file name is an id that can stand in an address and is no folder of the site."""
    assert [fault.place for fault in faults_of(write("", f"{name}.toml"))] == [f"outlets/{name}.toml"]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("name = ", "not TOML: "),
        ("domains = 'genpi.co'", "domains is not a list of texts: 'genpi.co'"),
        ("recognise = [1]", "recognise is not a list of texts: 1"),
        ("recognise = ['[']", "recognise: '[' is not a regular expression: "),
        ("rules = ['x']", "rules is not a table of lists of texts: ['x']"),
        ("[rules]\npromo = 'x'", "rules is not a table of lists of texts: 'x'"),
        ("[rules]\neditor = ['(?P<editr>.+)']", 'rules: editor: unknown group "editr" (did you mean "editor"?)'),
        ("homepage = 'genpi.co'", 'homepage: "genpi.co" is not a web address'),
    ],
)
def test_wrong_value(write, text, verdict):
    """A value of the wrong shape or sense is one fault that shows the value."""
    (fault,) = faults_of(write(text))
    assert fault.verdict.startswith(verdict)


def test_not_text(tmp_path):
    """A profile that is not UTF-8 is a fault, not a traceback."""
    (tmp_path / "kabar.toml").write_bytes(b"name = '\xff'")
    (fault,) = faults_of(tmp_path)
    assert fault.place == "outlets/kabar.toml"
