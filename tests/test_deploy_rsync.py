from __future__ import annotations

import os
import shlex
import stat
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from cermin.deploy import rsync
from cermin.deploy.rsync import Rsync
from cermin.errors import ConfigError, DeployError
from tests.conftest import tree
from tests.deploying import RsyncPlace, deploy, site, write_site
from tests.servers import descendants

TEXTS = {"a": "Satu", "b": "Dua", "c": "Tiga"}


@pytest.fixture
def place(tmp_path):
    """Make a folder behind ssh."""
    (tmp_path / "place").mkdir()
    with closing(RsyncPlace(tmp_path / "place")) as made:
        yield made


@pytest.fixture
def root(mirror, place):
    """Make a mirror that is deployed to the folder."""
    return mirror(settings=f"[deploy.a]\n{place.settings}")


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Return a maker of programs that are found before the system's."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def make(name, text):
        (folder / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
        return folder / name

    return make


def settings_with(place, **settings):
    """Return cermin.toml for the place, but for ``settings``."""
    told = {"to": f"{place.server.host}:{place.folder}", "ssh": place.server.client()} | settings
    return '[deploy.a]\ntarget = "rsync"\n' + "".join(f'{name} = """{value}"""\n' for name, value in told.items())


def test_readable_by_a_web_server(root, place):
    """Files and folders can be read by everyone there, whatever the umask is, at either end."""
    before = os.umask(0o077)
    try:
        write_site(root, site(TEXTS))
        deploy(root)
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in place.folder.rglob("*") if path.is_file()}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in place.folder.rglob("*") if path.is_dir()}
    assert (modes, folders) == ({0o644}, {0o755})


def test_folders_that_are_there(root, place):
    """Folders that are there keep their permissions: they may belong to somebody else."""
    write_site(root, site(TEXTS))
    deploy(root)
    place.folder.chmod(0o2775)
    (place.folder / "kaca").chmod(0o2775)
    write_site(root, site({"d": "Empat"}))
    deploy(root)
    write_site(root, site({"d": "Lain"}))
    deploy(root)
    assert stat.S_IMODE(place.folder.stat().st_mode) == stat.S_IMODE((place.folder / "kaca").stat().st_mode) == 0o2775


def test_folder_that_is_made(mirror, place):
    """A folder that is made can be read by everyone, whatever the umask is there."""
    keys = place.server.folder / "authorized_keys"
    text = keys.read_text(encoding="ascii")
    keys.write_text(f'command="umask 077; eval \\"$SSH_ORIGINAL_COMMAND\\"" {text}', encoding="ascii")
    root = mirror(settings=settings_with(place, to=f"{place.server.host}:{place.folder}/new"))
    write_site(root, site(TEXTS))
    deploy(root)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (place.folder / "new").rglob("*") if path.is_dir()}
    assert modes | {stat.S_IMODE((place.folder / "new").stat().st_mode)} == {0o755}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (place.folder / "new").rglob("*.html")} == {0o644}


def test_one_connection(root, place):
    """A deploy connects once."""
    write_site(root, site(TEXTS))
    deploy(root)
    log = (place.server.folder / "log").read_text(encoding="utf-8")
    assert log.count("Accepted publickey") == 1


@pytest.mark.parametrize("name", ["with space", 'it\'s "quoted"', "$(touch hacked); x", "ünï"])
def test_strange_folders(mirror, place, name):
    """The folder there may be called anything; no shell reads its name."""
    place.folder = place.folder.with_name(name)
    root = mirror(settings=settings_with(place, to=f"{place.server.host}:{place.folder}".replace('"', '\\"')))
    whole = write_site(root, site(TEXTS))
    deploy(root)
    assert place.holds() == whole
    assert deploy(root).done.is_nothing


def test_first_folder_is_made(mirror, place):
    """The folder is made where it is missing, but not the one above it, which is told."""
    root = mirror(settings=settings_with(place, to=f"{place.server.host}:{place.folder}/new/site"))
    write_site(root, site(TEXTS))
    with pytest.raises(DeployError, match="No such file or directory") as caught:
        deploy(root)
    assert "make the folder above it" in caught.value.faults[0].hint
    (place.folder / "new").mkdir()
    deploy(root)
    assert (place.folder / "new/site/index.html").is_file()


def test_only_rsync_is_needed(mirror, place):
    """An account that may do nothing but rsync, in one folder, is enough."""
    if not Path("/usr/bin/rrsync").exists():
        pytest.skip("only on systems that have rrsync")
    keys = place.server.folder / "authorized_keys"
    key = keys.read_text(encoding="ascii")
    command = f"/usr/bin/rrsync {shlex.quote(str(place.folder))}"
    keys.write_text(f'restrict,command="{command}" {key}', encoding="ascii")
    root = mirror(settings=settings_with(place, to=f"{place.server.host}:."))
    whole = write_site(root, site(TEXTS))
    deploy(root)
    whole = write_site(root, site({"a": "Lain"}))
    deploy(root)
    assert place.holds() == whole


