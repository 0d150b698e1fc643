"""`cermin deploy` as a person meets it: what it says, how it ends, and what it makes of real builds."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from filelock import FileLock

from tests.conftest import ROOT, tree
from tests.deploying import site, write_site
from tests.mirrors import article, build


@pytest.fixture
def root(mirror):
    """Make a mirror with a place."""
    return mirror(settings='[deploy.web]\ntarget = "folder"\npath = "public"\n')


def test_what_is_said(root, run):
    """The command tells what was sent where, that there is nothing to do, and what a dry run would do."""
    write_site(root, site({"a": "Satu"}))
    ran = run("-C", root, "deploy", "--dry-run", "--verbose")
    assert ran.code == 0
    assert "Would send 1 file: articles, 0.1 KB\n  kaca/2024/06/a.html\n" in ran.out
    assert "Would delete 0 files" in ran.out
    ran = run("-C", root, "deploy")
    assert ran.code == 0
    assert ran.out.startswith("Deployed to public: 14 files sent (")
    assert run("-C", root, "deploy", "web").out.startswith("Nothing to do: public holds this build (")
    (root / "public/mine.txt").write_bytes(b"mine")
    assert "Left alone: 1 file that cermin did not put there" in run("-C", root, "deploy").out


def test_no_build(root, run):
    """Without a build the call is wrong, and the way out is told."""
    ran = run("-C", root, "deploy")
    assert ran.code == 2
    assert "holds no build to deploy" in ran.err
    assert "hint: make it with `cermin build`" in ran.err


def test_wrong_calls(root, mirror, run):
    """A place that is not there is a wrong call, faults of settings are faults of the mirror."""
    assert run("-C", root, "deploy", "wbe").code == 2
    assert run("-C", mirror(), "deploy").code == 2
    assert run("-C", mirror(settings="[deploy]\nweb = 7\n"), "deploy").code == 1
    assert run("-C", mirror(settings="[deploy.web]\n"), "deploy").code == 1


def test_refused(root, run):
    """A refusal exits with 1, and --yes goes on."""
    write_site(root, site({"a": "Satu"}))
    (root / "public").mkdir()
    (root / "public/mine.txt").write_bytes(b"mine")
    ran = run("-C", root, "deploy")
    assert ran.code == 1
    assert "error: public: it is not empty, and nothing tells of an earlier deploy: 1 file is there" in ran.err
    assert "--yes" in ran.err
    ran = run("-C", root, "deploy", "--dry-run")
    assert ran.code == 0
    assert "warning: public: it is not empty" in ran.err
    assert run("-C", root, "deploy", "--yes").code == 0


@pytest.mark.parametrize("settings", ['host = "cloudflare-pages"\n', '[site]\nhost = "cloudflare-pages"\n'])
def test_more_than_the_host_takes(root, run, settings):
    """A site that is more than its host takes is asked about before anything is sent, wherever the host is named."""
    with (root / "cermin.toml").open("a", encoding="utf-8") as file:
        file.write(settings)
    write_site(root, site({"a": "Satu"}) | {"foto/large.bin": b"\0" * 26 * 1024 * 1024})
    ran = run("-C", root, "deploy")
    assert ran.code == 1
    assert "error: output/foto/large.bin: the largest file has " in ran.err
    assert "; or go on with --yes" in ran.err
    assert not (root / "public").exists()
    assert run("-C", root, "deploy", "--yes").code == 0


def test_two_at_once(root, run):
    """Two deploys to one place do not run at the same time."""
    write_site(root, site({"a": "Satu"}))
    (root / ".cermin/deploy").mkdir(parents=True)
    with FileLock(root / ".cermin/deploy/web.lock"):
        ran = run("-C", root, "deploy")
    assert ran.code == 1
    assert "another cermin deploys to web" in ran.err
    assert run("-C", root, "deploy").code == 0


def test_interrupted(root):
    """Ctrl-C ends a deploy with 130, what arrived is told, and the same command goes on from there."""
    # More names than a pipe holds that nobody reads: the deploy cannot end before it is told to.
    write_site(root, site({f"{'n' * 50}{number}": "x" for number in range(3000)}))
    command = [sys.executable, str(ROOT / "build.py"), "deploy", "--verbose"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert any(line.startswith("  kaca/2024/06/") for line in process.stdout)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "warning: public: stopped while sending articles; " in said
    assert "hint: run the same command again: it goes on from there" in said
    assert "Traceback" not in said


def test_real_builds(mirror, run):
    """A real build is deployed whole; an edit sends its pages; a warning tells what is not built yet."""
    settings = '[site]\nbase_url = "https://example.org/"\n[deploy.web]\ntarget = "folder"\npath = "public"\n'
    pages = {f"kaca/2024/06/{name}.md": article(name, date="2024-06-01", tags=[name]) for name in "abc"}
    root = mirror(settings=settings, content=pages)
    build(root)
    assert run("-C", root, "deploy").err == ""
    assert tree(root / "public") == tree(root / "output")
    (root / "content/kaca/2024/06/a.md").write_text(article("a", "Lain.", date="2024-06-01", tags=["a"]))
    ran = run("-C", root, "deploy")
    assert ran.out.startswith("Nothing to do")
    assert (
        "warning: deployed is the last build, and since then 1 article file changed\nhint: run `cermin build`"
        in ran.err
    )
    build(root)
    ran = run("-C", root, "deploy", "--verbose")
    assert ran.err == ""
    assert "  kaca/2024/06/a.html\n" in ran.out
    assert "  kaca/2024/06/b.html\n" not in ran.out
    assert tree(root / "public") == tree(root / "output")
    (root / "cermin.toml").write_text(settings.replace("[site]", "[site]\ntitle = 'Kaca'"), encoding="utf-8")
    assert "since then settings changed" in run("-C", root, "deploy").err
