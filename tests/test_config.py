"""cermin.toml: what it may say, and that all its faults are told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cermin.config import LIST_SIZES, Config, Site, Table, load_config
from cermin.errors import ConfigError, Fault


def load(root: Path, settings: str, encoding: str = "utf-8") -> Config:
    """Return the settings of a mirror with this cermin.toml."""
    (root / "cermin.toml").write_text(settings, encoding=encoding)
    return load_config(root)


def faults_of(root: Path, settings: str) -> list[Fault]:
    """Return what is wrong with this cermin.toml."""
    with pytest.raises(ConfigError) as caught:
        load(root, settings)
    return list(caught.value.faults)


def setting(name: str, value: str) -> str:
    """Return a cermin.toml with one setting, a text."""
    return f"[site]\n{name} = '''{value}'''\n"


def test_no_settings(tmp_path):
    """A mirror without a cermin.toml has the defaults, and folders of the names that everyone knows."""
    config = load_config(tmp_path)
    assert config.site == Site()
    assert (config.seeds, config.content, config.templates, config.state, config.output) == tuple(
        tmp_path / name for name in ("seeds", "content", "templates", ".cermin", "output")
    )


@pytest.mark.parametrize("settings", ["", "# nothing\n", "[site]\n"])
def test_empty_settings(tmp_path, settings):
    """A cermin.toml that says nothing is as good as none."""
    assert load(tmp_path, settings).site == Site()


def test_settings(tmp_path):
    """Every setting is taken, white space around texts left out."""
    settings = (
        '[site]\ntitle = " Cermin "\ndescription = "Arsip"\nlanguage = "pt-BR"\n'
        'base_url = "https://example.org/cermin/"\ncontact = "desk@example.org"\nlist_size = 20\n'
    )
    assert load(tmp_path, settings, "utf-8-sig").site == Site(
        title="Cermin",
        description="Arsip",
        language="pt-BR",
        base_url="https://example.org/cermin/",
        contact="desk@example.org",
        list_size=20,
    )


def test_signing_key(tmp_path, monkeypatch):
    """The key that signs is named from the mirror's folder, from home, or as a whole; none is named by nothing."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for value, path in (("keys/a", "keys/a"), ("~/.ssh/a", "home/.ssh/a"), (str(tmp_path / "a"), "a")):
        assert load(tmp_path, f'[manifest]\nsigning_key = "{value}"\n').signing_key == tmp_path / path
    for settings in ("", "[manifest]\n", '[manifest]\nsigning_key = " "\n'):
        assert load(tmp_path, settings).signing_key is None


def test_faults_of_the_manifest(tmp_path):
    """What is wrong with the settings of the manifest is told."""
    for settings, verdict in (
        (
            "[manifest]\nsigning_kye = 'a'\n",
            'unknown setting "signing_kye" in [manifest] (did you mean "signing_key"?)',
        ),
        ("[manifest]\nsigning_key = 7\n", "signing_key in [manifest] is not a text in quotes: 7"),
        ("manifest = 7\n", '"manifest" is not a table'),
    ):
        assert [fault.verdict for fault in faults_of(tmp_path, settings)] == [verdict]


def test_all_faults_at_once(tmp_path):
    """All faults of cermin.toml and of the mirror's profiles are told in one go, with guesses for near misses."""
    (tmp_path / "outlets").mkdir()
    (tmp_path / "outlets/kabar.toml").write_text("nmae = 'Kabar'\n", encoding="utf-8")
    faults = faults_of(
        tmp_path,
        "[sight]\n[site]\ntitel = 'a'\ntitle = 3\nlist_size = '20'\nlanguage = 'Bahasa'\nbase_url = 'example.org'\n"
        "contact = 'nobody'\n",
    )
    assert list(map(str, faults)) == [
        'cermin.toml: unknown table "sight" (did you mean "site"?)',
        'cermin.toml: unknown setting "titel" (did you mean "title"?)',
        "cermin.toml: title is not a text in quotes: 3",
        "cermin.toml: list_size is not a whole number: '20'",
        'cermin.toml: language is not a language tag: "Bahasa"',
        'cermin.toml: base_url is not a web address: "example.org"',
        'cermin.toml: contact is neither a mail address nor a page: "nobody"',
        'outlets/kabar.toml: unknown key "nmae" (did you mean "name"?)',
    ]


