"""The documentation names everything that there is, and leads nowhere that is not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click
import pytest

from cermin import cli
from cermin.config import FIELDS, MANIFEST, Site, Table
from cermin.content.head import KEYS
from cermin.deploy import TARGETS
from cermin.deploy.places import COMMON, required_settings, settings_of
from cermin.executors import EXECUTORS
from cermin.hosts import load_hosts
from cermin.outlets import DATE_ORDERS, FATES, ORIGINALS, Outlet
from cermin.output.theme import builtin_folder
from cermin.seeds import FORMATS
from cermin.site import KINDS
from tests.conftest import ROOT

REFERENCE = ROOT / "docs" / "reference.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMANDS: Mapping[str, click.Command] = cli.cli.commands
EXIT_CODES = (cli.DONE, cli.FAILED, cli.WRONG_USAGE, cli.INTERRUPTED)


def read_sections(text: str) -> dict[str, str]:
    """Return the text below each second heading of a page."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def find_missing(names: Iterable[str], text: str) -> list[str]:
    """Return those of ``names`` that do not stand in ``text`` as code, alone or with words behind them."""
    return [name for name in names if not re.search(rf"`{re.escape(name)}(?:[` (]|\b )", text)]


def rows_of(section: str) -> set[str]:
    """Return what stands as code in the first column of a section's tables."""
    return {name for line in section.splitlines() if line.startswith("| ")
            for name in re.findall(r"`([^`]+)`", line.split("|")[1])}  # fmt: skip


def iter_links(text: str) -> Iterator[str]:
    """Yield the targets of the links and pictures of a page; examples in code are none."""
    prose = re.sub(r"^```.*?^```|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from re.findall(r"\]\(([^)\s]+)\)", prose)
    yield from re.findall(r"<(?:img|a|source)\b[^>]*?(?:src|href|srcset)=\"([^\"]+)\"", prose)


def anchors_of(text: str) -> set[str]:
    """Return the anchors that headings make, as GitHub does."""
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def find_dead_links(page: Path, text: str) -> list[str]:
    """Return the relative links of a page that lead to no file, or to no heading."""
    dead = []
    for link in iter_links(text):
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = page.parent / unquote(parts.path) if parts.path else page
        is_page = target.suffix == ".md" and target.is_file()
        lost = is_page and parts.fragment and parts.fragment not in anchors_of(target.read_text(encoding="utf-8"))
        if not target.exists() or lost:
            dead.append(link)
    return dead


def find_commands(text: str) -> set[str]:
    """Return the commands that a page calls in examples and in code between words: ``build`` for `cermin build`."""
    blocks = re.findall(r"^```.*?^```", text, flags=re.MULTILINE | re.DOTALL)
    calls = [call for block in blocks for call in re.findall(r"^(?:\$ )?cermin\b(.*)", block, flags=re.MULTILINE)]
    calls += re.findall(r"`cermin\b([^`\n]*)`", text)
    words = [[word for word in re.sub(r"-C \S+", "", call).split() if not word.startswith("-")] for call in calls]
    return {word[0] for word in words if word and re.fullmatch(r"[a-z-]+", word[0])}


SECTIONS = read_sections(REFERENCE.read_text(encoding="utf-8"))


# --- the reference is whole ----------------------------------------------------------------------------------------

OPTIONS = {
    option
    for command in (cli.cli, *COMMANDS.values())
    for parameter in command.params
    if isinstance(parameter, click.Option)
    for option in parameter.opts
}
NAMES: dict[str, tuple[str, set[str]]] = {
    "commands": ("Commands", {f"cermin {name}" for name in COMMANDS}),
    "options": ("Commands", OPTIONS | {"-h", "--help"}),
    "settings": ("Settings", {item.name for item in (*fields(Site), *fields(Table))} | set(MANIFEST)),
    "front matter keys": ("Front matter", set(KEYS)),
    "formats": ("Captures", set(FORMATS)),
    "profile keys": ("Outlet profiles", {item.name for item in fields(Outlet)} - {"id"}),
    "groups of patterns": ("Outlet profiles", set(FATES)),
    "kinds of pages": ("Pages", set(KINDS)),
    "executors": ("Executors", set(EXECUTORS)),
    "settings of places": ("Deploy", {*COMMON, *(name for target in TARGETS.values() for name in settings_of(target))}),
    "deploy targets": ("Deploy", set(TARGETS)),
    "hosts": ("Hosts", set(load_hosts())),
}


@pytest.mark.parametrize(("section", "names"), NAMES.values(), ids=NAMES)
def test_reference_is_whole(section, names):
    """The reference names every command, option, setting, key, format, kind of page and executor that there is."""
    assert names
    assert find_missing(sorted(names), SECTIONS[section]) == []


@pytest.mark.parametrize(
    "what",
    [
        "settings",
        "front matter keys",
        "formats",
        "profile keys",
        "kinds of pages",
        "executors",
        "settings of places",
        "hosts",
    ],
)
def test_reference_names_nothing_else(what):
    """The reference names no setting, key, format, kind of page or executor that is gone."""
    section, names = NAMES[what]
    extra = {"profile keys": set(FATES), "settings of places": set(TARGETS)}.get(what, set())
    assert rows_of(SECTIONS[section]) - extra == names


