"""What hosts take: the table, and whether a site keeps within it, also before it is built."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cermin import pipeline
from cermin.config import load_config
from cermin.hosts import Host, Limit, Measure, compare, load_hosts, measure
from cermin.report import MemoryReporter
from tests.mirrors import article, build

SMALL = Measure(10, 12, 10_000, ("a.bin", 5000), "a/b.html", 0)
MEASURES = ("files", "entries", "bytes", "file", "redirects", "path")


def many(count: int) -> dict[str, str]:
    """Return so many articles of two outlets."""
    return {
        f"{('alfa', 'beta')[number % 2]}/2024/0{number % 9 + 1}/a{number}.md": article(
            f"Judul {number}", "Hujan turun sejak pagi. " * 30, date=f"2024-0{number % 9 + 1}-03", tags=["Hujan"]
        )
        for number in range(count)
    }


# --- the table -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", load_hosts().values(), ids=lambda host: host.id)
def test_figures_have_a_source(host):
    """Each figure names the page that tells it and the day on which it was read, and no figure is nothing."""
    for told in (*host.limits, *filter(None, [host.redirects])):
        assert told.source.startswith("https://")
        assert date(2024, 1, 1) < told.read <= date.today()  # noqa: DTZ011 - a day is a day
    for limit in host.limits:
        assert limit.of in MEASURES
        assert limit.most > 0


def test_hosts_of_the_issue():
    """The hosts that mirrors are put on are known, with the limits that are known of them."""
    hosts = load_hosts()
    limits = {(host.id, limit.of): limit.most for host in hosts.values() for limit in host.limits}
    assert limits["github-pages", "bytes"] == 10**9
    assert limits["gitlab-pages", "entries"] == 200_000
    assert (limits["cloudflare-pages", "files"], limits["cloudflare-pages-paid", "files"]) == (20_000, 100_000)
    assert limits["cloudflare-pages", "file"] == 25 * 1024 * 1024
    assert {"netlify", "s3", "codeberg-pages", "vps", "usb-stick"} < hosts.keys()


# --- comparing -----------------------------------------------------------------------------------------------------

OF_EACH = {
    "files": SMALL._replace(files=101),
    "entries": SMALL._replace(entries=101),
    "bytes": SMALL._replace(bytes=101),
    "file": SMALL._replace(largest=("a", 101)),
    "redirects": SMALL._replace(redirects=101),
    "path": SMALL._replace(longest="é" * 50 + "a"),
}


@pytest.mark.parametrize("of", MEASURES)
def test_beyond_a_limit(of):
    """What is beyond a limit is a fault that tells both figures and where they come from."""
    limit = Limit(of, 100, "https://example.org/limits", date(2026, 1, 2))
    faults, warnings = compare(Host("x", "X", (limit,)), OF_EACH[of]._replace(**_within(of)))
    assert len(faults) == 1
    assert not warnings
    assert "101" in faults[0].verdict
    assert "100" in faults[0].verdict
    assert "https://example.org/limits, read on 2026-01-02" in faults[0].verdict


def _within(of: str) -> dict[str, Any]:
    """Return small values for all but one measure."""
    small: dict[str, Any] = {"files": 1, "entries": 1, "bytes": 1, "largest": ("a", 1), "redirects": 0, "longest": "a"}
    return {name: value for name, value in small.items() if name != {"file": "largest", "path": "longest"}.get(of, of)}


@pytest.mark.parametrize(("files", "count"), [(80, 0), (81, 1), (100, 1)])
def test_near_a_limit(files, count):
    """Beyond four fifths of a limit is a warning, and no fault."""
    host = Host("x", "X", (Limit("files", 100, "", date(2026, 1, 2)),))
    faults, warnings = compare(host, SMALL._replace(files=files))
    assert (len(faults), len(warnings)) == (0, count)


def test_advice_is_no_fault():
    """What a host advises against is a warning."""
    host = Host("x", "X", (Limit("files", 5, "", date(2026, 1, 2), firm=False),))
    faults, warnings = compare(host, SMALL)
    assert (len(faults), len(warnings)) == (0, 1)


def test_says_what_to_change():
    """A fault names the ways out: a plan, leaving search out, dividing the mirror, the hosts that take it."""
    site = SMALL._replace(files=30_000, search_files=500)
    hint = compare(load_hosts()["cloudflare-pages"], site).faults[0].hint
    assert "cloudflare-pages-paid" in hint
    assert "search = false saves 500 files" in hint
    assert "each outlet" in hint
    assert "github-pages" in hint


def test_measure(tmp_path):
    """A site is measured as its files are: how many, how large, how deep."""
    for path, size in {"index.html": 5, "a/b/long-é.html": 50, "search/x/t.bin": 7, "_redirects": 0}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"x" * size)
    (tmp_path / "_redirects").write_text("# old\n/a /b 301\n\n/c /d 301\n", encoding="utf-8")
    size = (tmp_path / "_redirects").stat().st_size
    expected = Measure(4, 8, 62 + size, ("a/b/long-é.html", 50), "a/b/long-é.html", 2, 1, 7)
    assert measure(tmp_path) == expected


# --- check --host --------------------------------------------------------------------------------------------------


def test_budget_before_the_build(mirror, run):
    """Before a site is built its size is told from its articles, and said to be an estimate."""
    root = mirror(content=many(90))
    ran = run("check", "--host", "github-pages", cwd=root)
    assert ran.code == 0
    assert "estimated: 90 articles" in ran.out
    assert not (root / "output").exists()


@pytest.mark.parametrize("settings", ["", '[site]\nlist_size = 5\nbase_url = "https://example.org/"\n'])
def test_estimate_is_near(mirror, settings):
    """An estimate is near to what is built."""
    root = mirror(content=many(300), settings=settings)
    config = load_config(root)
    about = pipeline.measure(config, MemoryReporter())
    build(root)
    built = pipeline.measure(config, MemoryReporter())
    assert about.estimate
    assert not built.estimate
    assert about.files == pytest.approx(built.files, rel=0.25, abs=60)
    assert about.bytes == pytest.approx(built.bytes, rel=0.4)
    assert about.longest == max((path for path in _articles(root)), key=lambda path: len(path.encode()))


def _articles(root: Path) -> list[str]:
    return sorted(
        path.relative_to(root / "content").with_suffix(".html").as_posix() for path in root.glob("content/**/*.md")
    )


def test_measures_what_is_built(mirror, run):
    """A site that is built is measured; one that lacks many of its articles is estimated."""
    root = mirror(content=many(10), settings='[site]\nhost = "netlify"\n')
    build(root)
    ran = run("check", cwd=root)
    assert ran.code == 0
    assert "Netlify: " in ran.out
    assert "estimated" not in ran.out
    for path, text in many(20).items():
        (root / "content" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "content" / path).write_text(text, encoding="utf-8")
    assert "estimated: 20 articles" in run("check", "--host", "s3", cwd=root).out


def test_too_much_fails(mirror, run):
    """A site that a host does not take fails the check."""
    root = mirror(content=many(3))
    build(root)
    with (root / "output/big.bin").open("wb") as file:
        file.truncate(101_000_000)
    ran = run("check", "--host", "github-pages", cwd=root)
    assert ran.code == 1
    assert "output/big.bin" in ran.err
    assert "100.00 MB" in ran.err


def test_hosts_of_places(mirror, run):
    """Without --host the site is compared with the hosts of all places that it goes to, each once."""
    places = "".join(
        f'[deploy.{name}]\ntarget = "folder"\npath = "../{name}"\nhost = "{host}"\n'
        for name, host in {"a": "netlify", "b": "usb-stick", "c": "netlify"}.items()
    )
    root = mirror(content=many(3), settings=f'[site]\nhost = "s3"\n{places}')
    build(root)
    told = [line.partition(":")[0] for line in run("check", cwd=root).out.splitlines()[:-1]]
    assert told == ["S3, and what speaks its protocol", "Netlify", "a USB stick or disk"]


def test_unknown_host(mirror, run):
    """A host that is not known is a wrong call, answered with a guess and with those that are; so is a setting."""
    root = mirror(content=many(1))
    ran = run("check", "--host", "cloudflar-pages", cwd=root)
    assert ran.code == 2
    assert 'did you mean "cloudflare-pages"?' in ran.err
    (root / "cermin.toml").write_text('[site]\nhost = "githup-pages"\n', encoding="utf-8")
    ran = run("build", cwd=root)
    assert ran.code == 1
    assert 'did you mean "github-pages"?' in ran.err
    assert "codeberg-pages" in ran.err


def test_help_names_the_hosts(run):
    """`check --help` names every host."""
    told = "".join(run("check", "--help").out.split())
    assert [name for name in load_hosts() if name not in told] == []