def test_unknown_host(mirror, place):
    """A machine whose key is not known is refused in ssh's words; nothing waits for an answer that nobody gives."""
    root = mirror(settings=settings_with(place, ssh=place.server.client(known_hosts="none")))
    write_site(root, site(TEXTS))
    with pytest.raises(DeployError, match="Host key verification failed") as caught:
        deploy(root)
    assert "connect once" in caught.value.faults[0].hint
    assert place.holds() == {}


def test_wrong_key(mirror, place):
    """A key that the machine does not know is refused in ssh's words."""
    root = mirror(settings=settings_with(place, ssh=place.server.client(key="stranger")))
    write_site(root, site(TEXTS))
    with pytest.raises(DeployError, match="Permission denied") as caught:
        deploy(root)
    assert "ssh-agent" in caught.value.faults[0].hint


def test_machine_that_is_down(root, place):
    """A machine that does not answer is told as such."""
    write_site(root, site(TEXTS))
    place.server.kill()
    with pytest.raises(DeployError, match="Connection refused"):
        deploy(root)


def test_killed_in_the_middle(root, place, monkeypatch):
    """A machine that fails meanwhile fails the deploy, which tells what is certain; the next one sends the rest."""
    monkeypatch.setattr(rsync, "TOGETHER", 20)
    whole = write_site(root, site({f"n{number}": "x" for number in range(100)}))
    shares = rsync._shares
    seen = 0

    def kill_at_the_third(files):
        nonlocal seen
        for some in shares(files):
            seen += 1
            if seen == 3:
                place.server.kill()
            yield some

    with monkeypatch.context() as patch:
        patch.setattr(rsync, "_shares", kill_at_the_third)
        with pytest.raises(DeployError, match=r"articles; \d+ of \d+ files arrived") as caught:
            deploy(root)
    assert "run the same command again" in caught.value.faults[-1].hint
    arrived = place.holds()
    assert 0 < len(arrived) < len(whole)
    place.server.start()
    deploy(root)
    assert place.holds() == whole


def test_what_a_killed_rsync_leaves(root, place):
    """Half a file that rsync left under its temporary name is taken away by the next deploy; one like it is not."""
    write_site(root, site(TEXTS))
    deploy(root)
    whole = write_site(root, site(TEXTS | {"a": "Lain"}))
    place.put(".cermin-deploy.json", b'{"version": 1, "roots": []}')
    place.put("kaca/2024/06/.a.html.Ab3xYz", b"<link")
    place.put(".htaccess.backup", b"mine")
    deploy(root)
    assert place.holds() == whole | {".htaccess.backup": b"mine"}


def test_full_disk(mirror, place):
    """A machine that has no room fails the deploy in its words, and the next one, when it has, sends the rest."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "none", str(place.folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only on systems where the tests may mount")
    try:
        root = mirror(settings=settings_with(place))
        whole = write_site(root, site(TEXTS) | {f"kaca/2024/07/{n}.html": os.urandom(60_000) for n in range(8)})
        with pytest.raises(DeployError, match="No space left on device") as caught:
            deploy(root)
        assert "make room" in caught.value.faults[0].hint
        subprocess.run(["mount", "-o", "remount,size=4m", str(place.folder)], check=True)
        deploy(root)
        assert place.holds() == whole
    finally:
        subprocess.run(["umount", "-l", str(place.folder)], check=False)


def test_rsync_missing_there(mirror, place, programs):
    """A machine without rsync is told as such."""
    # The server's own PATH is out of reach: a command in the key's line stands for a shell that finds no rsync.
    keys = place.server.folder / "authorized_keys"
    missing = programs("missing", 'echo "bash: line 1: rsync: command not found" >&2; exit 127')
    keys.write_text(f'command="{missing}" {keys.read_text(encoding="ascii")}', encoding="ascii")
    root = mirror(settings=settings_with(place))
    write_site(root, site(TEXTS))
    with pytest.raises(DeployError, match="command not found") as caught:
        deploy(root)
    assert "install rsync on" in caught.value.faults[0].hint


def test_rsync_missing_here(root, monkeypatch, tmp_path):
    """A machine of one's own without rsync is told as such."""
    write_site(root, site(TEXTS))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DeployError, match="not installed on this machine"):
        deploy(root)