def test_reference_has_the_defaults():
    """The reference tells the default of each setting."""
    for item in fields(Site):
        assert f"| `{item.name}` | `{json.dumps(item.default)}` |" in SECTIONS["Settings"]


@pytest.mark.parametrize("target", TARGETS)
def test_reference_has_the_defaults_of_places(target):
    """The reference tells the default of each setting of a deploy target, or that there is none."""
    table = SECTIONS["Deploy"].partition(f"| setting of `{target}` |")[2].partition("\n\n")[0]
    needed = required_settings(TARGETS[target])
    for item in fields(TARGETS[target]):  # type: ignore[arg-type]
        default = "none" if item.name in needed else f"`{json.dumps(item.default)}`"
        assert f"\n| `{item.name}` | {default} |" in table


def test_reference_has_the_limits():
    """The reference tells how many files and redirects a host takes, as its table has it."""
    rows = {name: line for line in SECTIONS["Hosts"].splitlines() for name in re.findall(r"^\| `([^`]+)`", line)}
    for host in load_hosts().values():
        told = [f"{limit.most:,}" for limit in host.limits if limit.of in {"files", "entries"}]
        told += [f"{host.redirects.rules:,} rules"] if host.redirects else []
        assert [figure for figure in told if figure not in rows[host.id]] == []


def test_reference_has_the_fields_of_tables():
    """The reference tells what a field of a table can hold."""
    assert find_missing(FIELDS, SECTIONS["Settings"]) == []


def test_reference_has_the_exit_codes():
    """The reference tells every exit code."""
    assert re.findall(r"^\| (\d+) \|", SECTIONS["Exit codes"], flags=re.MULTILINE) == list(map(str, EXIT_CODES))


def test_reference_has_the_choices():
    """The reference tells what the keys of a profile may say."""
    for choice in (*ORIGINALS, *filter(None, DATE_ORDERS)):
        assert f'`"{choice}"`' in SECTIONS["Outlet profiles"]


def test_reference_has_the_templates():
    """The reference tells what each template knows."""
    names = {path.name for path in builtin_folder().iterdir() if path.is_file()}
    assert find_missing(sorted(names), SECTIONS["Templates"]) == []


def test_contents_of_the_reference():
    """The reference's list of contents names its sections, in their order."""
    text = REFERENCE.read_text(encoding="utf-8").partition("\n## ")[0]
    assert re.findall(r"\[([^]]+)\]\(#", text) == list(SECTIONS)


# --- links and commands --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links(page):
    """Every relative link and picture of the documentation leads somewhere."""
    assert find_dead_links(page, page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_are_there(page):
    """The documentation calls no command that is not there."""
    assert sorted(find_commands(page.read_text(encoding="utf-8")) - set(COMMANDS)) == []


def test_readme_names_every_command():
    """The README's table has a line for each command."""
    table = rows_of((ROOT / "README.md").read_text(encoding="utf-8"))
    calls = {re.sub(r"^cermin ?", "", call).split(" ")[0] for call in table if call.startswith("cermin")}
    assert calls == {"", *COMMANDS}


def test_every_page_is_linked():
    """From the README every page of the documentation can be reached."""
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        links = (urlsplit(link) for link in iter_links(page.read_text(encoding="utf-8")))
        waiting += [(page.parent / link.path).resolve() for link in links if link.path and not link.scheme]
    assert reached >= set(PAGES)


# --- the finders find ----------------------------------------------------------------------------------------------


def test_sees_what_is_missing():
    """A name that is only part of another, or stands in prose alone, is missing."""
    text = "| `list_size` | x |\n`cermin build` and `--jobs N`; title"
    assert find_missing(["list", "size", "title", "list_size", "cermin build", "cermin", "--jobs"], text) == [
        "list",
        "size",
        "title",
    ]


def test_sees_dead_links(tmp_path):
    """A link to a missing file, picture or heading is found; one in an example is none."""
    (tmp_path / "b.md").write_text("# A heading: of `it`\n", encoding="utf-8")
    text = (
        "[a](b.md) [a](b.md#a-heading-of-it) ![a](https://x.id/a.png) `[a](none.md)`\n```\n[a](none.md)\n```\n"
        '[a](c.md) ![a](d.png) [a](b.md#e) <img src="f.png" alt=""> [a](#g)'
    )
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    assert find_dead_links(tmp_path / "a.md", text) == ["c.md", "d.png", "b.md#e", "#g", "f.png"]


def test_sees_commands():
    """Commands are found in tables, in prose and in examples."""
    text = (
        "| `cermin biuld` | x |\n```\n$ cermin -C kabar impotr a.txt\ncermin serev\n```\n"
        "cermin is `cermin` and `cermin --help`, `cermin.toml`"
    )
    assert find_commands(text) == {"biuld", "impotr", "serev"}