@pytest.mark.parametrize(
    ("settings", "verdict"),
    [
        ("[site", "not TOML: Expected ']' at the end of a table declaration (at end of document)"),
        ("title = 'a'\n", "title stands outside of [site]"),
        ("site = 'a'\n", '"site" is not a table'),
        ("[site]\nlist_size = true\n", "list_size is not a whole number: True"),
        ("[site]\nlist_size = 30.0\n", "list_size is not a whole number: 30.0"),
        ("[site]\nsearch = 1\n", "search is not true or false: 1"),
        ("[site]\ntitle = ['a']\n", "title is not a text in quotes: ['a']"),
        ("[site]\ntitle = 2024-06-20\n", "title is not a text in quotes: datetime.date(2024, 6, 20)"),
        ("[site]\n[site.title]\n", "title is not a text in quotes: {}"),
    ],
)
def test_wrong_shapes(tmp_path, settings, verdict):
    """A value of the wrong type is refused; nothing is turned into something else."""
    assert [fault.verdict for fault in faults_of(tmp_path, settings)] == [verdict]


def test_not_utf8(tmp_path):
    """A cermin.toml that is not UTF-8 is refused."""
    (tmp_path / "cermin.toml").write_bytes(b"[site]\ntitle = 'caf\xe9'\n")
    with pytest.raises(ConfigError, match=r"cermin.toml: not TOML"):
        load_config(tmp_path)


def test_cermin_toml_is_a_folder(tmp_path):
    """A cermin.toml that cannot be read is an error, not a mirror without settings."""
    (tmp_path / "cermin.toml").mkdir()
    with pytest.raises(ConfigError, match=r"cermin.toml: cannot be read"):
        load_config(tmp_path)


def test_no_folder(tmp_path):
    """A mirror that is not there is an error, and the hint says how to make one."""
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "none")
    assert caught.value.faults == (
        Fault(str(tmp_path / "none"), "no such folder", "make a mirror with `cermin new DIR`"),
    )


@pytest.mark.parametrize("value", ["https://example.org/", "http://localhost:8000/a/b/", "https://пример.рф/~a/"])
def test_base_url(tmp_path, value):
    """A base_url is a web address that ends in a slash."""
    assert load(tmp_path, setting("base_url", value)).site.base_url == value


@pytest.mark.parametrize(
    "value",
    ["example.org", "/mirror/", "//example.org/", "ftp://example.org/", "https://", "https:///a/",
     "javascript:alert(1)/", "https://example.org/?a=/", "https://example.org/#/", "https://exa mple.org/", "https://example.org/'/",
     'https://example.org/"/', "https://example.org/<b>/", "http://[/"],
)  # fmt: skip
def test_bad_base_url(tmp_path, value):
    """Anything else is refused, as it would stand in every page."""
    assert [fault.verdict for fault in faults_of(tmp_path, setting("base_url", value))] == [
        f'base_url is not a web address: "{value}"'
    ]


def test_base_url_without_slash(tmp_path):
    """A base_url without a slash at its end is refused: addresses are put right behind it."""
    (fault,) = faults_of(tmp_path, setting("base_url", "https://example.org/mirror"))
    assert fault.verdict == 'base_url does not end in "/": "https://example.org/mirror"'


@pytest.mark.parametrize(
    "value", ["desk@example.org", "mailto:desk@example.org", "https://example.org/contact", "http://a.b/?c#d"]
)
def test_contact(tmp_path, value):
    """Readers are sent to a mail address or to a page."""
    assert load(tmp_path, setting("contact", value)).site.contact == value


@pytest.mark.parametrize(
    "value", ["desk", "@example.org", "desk@", "javascript:alert(1)", "javascript:a@b", "data:text/html,a@b", "a b@c.d"]
)
def test_bad_contact(tmp_path, value):
    """A contact that a browser would run, or could not follow, is refused."""
    assert [fault.verdict for fault in faults_of(tmp_path, setting("contact", value))] == [
        f'contact is neither a mail address nor a page: "{value}"'
    ]


