"""cermin.toml -> Config: the mirror's settings, all faults at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError

from cermin.errors import ConfigError, Fault, guess
from cermin.outlets import Outlet, load_outlets

NAME = "cermin.toml"
LIST_SIZES = range(2, 201)
MANIFEST = ("signing_key",)
"""What the table ``[manifest]`` can say."""
_TABLES = ("site", "tables", "manifest", "deploy")


@dataclass(frozen=True, slots=True)
class Site:
    """What cermin.toml says of the mirror: the table ``[site]``."""

    title: str = "cermin"
    description: str = ""
    language: str = "en"
    """Language of the interface, as BCP 47 (``id``, ``pt-BR``)."""
    base_url: str = ""
    """Where the site will stand, ``https://host/path/``; with it come canonical addresses and the sitemap."""
    contact: str = ""
    """Mail address or page where readers ask for corrections."""
    list_size: int = 30
    """Articles on a page of a list."""
    search: bool = True
    """Whether readers can search: with an index of all words, a page and a form."""
    host: str = ""
    """Where the site will stand, one of `cermin.hosts`: with it come the files that this host reads beside pages."""


@dataclass(frozen=True, slots=True)
class Table:
    """How files in seeds/ are read as tables: a ``[[tables]]`` of cermin.toml. What it does not say is recognised."""

    files: str = "*"
    """Pattern of their paths below seeds/, as in a shell; ``*`` stands for slashes too."""
    delimiter: str = ""
    """One character; with it the file is rows and not JSON."""
    encoding: str = ""
    """As Python calls it: ``utf-8``, ``cp1252``, ``gb18030``."""
    fields: Mapping[str, str | int] = field(default_factory=dict)
    """What a record's fields are called, or their numbers from 1 on, by what they hold (`FIELDS`)."""


FIELDS = (
    "title", "body", "date", "time", "url", "author", "editor", "section", "tags", "summary", "source", "language",
    "captured",
)  # fmt: skip
"""What a field of a table can hold."""


@dataclass(frozen=True, slots=True)
class Config:
    """A mirror: its folders, its settings and the outlets that it knows. Paths are absolute."""

    root: Path
    output: Path
    site: Site = field(default_factory=Site)
    tables: tuple[Table, ...] = ()
    signing_key: Path | None = None
    """With which each build's manifest is signed: a private key of OpenSSH, or a public one that an agent knows."""
    outlets: Mapping[str, Outlet] = field(default_factory=dict)
    deploy: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The tables ``[deploy.NAME]``, unread: what each may say is known beside its target."""

    @property
    def seeds(self) -> Path:
        """Captures as received."""
        return self.root / "seeds"

    @property
    def content(self) -> Path:
        """Article files."""
        return self.root / "content"

    @property
    def templates(self) -> Path:
        """The mirror's own templates, which win over the built-in theme."""
        return self.root / "templates"

    @property
    def words(self) -> Path:
        """The mirror's own translations of the interface, which win over the built-in ones."""
        return self.root / "locales" / f"{self.site.language}.po"

    @property
    def state(self) -> Path:
        """The cache, which can be deleted at any time."""
        return self.root / ".cermin"

    def original(self, outlet: str) -> str:
        """Return what is known of an outlet's own site: one of `cermin.outlets.ORIGINALS`."""
        profile = self.outlets.get(outlet)
        return profile.original if profile else "unknown"

    def is_alive(self, outlet: str) -> bool:
        """Tell whether an outlet's articles can be read at their own addresses, to which search engines shall lead."""
        return self.original(outlet) == "alive"


