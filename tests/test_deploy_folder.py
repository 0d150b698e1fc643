"""What holds for deploys to a folder alone: links, full disks, folders of the mirror, processes that are killed."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from cermin.deploy.folder import TEMPORARY
from cermin.deploy.plan import JOURNAL
from cermin.errors import DeployError
from cermin.manifest import ROOT
from tests.conftest import ROOT as REPOSITORY
from tests.conftest import tree
from tests.deploying import deploy, site, write_site

TEXTS = {"a": "Satu", "b": "Dua", "c": "Tiga"}


@pytest.fixture
def public(tmp_path):
    """Return the place of a folder that is not there yet."""
    return tmp_path / "public"


@pytest.fixture
def root(mirror, public):
    """Make a mirror that is deployed to the folder."""
    return mirror(settings=f'[deploy.web]\ntarget = "folder"\npath = "{public}"\n')


def test_other_file_system(mirror, small_disk):
    """A folder on another disk is deployed to like any other."""
    root = mirror(settings=f'[deploy.stick]\ntarget = "folder"\npath = "{small_disk}/mirror"\n')
    whole = write_site(root, site(TEXTS))
    deploy(root)
    assert tree(small_disk / "mirror") == whole
    whole = write_site(root, site(TEXTS, style="b"))
    deploy(root)
    assert tree(small_disk / "mirror") == whole


def test_full_disk(mirror, small_disk):
    """A disk that is full stops the deploy with what arrived; what readers have stays whole; later the rest comes."""
    root = mirror(settings=f'[deploy.stick]\ntarget = "folder"\npath = "{small_disk}/mirror"\n')
    old = write_site(root, site(TEXTS))
    deploy(root)
    large = {f"foto/{number}.bin": bytes([number]) * 40_000 for number in range(10)}
    whole = write_site(root, site(TEXTS, style="b") | large)
    with pytest.raises(DeployError) as caught:
        deploy(root)
    words = [fault.verdict for fault in caught.value.faults]
    assert words[0] == "no space left on device"
    assert words[1].startswith("stopped while sending lists and feeds; ")
    assert " files arrived (" in words[1]
    assert "it goes on from there" in caught.value.faults[1].hint
    there = tree(small_disk / "mirror")
    assert TEMPORARY not in there
    assert there[ROOT] == old[ROOT]
    subprocess.run(["mount", "-o", "remount,size=4m", str(small_disk)], check=True)
    arrived = {path for path in large if there.get(path) == large[path]}
    assert arrived
    assert not arrived.intersection(deploy(root).sent)
    assert tree(small_disk / "mirror") == whole


def test_disk_is_not_mounted(mirror, tmp_path):
    """Where the folder above is missing, nothing is made: the disk is not mounted."""
    root = mirror(settings=f'[deploy.stick]\ntarget = "folder"\npath = "{tmp_path}/stick/mirror"\n')
    write_site(root, site(TEXTS))
    with pytest.raises(DeployError, match="there is no folder above it"):
        deploy(root)
    assert not (tmp_path / "stick").exists()


@pytest.mark.parametrize(
    "path", [".", "..", "output", "output/x", "content", "seeds/x", ".cermin", "here", "cermin.toml"]
)
def test_folders_of_the_mirror(mirror, path):
    """The mirror, what holds it and what is part of it are refused, also by way of a link."""
    root = mirror(settings=f'[deploy.web]\ntarget = "folder"\npath = "{path}"\n', content={}, seeds={"x/a.txt": ""})
    write_site(root, site(TEXTS))
    (root / "here").symlink_to(root)
    before = tree(root)
    with pytest.raises(DeployError) as caught:
        deploy(root)
    assert caught.value.faults[0].hint
    assert {path for path in tree(root) if not path.startswith(".cermin")} == set(before)


def test_relative_path(mirror):
    """A relative path begins at the mirror's folder, wherever cermin was started."""
    root = mirror(settings='[deploy.web]\ntarget = "folder"\npath = "public"\n')
    whole = write_site(root, site(TEXTS))
    deploy(root)
    assert tree(root / "public") == whole


