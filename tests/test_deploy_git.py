"""What holds for deploys to a branch alone: one commit, other people's commits, other people's settings of git."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import threading
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cermin import pipeline
from cermin.config import load_config
from cermin.deploy import Terms
from cermin.errors import DeployError
from cermin.report import MemoryReporter
from tests.conftest import tree
from tests.deploying import CLEAN, GitPlace, deploy, site, write_site
from tests.servers import Sshd

TEXTS = {"a": "Satu", "b": "Dua", "c": "Tiga"}


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch):
    """Have git know no settings of the person who runs the tests."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def remote(tmp_path):
    """Make a bare repository."""
    return GitPlace(tmp_path)


@pytest.fixture
def root(mirror, remote):
    """Make a mirror that is deployed to the repository."""
    return mirror(settings=f"[deploy.pages]\n{remote.settings}")


def git(folder, *words):
    """Run git as a person would in a folder."""
    return subprocess.run(["git", *words], cwd=folder, env=CLEAN, check=True, capture_output=True, text=True).stdout


def test_one_commit(root, remote):
    """However often a site is deployed, its branch has one commit without a parent, made by nobody at this machine."""
    for number in range(3):
        write_site(root, site(TEXTS | {"a": str(number)}))
        told = deploy(root)
    log = git(remote.repository, "log", "--format=%H %an <%ae> %cd %P|%s", "--date=iso", "pages").splitlines()
    assert len(log) == 1
    assert re.fullmatch(r"\w{40} cermin <cermin@localhost> [-0-9]+ [:0-9]+ \+0000 \|Site as built by cermin", log[0])
    assert log[0].startswith(told.done.note.removeprefix("commit "))
    assert git(remote.repository, "fsck", "--strict", "--no-dangling").strip() in {
        "", "notice: HEAD points to an unborn branch (master)",
    }  # fmt: skip