@pytest.mark.parametrize("value", ["id", "en", "pt-BR", "zh-Hant", "zh-Hant-TW", "ar", "ms"])
def test_language(tmp_path, value):
    """The language of the interface is a language tag of which dates and numbers are known."""
    assert load(tmp_path, setting("language", value)).site.language == value


@pytest.mark.parametrize("value", ["", "Indonesian", "xx", "id_ID", "id-", "i", "<b>"])
def test_bad_language(tmp_path, value):
    """Any other is refused."""
    assert [fault.verdict for fault in faults_of(tmp_path, setting("language", value))] == [
        f'language is not a language tag: "{value}"'
    ]


@pytest.mark.parametrize("size", [LIST_SIZES.start, LIST_SIZES.stop - 1])
def test_list_size(tmp_path, size):
    """A list has a size between the limits."""
    assert load(tmp_path, f"[site]\nlist_size = {size}\n").site.list_size == size


@pytest.mark.parametrize("size", [-1, 0, LIST_SIZES.start - 1, LIST_SIZES.stop])
def test_bad_list_size(tmp_path, size):
    """A size beyond the limits is refused."""
    assert [fault.verdict for fault in faults_of(tmp_path, f"[site]\nlist_size = {size}\n")] == [
        f"list_size is not between {LIST_SIZES.start} and {LIST_SIZES.stop - 1}: {size}"
    ]


def test_output(tmp_path):
    """The output folder may be any other; every path is absolute."""
    config = load_config(tmp_path / "." / "..", tmp_path / "a" / ".." / "site")
    assert config.root == tmp_path.parent
    assert config.output == tmp_path / "site"


def test_outlets(tmp_path):
    """The profiles come with the settings, the mirror's own before the built-in ones."""
    (tmp_path / "outlets").mkdir()
    (tmp_path / "outlets/kabar.toml").write_text('name = "Kabar"\n', encoding="utf-8")
    outlets = load_config(tmp_path).outlets
    assert outlets["kabar"].name == "Kabar"
    assert "genpi" in outlets


# --- tables ----------------------------------------------------------------------------------------------------------


def test_tables(tmp_path):
    """A [[tables]] tells how some files are read; what it does not say is left to recognition."""
    tables = load(
        tmp_path,
        "[[tables]]\nfiles = 'a*.csv'\ndelimiter = '\t'\nencoding = 'cp1252'\nfields = {title = 'judul', body = 3}\n"
        "[[tables]]\nfiles = 'b.dat'\n",
    ).tables
    assert tables == (Table("a*.csv", "\t", "cp1252", {"title": "judul", "body": 3}), Table("b.dat"))


def test_faults_of_tables(tmp_path):
    """All faults of all tables are told at once."""
    faults = faults_of(
        tmp_path,
        "[[tables]]\nfiles = 3\ndelimiter = ', '\nencoding = 'utf-9'\nfield = 'a'\n"
        "[[tables]]\nfiles = 'a'\ndelimiter = 3\nencoding = 'hex'\nfields = 'title'\n"
        "[[tables]]\nfields = {titel = 'a', body = 0, date = true, url = ''}\n",
    )
    assert list(map(str, faults)) == [
        'cermin.toml: unknown setting "field" in [[tables]] (did you mean "fields"?)',
        "cermin.toml: files in [[tables]] is not a text in quotes: 3",
        'cermin.toml: delimiter is not one character between fields: ", "',
        'cermin.toml: encoding is unknown: "utf-9"',
        "cermin.toml: delimiter in [[tables]] is not a text in quotes: 3",
        'cermin.toml: encoding is unknown: "hex"',
        "cermin.toml: fields in [[tables]] is not a table: 'title'",
        "cermin.toml: [[tables]] does not say which files it is about",
        'cermin.toml: unknown field "titel" in [[tables]] (did you mean "title"?)',
        "cermin.toml: field body in [[tables]] is neither a name nor a number from 1 on: 0",
        "cermin.toml: field date in [[tables]] is neither a name nor a number from 1 on: True",
        "cermin.toml: field url in [[tables]] is neither a name nor a number from 1 on: ''",
    ]
    assert [str(fault) for fault in faults_of(tmp_path, "[tables]\nfiles = 'a'\n")] == [
        'cermin.toml: "tables" is not a list of tables'
    ]