def test_links_are_not_followed(root, public, tmp_path):
    """A link at the place never leads a deploy out of it: neither to write, nor to read, nor to delete."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.html").write_bytes(b"mine")
    write_site(root, site(TEXTS))
    deploy(root)
    shutil.rmtree(public / "kaca/2024/06")
    (public / "kaca/2024/06").symlink_to(outside)
    with pytest.raises(DeployError, match="is a link, which is not followed"):
        deploy(root, agreed=True)
    write_site(root, site({}))
    deploy(root, agreed=True)
    assert tree(outside) == {"a.html": b"mine"}


def test_a_link_in_place_of_a_file(root, public, tmp_path):
    """A link that stands where a file belongs is replaced, and what it leads to is left alone."""
    (tmp_path / "mine.txt").write_bytes(b"mine")
    whole = write_site(root, site(TEXTS))
    deploy(root)
    for name in ("index.html", ROOT, TEMPORARY):
        (public / name).unlink(missing_ok=True)
        (public / name).symlink_to(tmp_path / "mine.txt")
    deploy(root, agreed=True)
    assert tree(public) == whole
    assert not (public / "index.html").is_symlink()
    assert (tmp_path / "mine.txt").read_bytes() == b"mine"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are text")
def test_names_that_are_no_text(root, public):
    """Files of others may be called whatever a file system allows."""
    public.mkdir()
    for name in ("\udcff", "a\nb", "a\\b"):  # the first is the byte FF
        (public / name).mkdir()
        (public / name / "x").write_bytes(b"mine")
    write_site(root, site(TEXTS))
    deploy(root, agreed=True)
    whole = write_site(root, site({"a": "Lain"}))
    assert deploy(root).done.plan.foreign == 3
    mine = {path: data for path, data in tree(public).items() if path.endswith("/x")}
    assert len(mine) == 3
    assert tree(public) == whole | mine


def test_hostile_manifest(root, public, tmp_path):
    """A manifest at the place that names paths outside of it is refused: nothing there is deleted."""
    mine = tmp_path / "mine.txt"
    mine.write_bytes(b"mine")
    write_site(root, site(TEXTS))
    deploy(root)
    part = next((public / "manifest").iterdir())
    part.write_bytes(part.read_bytes().replace(b"kaca/2024/06/a.html", b"../mine.txt"))
    (public / JOURNAL).write_bytes(b'{"version": 1, "roots": ["{}", 7, "\\ud800"]}')
    whole = write_site(root, site({"b": "Dua"}))
    deploy(root, agreed=True)
    assert mine.read_bytes() == b"mine"
    there = tree(public)
    assert {path: there[path] for path in whole} == whole


def test_read_only_files(root, public):
    """Files at the place that are read-only are replaced nevertheless, and all can be read by a web server."""
    write_site(root, site(TEXTS))
    deploy(root)
    for path in public.rglob("*.html"):
        path.chmod(0o444)
    whole = write_site(root, site(TEXTS, style="b"))
    deploy(root)
    assert tree(public) == whole
    assert {path.stat().st_mode & 0o444 for path in public.rglob("*") if path.is_file()} == {0o444}


def test_killed(root, public):
    """A deploy that is killed dead, wherever, leaves no half file under a name, and the next brings the rest."""
    write_site(root, site(TEXTS))
    deploy(root)
    killed = moment = 0
    while moment == killed:
        whole = write_site(root, site({"b": "Dua", "d": "Empat"}, style="b"))
        code = (
            "import sys; sys.path.insert(0, sys.argv[1])\n"
            "from pathlib import Path\n"
            "from tests.cut_short import die_at\n"
            "from tests.deploying import deploy\n"
            "die_at(int(sys.argv[3])); deploy(Path(sys.argv[2]))"
        )
        command = [sys.executable, "-c", code, str(REPOSITORY), str(root), str(moment)]
        ran = subprocess.run(command, check=False, capture_output=True)
        assert ran.returncode in {0, 9}, ran.stderr.decode()
        killed += ran.returncode == 9
        old = set(site(TEXTS).values())
        for path, data in tree(public).items():
            assert data in old or path in {TEMPORARY, JOURNAL} or path.startswith("manifest") or data == whole[path]
        deploy(root)
        assert tree(public) == whole
        write_site(root, site(TEXTS))
        deploy(root)
        moment += 7
        killed += 6 * (ran.returncode == 9)
    assert moment > 40