def load_config(root: Path, output: Path | None = None) -> Config:
    """Read the settings of the mirror at ``root``; a mirror without a cermin.toml has the defaults.

    Raises ConfigError with every fault of cermin.toml and of the mirror's outlet profiles.
    """
    root = root.resolve()
    if not root.is_dir():
        raise ConfigError.at(root, "no such folder", "make a mirror with `cermin new DIR`")
    faults: list[Fault] = []
    settings = _read_settings(root / NAME, faults)
    site = _read_site(settings, faults)
    tables = _read_tables(settings, faults)
    deploy = _read_deploy(settings, faults)
    signing_key = _read_signing_key(settings, root, faults)
    outlets: Mapping[str, Outlet] = {}
    try:
        outlets = load_outlets(root / "outlets")
    except ConfigError as error:
        faults += error.faults
    if faults:
        raise ConfigError(*faults)
    return Config(
        root=root,
        output=(output or root / "output").resolve(),
        site=site,
        tables=tables,
        signing_key=signing_key,
        outlets=outlets,
        deploy=deploy,
    )


def read_values(
    settings: Mapping[str, Any], known: Mapping[str, type], table: str = ""
) -> tuple[dict[str, Any], list[Fault]]:
    """Return those of ``settings`` that are ``known`` and of their type, and what is wrong with the others.

    ``table`` is named in what is said, where it is not ``[site]``.
    """
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    where = f" in {table}" if table else ""
    for name, value in settings.items():
        if name not in known:
            faults.append(Fault(NAME, f'unknown setting "{name}"{where}{guess(name, known)}'))
        elif type(value) is not known[name]:
            faults.append(Fault(NAME, f"{name}{where} is not {_KINDS[known[name]]}: {value!r}"))
        else:
            values[name] = value.strip() if isinstance(value, str) else value
    return values, faults