@pytest.mark.parametrize("version", ["openrsync: protocol version 29", "rsync  version 2.6.9  protocol version 29", ""])
def test_another_rsync(root, programs, version):
    """What calls itself rsync and is another program, or too old a one, is told as such."""
    write_site(root, site(TEXTS))
    programs("rsync", f"echo '{version}'")
    with pytest.raises(DeployError, match=r"not rsync 3\.1 or newer"):
        deploy(root)


def test_links_at_the_place(root, place, tmp_path):
    """A link at the place is replaced, and nothing behind it is touched."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/index.html").write_bytes(b"mine")
    (place.folder / "kaca").symlink_to(tmp_path / "elsewhere")
    (place.folder / "index.html").symlink_to(tmp_path / "elsewhere/index.html")
    whole = write_site(root, site(TEXTS))
    deploy(root, agreed=True)
    assert not (place.folder / "kaca").is_symlink()
    assert place.holds() == whole
    assert tree(tmp_path / "elsewhere") == {"index.html": b"mine"}


def test_environment_of_rsync(root, place, monkeypatch):
    """What a person set for rsync of their own calls does not change a deploy's."""
    monkeypatch.setenv("RSYNC_RSH", "false")
    monkeypatch.setenv("RSYNC_PARTIAL_DIR", ".parts")
    whole = write_site(root, site(TEXTS))
    deploy(root)
    assert place.holds() == whole


def test_build_meanwhile(root, place, monkeypatch):
    """A file that a build changed while it was sent fails the deploy: the manifest never tells of what is not there."""
    write_site(root, site(TEXTS))
    call = rsync.RsyncSession._call

    def build_first(session, options, paths, ends):
        if "--ignore-times" in options and "kaca/2024/06/a.html" in paths:
            (root / "output/kaca/2024/06/a.html").write_bytes(b"new")
        return call(session, options, paths, ends)

    with monkeypatch.context() as patch:
        patch.setattr(rsync.RsyncSession, "_call", build_first)
        with pytest.raises(DeployError, match="changed since the build"):
            deploy(root)
    assert "manifest.json" not in place.holds()
    whole = write_site(root, site(TEXTS))
    deploy(root)
    assert place.holds() == whole


@pytest.mark.parametrize(
    ("to", "host", "folder"),
    [
        ("example.org:/srv/www", "example.org", "/srv/www"),
        ("me@example.org:www", "me@example.org", "www"),
        ("me@[2001:db8::1]:~/www", "me@[2001:db8::1]", "~/www"),
        ("mirror:a:b", "mirror", "a:b"),
    ],
)
def test_addresses(to, host, folder):
    """An address is a machine, with an account or without, and a folder."""
    assert (Rsync(to).host, Rsync(to).folder) == (host, folder)
    assert list(Rsync(to).faults()) == []


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        ('to = "/srv/www"', "does not say where"),
        ('to = "rsync://example.org/www"', "does not say where"),
        ('to = "example.org::www"', "does not say where"),
        ('to = "-oProxyCommand=x:/srv"', "does not say where"),
        ('to = "me@-x:/srv"', "does not say where"),
        ('to = "example.org:"', "names no folder"),
        ('to = "example.org:/a\\nb"', "names no folder"),
        ('to = "example.org:/srv"\nssh = "ssh \'"', "ssh cannot be read"),
        ('to = "example.org:/srv"\nssh = ""', "ssh is empty"),
        ("", "does not say to"),
    ],
)
def test_faults_of_settings(mirror, lines, verdict):
    """Settings that cannot be meant are told before anything is asked of a machine."""
    root = mirror(settings=f'[deploy.a]\ntarget = "rsync"\n{lines}\n')
    write_site(root, site(TEXTS))
    with pytest.raises(ConfigError, match=verdict):
        deploy(root)


def test_nothing_is_left_running(root, monkeypatch):
    """No process outlives a deploy, nor does a file of its own."""
    write_site(root, site(TEXTS))
    with tempfile.TemporaryDirectory(prefix="deploy") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        before = set(descendants(os.getpid()))
        deploy(root)
        assert set(descendants(os.getpid())) <= before
        assert not [entry for entry in Path("/proc").glob("[0-9]*/cmdline") if folder.encode() in _read(entry)]
        assert list(Path(folder).iterdir()) == []


def test_long_path_of_temporary_files(root, place, tmp_path, monkeypatch):
    """Where the path of a shared connection would be too long for a socket, each call connects by itself."""
    folder = tmp_path / ("long" * 20)
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    whole = write_site(root, site(TEXTS))
    deploy(root)
    assert place.holds() == whole
    assert (place.server.folder / "log").read_text(encoding="utf-8").count("Accepted publickey") > 5


def _read(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""
