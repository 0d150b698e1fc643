"""Signatures: made by the real ssh-keygen, in a build and in a check, and refused in plain words."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from cermin import pipeline
from cermin.config import load_config
from cermin.errors import SignatureError
from cermin.report import MemoryReporter
from cermin.signing import check_signature, sign
from tests.conftest import do_without
from tests.mirrors import article

PLACE = "manifest.json.sig"


@pytest.fixture
def key(tmp_path: Path):
    """Return a maker of keys: ``key("desk")`` gives the path of a private key; the public one stands beside it."""
    if not shutil.which("ssh-keygen"):
        do_without("ssh", "ssh-keygen is not on PATH")

    def make(name: str, passphrase: str = "") -> Path:
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", f"{name}@example.org"]
        subprocess.run([*command, "-f", tmp_path / name], check=True)
        return tmp_path / name

    return make


def test_public_key(key):
    """What a key signed is its own, by its public half."""
    desk = key("desk")
    assert check_signature(desk.with_suffix(".pub"), b"a", sign(desk, b"a"), PLACE) == "desk@example.org"


def test_allowed_signers(key, tmp_path):
    """A file of allowed signers tells who signed."""
    lines = [f"{name}@newsroom {key(name).with_suffix('.pub').read_text()}" for name in ("ana", "budi")]
    signers = tmp_path / "signers"
    signers.write_text("# the desk\n" + "".join(lines))
    assert check_signature(signers, b"a", sign(tmp_path / "budi", b"a"), PLACE) == "budi@newsroom"


def test_what_is_no_good(key):
    """A signature of another key, of other data, for another purpose, or none at all is refused, and why is said."""
    desk, other = key("desk"), key("other")
    public, signature = desk.with_suffix(".pub"), sign(desk, b"a")
    command = ["ssh-keygen", "-Y", "sign", "-q", "-n", "git", "-f", desk]
    for_git = subprocess.run(command, input=b"a", check=True, capture_output=True).stdout
    for data, signed, verdict in (
        (b"a", sign(other, b"a"), f"not signed by a key in {public}"),
        (b"b", signature, "not a signature of what stands there"),
        (b"a", for_git, "namespace does not match"),
        (b"a", b"<!doctype html>", "not a signature of OpenSSH"),
        (b"a", signature[:90], "not signed"),
    ):
        with pytest.raises(SignatureError, match=verdict) as error:
            check_signature(public, data, signed, PLACE)
        assert error.value.faults[0].place == PLACE
        assert error.value.faults[0].hint


def test_keys_that_are_no_good(key, tmp_path):
    """A key that is not there, or whose passphrase nobody types, is told at once; nothing waits."""
    locked = key("locked", "secret")
    for path, verdict in ((tmp_path / "none", "no such key"), (locked, "passphrase")):
        with pytest.raises(SignatureError, match=verdict):
            sign(path, b"a")
    for path, verdict in ((tmp_path / "none", "cannot be read"), (locked, "private key")):
        with pytest.raises(SignatureError, match=verdict):
            check_signature(path, b"a", b"", PLACE)


def test_builds_are_signed(key, mirror, run):
    """A build signs its manifest when that changed, drops the signature when nobody wants it, and makes it anew."""
    desk = key("desk")
    root = mirror(content={"kaca/2024/06/a.md": article()}, settings=f'[manifest]\nsigning_key = "{desk}"\n')
    signature, manifest = root / "output/manifest.json.sig", root / "output/manifest.json"
    public = desk.with_suffix(".pub")
    assert run("build", cwd=root).code == 0
    check_signature(public, manifest.read_bytes(), signature.read_bytes(), PLACE)
    before = signature.stat()
    assert run("build", cwd=root).code == 0
    assert signature.stat().st_mtime_ns == before.st_mtime_ns
    (root / "content/kaca/2024/06/b.md").write_text(article("Lain"))
    assert run("build", cwd=root).code == 0
    check_signature(public, manifest.read_bytes(), signature.read_bytes(), PLACE)
    (root / "cermin.toml").write_text("")
    assert run("build", cwd=root).code == 0
    assert not signature.exists()
    (root / "cermin.toml").write_text('[manifest]\nsigning_key = "desk"\n')  # a path from the mirror's folder
    shutil.copy(desk, root / "desk")
    assert run("build", cwd=root).code == 0
    check_signature(public, manifest.read_bytes(), signature.read_bytes(), PLACE)


def test_preview_asks_for_no_key(key, mirror, run, tmp_path):
    """What a preview builds drops the signature of what was there before and makes none, and a deploy warns of it."""
    place = tmp_path / "web"
    settings = f'[manifest]\nsigning_key = "{key("desk")}"\n[deploy.web]\ntarget = "folder"\npath = "{place}"\n'
    root = mirror(content={"kaca/2024/06/a.md": article()}, settings=settings)
    signature = root / "output/manifest.json.sig"
    assert run("build", cwd=root).code == 0
    config, report = load_config(root), MemoryReporter()
    pipeline.build(config, report, signs=False)
    assert signature.exists()
    (root / "content/kaca/2024/06/b.md").write_text(article("Lain"))
    pipeline.build(config, report, signs=False)
    assert not signature.exists()
    ran = run("deploy", cwd=root)
    assert (ran.code, "the last build is not signed" in ran.err) == (0, True)
    assert run("build", cwd=root).code == 0
    ran = run("deploy", cwd=root)
    assert (ran.code, ran.err, (place / signature.name).exists()) == (0, "", True)


def test_build_that_cannot_sign(key, mirror, run):
    """Where signing fails the site is built, the old signature is gone, and every build says so until it works."""
    desk = key("desk")
    root = mirror(content={"kaca/2024/06/a.md": article()}, settings=f'[manifest]\nsigning_key = "{desk}"\n')
    assert run("build", cwd=root).code == 0
    desk.rename(desk.with_name("away"))
    (root / "content/kaca/2024/06/b.md").write_text(article("Lain"))
    for _ in range(2):
        ran = run("build", cwd=root)
        assert ran.code == 1
        assert f"error: {desk}: no such key" in ran.err
        assert (root / "output/kaca/2024/06/b.html").is_file()
        assert not (root / "output/manifest.json.sig").exists()
    desk.with_name("away").rename(desk)
    assert run("build", cwd=root).code == 0
    assert (root / "output/manifest.json.sig").is_file()