def test_who_commits(root, remote, monkeypatch, tmp_path):
    """The commit is made by whom git is told to be, in its configuration or by the environment."""
    (tmp_path / "config").write_text("[user]\nname = Sari\nemail = sari@example.org\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    monkeypatch.setenv("GIT_COMMITTER_NAME", "Sari <Dewi>\n")
    write_site(root, site(TEXTS))
    deploy(root)
    assert git(remote.repository, "log", "--format=%cn <%ce>", "pages") == "Sari Dewi <sari@example.org>\n"


def test_files_for_hosts(root, remote):
    """Jekyll is switched off, and `cname` becomes CNAME, also where nothing else changed; it may stay."""
    write_site(root, site(TEXTS))
    deploy(root)
    names = git(remote.repository, "ls-tree", "--name-only", "pages").split()
    assert ".nojekyll" in names
    assert "CNAME" not in names
    with (root / "cermin.toml").open("a", encoding="utf-8") as settings:
        settings.write('cname = "berita.example.org"\n')
    assert deploy(root, is_dry=True).done.unsettled == "CNAME"
    assert deploy(root).done.plan.files == 0
    assert git(remote.repository, "show", "pages:CNAME") == "berita.example.org\n"
    assert deploy(root).done.is_nothing
    (root / "cermin.toml").write_text(f"[deploy.pages]\n{remote.settings}", encoding="utf-8")
    assert deploy(root).done.plan.foreign == 1


def test_an_edit_sends_what_changed(root, remote):
    """An edit in a large site sends the objects that it changed, though the two commits have nothing in common."""
    many = {f"lain/{number % 50}/{number}.html": b"x%d" % number for number in range(400)}
    write_site(root, site(TEXTS) | many)
    deploy(root)
    before = count_objects(remote)
    write_site(root, site(TEXTS) | many | {"lain/3/53.html": b"y"})
    deploy(root)
    assert count_objects(remote) - before <= 10


def count_objects(remote):
    """Return how many objects a repository holds."""
    counts = dict(re.findall(r"([\w-]+): (\d+)", git(remote.repository, "count-objects", "-v")))
    return int(counts["count"]) + int(counts["in-pack"])


def test_from_another_machine(root, remote):
    """Where the cache was deleted, or a deploy comes from elsewhere, it goes on from what the branch holds."""
    write_site(root, site(TEXTS))
    deploy(root)
    shutil.rmtree(root / ".cermin")
    assert deploy(root).done.is_nothing
    shutil.rmtree(root / ".cermin")
    whole = write_site(root, site(TEXTS | {"a": "Lain"}))
    assert "kaca/2024/06/b.html" not in deploy(root).sent
    assert remote.holds() == whole


def test_commits_of_others_are_not_lost_silently(root, remote):
    """A branch that somebody else committed to is replaced only when a person agreed; it is told whose commit it is."""
    write_site(root, site(TEXTS))
    deploy(root)
    remote.put("index.html", b"by hand, of other contents")
    before = remote.holds()
    whole = write_site(root, site(TEXTS | {"d": "Empat"}))
    with pytest.raises(DeployError, match=r"holds what cermin did not commit: \w+, A: Mine") as caught:
        deploy(root)
    assert "--yes" in caught.value.faults[0].hint
    assert remote.holds() == before
    deploy(root, agreed=True)
    assert remote.holds() == whole


def test_history_of_others_is_dropped(root, remote):
    """A branch with a history, of which nothing is known at home, is taken over without fetching that history."""
    for number in range(3):
        remote.put(f"old {number}.html", b"old")
    whole = write_site(root, site(TEXTS))
    deploy(root, agreed=True)
    old = {f"old {number}.html": b"old" for number in range(3)}
    assert remote.holds() == whole | old
    assert git(remote.repository, "rev-list", "--count", "pages").strip() == "1"
    whole = write_site(root, site({"a": "Lain"}))
    assert deploy(root).done.plan.foreign == 3
    assert remote.holds() == whole | old


def test_an_edit_of_the_same_length_is_seen(root, remote):
    """What somebody committed is compared by its bytes, not by its length."""
    whole = write_site(root, site(TEXTS))
    deploy(root)
    remote.put("robots.txt", whole["robots.txt"][::-1])
    deploy(root, agreed=True)
    assert remote.holds() == whole


def test_pushed_meanwhile(root, remote):
    """A commit that comes between looking and pushing stays, and the deploy fails with the way out."""

    class Colleague(MemoryReporter):
        @contextmanager
        def stage(self, words, total=None):
            if words == "Checking files":
                remote.put("index.html", b"theirs")
            with super().stage(words, total) as stage:
                yield stage

    write_site(root, site(TEXTS))
    deploy(root)
    write_site(root, site({"b": "Dua"}))
    with pytest.raises(DeployError, match="rejected") as caught:
        pipeline.deploy(load_config(root), Colleague(), None, Terms())
    assert "somebody pushed" in caught.value.faults[0].hint
    assert caught.value.faults[1].verdict == "all of it arrived or nothing"
    assert remote.holds()["index.html"] == b"theirs"


def test_settings_of_others_change_no_byte(root, remote, monkeypatch, tmp_path):
    """Neither hooks nor filters nor ignored names nor variables of a surrounding git have a part in a deploy."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "pre-push").write_text("#!/bin/sh\nexit 1\n", encoding="ascii")
    (hooks / "pre-push").chmod(0o755)
    (tmp_path / "attributes").write_text("* text eol=crlf\n*.html filter=x export-ignore ident\n", encoding="ascii")
    (tmp_path / "config").write_text(
        f"[core]\nhooksPath = {hooks}\nautocrlf = true\nattributesFile = {tmp_path}/attributes\n"
        f"excludesFile = {tmp_path}/e\n"
        '[filter "x"]\nclean = false\nrequired = true\n[push]\ngpgSign = true\n[init]\ntemplateDir = /nowhere\n',
        encoding="utf-8",
    )
    (tmp_path / "e").write_text("*.html\n", encoding="ascii")
    own = tmp_path / "own"
    git(tmp_path, "init", "--quiet", str(own))
    before = tree(own)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    monkeypatch.setenv("GIT_DIR", str(own / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(own))
    monkeypatch.setenv("GIT_INDEX_FILE", str(own / ".git/index"))
    odd = {"a.txt": b"a\nb\r\nc\r", "b.html": b"$Id$\n", ".gitignore": b"*\n", ".gitattributes": b"* binary\n"}
    whole = write_site(root, site(TEXTS) | odd)
    deploy(root)
    assert remote.holds() == whole
    assert tree(own) == before


def test_name_of_a_remote(mirror, remote):
    """The name of a remote of the mirror's own repository stands for its address; that repository is only read."""
    root = mirror(settings='[deploy.pages]\ntarget = "git"\nremote = "origin"\nbranch = "gh-pages"\n')
    git(root, "init", "--quiet")
    git(root, "remote", "add", "origin", f"file://{remote.repository}")
    before = tree(root / ".git")
    write_site(root, site(TEXTS))
    deploy(root)
    assert "gh-pages" in git(remote.repository, "branch", "--list")
    assert tree(root / ".git") == before


def test_no_such_remote(mirror):
    """A remote that is neither an address nor a path nor a name is told as such."""
    root = mirror(settings='[deploy.pages]\ntarget = "git"\nremote = "orign"\n')
    write_site(root, site(TEXTS))
    with pytest.raises(DeployError, match="neither a repository nor the name of a remote"):
        deploy(root)


def test_path_of_a_remote(mirror, remote):
    """A path of a repository begins at the mirror's folder."""
    path = os.path.relpath(remote.repository, remote.repository.parent / "mirror 1")
    root = mirror(settings=f'[deploy.pages]\ntarget = "git"\nremote = "{path}"\n')
    whole = write_site(root, site(TEXTS))
    deploy(root)
    assert remote.holds() == whole


class Closed(BaseHTTPRequestHandler):
    """A host that wants to know who asks."""

    def do_GET(self):
        """Ask for a password."""
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="pages"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        """Say nothing."""


def test_no_password(mirror):
    """Where a host wants a password and nobody is there to ask, the deploy fails at once in git's own words."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Closed)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/x.git"
        root = mirror(settings=f'[deploy.pages]\ntarget = "git"\nremote = "{address}"\n')
        write_site(root, site(TEXTS))
        with pytest.raises(DeployError, match="could not read Username") as caught:
            deploy(root)
        assert "git ls-remote" in caught.value.faults[0].hint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def sshd(tmp_path):
    """Start an ssh server."""
    with closing(Sshd(tmp_path / "sshd")) as server:
        yield server


@pytest.fixture
def far(mirror, remote, sshd):
    """Make a mirror that is deployed to the repository over ssh."""
    address = f"ssh://{sshd.host}:{sshd.port}{remote.repository}"
    return mirror(settings=f'[deploy.pages]\ntarget = "git"\nremote = "{address}"\n')


def test_over_ssh(far, remote, sshd, monkeypatch):
    """A branch is deployed to over ssh, by the command that git is told to use."""
    monkeypatch.setenv("GIT_SSH_COMMAND", sshd.client())
    whole = write_site(far, site(TEXTS))
    deploy(far)
    assert remote.holds() == whole
    whole = write_site(far, site(TEXTS | {"a": "Lain"}))
    deploy(far)
    assert remote.holds() == whole
    assert deploy(far).done.is_nothing


@pytest.mark.parametrize(
    "case",
    [
        ({"key": "stranger"}, "Permission denied", "look whether your key"),
        ({"known_hosts": "none"}, "Host key verification failed", "connect once with ssh"),
    ],
)
def test_refused_over_ssh(far, remote, sshd, monkeypatch, case):
    """A key that does not open and a host that is not known fail at once, in ssh's words; the right ones mend it."""
    wrong, words, hint = case
    whole = write_site(far, site(TEXTS))
    monkeypatch.setenv("GIT_SSH_COMMAND", sshd.client(**wrong))
    with pytest.raises(DeployError, match=words) as caught:
        deploy(far)
    assert hint in caught.value.faults[0].hint
    assert remote.holds() == {}
    monkeypatch.setenv("GIT_SSH_COMMAND", sshd.client())
    deploy(far)
    assert remote.holds() == whole


def test_server_is_killed(far, remote, sshd, monkeypatch):
    """A server that goes away in the middle leaves the branch as it was; when it is back, the same command mends it."""

    class Outage(MemoryReporter):
        @contextmanager
        def stage(self, words, total=None):
            if words == "Finishing":
                sshd.kill()
            with super().stage(words, total) as stage:
                yield stage

    monkeypatch.setenv("GIT_SSH_COMMAND", sshd.client())
    old = write_site(far, site(TEXTS))
    deploy(far)
    whole = write_site(far, site({"a": "Lain"}))
    with pytest.raises(DeployError, match=r"Connection refused|closed") as caught:
        pipeline.deploy(load_config(far), Outage(), None, Terms())
    assert caught.value.faults[1].verdict == "all of it arrived or nothing"
    assert remote.holds() == old
    sshd.start()
    deploy(far)
    assert remote.holds() == whole


def test_no_git(root, monkeypatch, tmp_path):
    """Without git a deploy says what is missing."""
    monkeypatch.setenv("PATH", str(tmp_path))
    write_site(root, site(TEXTS))
    with pytest.raises(DeployError, match="there is no such program here"):
        deploy(root)


def test_old_objects_are_pruned(root):
    """What was deployed once and is gone does not stay in .cermin/ without end."""
    draw = random.Random(1)  # noqa: S311 - bytes that do not compress
    size = 0
    for _ in range(9):
        files = {f"lain/{number}.bin": draw.randbytes(2000) for number in range(150)}
        size = sum(map(len, files.values()))
        write_site(root, site(TEXTS) | files)
        deploy(root)
    kept = sum(len(data) for data in tree(root / ".cermin/deploy/pages.git").values())
    assert kept < 6 * size


@pytest.mark.parametrize("left", ["objects/pack/tmp_pack_x", "fast_import_crash_7", "refs/cermin/next.lock"])
def test_what_a_killed_git_left(root, remote, left):
    """What a git that was killed left in the private repository stops no later deploy."""
    write_site(root, site(TEXTS))
    deploy(root)
    path = root / ".cermin/deploy/pages.git" / left
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    whole = write_site(root, site({"a": "Lain"}))
    deploy(root)
    assert remote.holds() == whole


def test_damaged_repository(root, remote):
    """A private repository that was damaged is made anew: it is a cache."""
    write_site(root, site(TEXTS))
    deploy(root)
    for path in (root / ".cermin/deploy/pages.git/objects").rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(b"broken")
    whole = write_site(root, site({"a": "Lain"}))
    deploy(root)
    assert remote.holds() == whole