def _read_settings(path: Path, faults: list[Fault]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(Fault(NAME, f"not TOML: {error}"))
    except OSError as error:
        faults.append(Fault(NAME, f"cannot be read: {error.strerror}"))
    return {}


def _read_site(tables: Mapping[str, Any], faults: list[Fault]) -> Site:
    known = {item.name: type(item.default) for item in fields(Site)}
    faults += [_stray(name, known) for name in tables if name not in _TABLES]
    settings = tables.get("site", {})
    if not isinstance(settings, dict):
        faults.append(Fault(NAME, '"site" is not a table', "write [site] on a line of its own"))
        return Site()
    values, wrong = read_values(settings, known)
    faults += wrong
    site = Site(**values)
    faults += _check_site(site)
    return site


_KINDS = {str: "a text in quotes", int: "a whole number", bool: "true or false"}


def _stray(name: str, known: Mapping[str, type]) -> Fault:
    if name in known:
        return Fault(NAME, f"{name} stands outside of [site]", "move it below the line [site]")
    return Fault(NAME, f'unknown table "{name}"{guess(name, _TABLES)}')


def _read_deploy(settings: Mapping[str, Any], faults: list[Fault]) -> Mapping[str, Mapping[str, Any]]:
    tables = settings.get("deploy", {})
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        hint = "write [deploy.NAME] on a line of its own, NAME being what you call the place"
        faults.append(Fault(NAME, '"deploy" holds something else than tables', hint))
        return {}
    return tables


def _read_tables(settings: Mapping[str, Any], faults: list[Fault]) -> tuple[Table, ...]:
    tables = settings.get("tables", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        faults.append(Fault(NAME, '"tables" is not a list of tables', "write [[tables]] on a line of its own"))
        return ()
    found = [(table, list(_check_table(table))) for table in tables]
    faults += [fault for _, wrong in found for fault in wrong]
    return tuple(Table(**table) for table, wrong in found if not wrong)


def _read_signing_key(settings: Mapping[str, Any], root: Path, faults: list[Fault]) -> Path | None:
    table = settings.get("manifest", {})
    if not isinstance(table, dict):
        faults.append(Fault(NAME, '"manifest" is not a table', "write [manifest] on a line of its own"))
        return None
    strange = [name for name in table if name not in MANIFEST]
    faults += [Fault(NAME, f'unknown setting "{name}" in [manifest]{guess(name, MANIFEST)}') for name in strange]
    key = table.get("signing_key", "")
    if not isinstance(key, str):
        faults.append(Fault(NAME, f"signing_key in [manifest] is not a text in quotes: {key!r}"))
        return None
    return root / Path(key).expanduser() if key.strip() else None


def _check_table(table: Mapping[str, Any]) -> Iterator[Fault]:
    known = {item.name for item in fields(Table)}
    yield from (
        Fault(NAME, f'unknown setting "{name}" in [[tables]]{guess(name, known)}') for name in table.keys() - known
    )
    for name in ("files", "delimiter", "encoding"):
        if not isinstance(table.get(name, ""), str):
            yield Fault(NAME, f"{name} in [[tables]] is not a text in quotes: {table[name]!r}")
    if not table.get("files"):
        yield Fault(NAME, "[[tables]] does not say which files it is about", 'write files = "*.csv"')
    delimiter = table.get("delimiter", "")
    if isinstance(delimiter, str) and (len(delimiter) > 1 or delimiter in {"\n", "\r", '"'}):
        yield Fault(NAME, f'delimiter is not one character between fields: "{delimiter}"', 'write ";" or "\\t"')
    encoding = table.get("encoding", "")
    if isinstance(encoding, str) and encoding and not _is_encoding(encoding):
        yield Fault(NAME, f'encoding is unknown: "{encoding}"', 'write "utf-8", "cp1252" or "gb18030"')
    yield from _check_fields(table.get("fields", {}))


def _is_encoding(name: str) -> bool:
    try:
        return isinstance(b"a".decode(name, "replace"), str)
    except (LookupError, ValueError):
        return False


def _check_fields(named: Any) -> Iterator[Fault]:
    if not isinstance(named, dict):
        yield Fault(NAME, f"fields in [[tables]] is not a table: {named!r}", 'write fields = {title = "judul"}')
        return
    for name, value in named.items():
        if name not in FIELDS:
            yield Fault(NAME, f'unknown field "{name}" in [[tables]]{guess(name, FIELDS)}')
        elif type(value) not in {str, int} or value == "" or (isinstance(value, int) and value < 1):
            yield Fault(NAME, f"field {name} in [[tables]] is neither a name nor a number from 1 on: {value!r}")


def _check_site(site: Site) -> list[Fault]:
    faults = []
    try:
        Locale.parse(site.language, sep="-")
    except (ValueError, UnknownLocaleError):
        faults.append(Fault(NAME, f'language is not a language tag: "{site.language}"', 'write "id", "en" or "pt-BR"'))
    if site.list_size not in LIST_SIZES:
        verdict = f"list_size is not between {LIST_SIZES.start} and {LIST_SIZES.stop - 1}: {site.list_size}"
        faults.append(Fault(NAME, verdict))
    if site.base_url:
        faults += _check_base_url(site.base_url)
    if site.host and (fault := _check_host(site.host)):
        faults.append(fault)
    if site.contact and not re.fullmatch(r"(https?://|mailto:)\S+|[^\s@:/]+@[^\s@]+", site.contact):
        hint = 'write "desk@example.org" or "https://example.org/contact"'
        faults.append(Fault(NAME, f'contact is neither a mail address nor a page: "{site.contact}"', hint))
    return faults


def _check_host(host: str) -> Fault | None:
    # Most mirrors name none, and need not read the table.
    from cermin.hosts import load_hosts

    if host in load_hosts():
        return None
    hint = f"the hosts that cermin knows: {', '.join(load_hosts())}"
    return Fault(NAME, f'host is none that cermin knows: "{host}"{guess(host, load_hosts())}', hint)


def _check_base_url(base_url: str) -> list[Fault]:
    hint = 'write "https://example.org/" or "https://example.org/mirror/"'
    try:
        parts = urlsplit(base_url)
        whole = parts.scheme in {"http", "https"} and parts.hostname and not (parts.query or parts.fragment)
    except ValueError:
        whole = False
    if not whole or re.search(r"[\s\"'<>\\]", base_url):
        return [Fault(NAME, f'base_url is not a web address: "{base_url}"', hint)]
    if not base_url.endswith("/"):
        return [Fault(NAME, f'base_url does not end in "/": "{base_url}"', hint)]
    return []
