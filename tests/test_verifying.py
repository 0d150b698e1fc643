"""A copy is proven to be true, or what is wrong with it is named: in folders, and at hosts that nobody trusts."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cermin import manifest
from cermin.config import load_config
from cermin.errors import CerminError, ManifestError, PlaceError
from cermin.report import MemoryReporter
from cermin.verifying import Verified, places, verify
from tests.conftest import do_without
from tests.mirrors import article, build, import_seeds, serve

CAPTURE = "Banjir di Kota\n\n1 Juni 2024\n\nHujan turun sejak pagi di seluruh kota, dan sungai meluap.\n"
PAGE = "kaca/2024/06/选举.html"
OTHER = "kaca/2024/06/b.html"


@pytest.fixture
def newsroom(mirror) -> Path:
    """Return a mirror that is built, with a true copy beside output/."""
    files = {PAGE.replace(".html", ".md"): article("选举"), OTHER.replace(".html", ".md"): article("Lain")}
    root: Path = mirror(seeds={"a.txt": CAPTURE}, content=files)
    import_seeds(root)
    build(root)
    shutil.copytree(root / "output", root / "copy")
    return root


def check(root: Path, place: object, **words: Any) -> Verified:
    """Verify a copy from within a mirror."""
    return verify(load_config(root), MemoryReporter(), str(place), **words)


def told(done: Verified) -> dict[str, str]:
    """Return what is said to be wrong, by the path in the copy."""
    return {re.sub(r"^.*/copy/|^http://[^/]*/", "", fault.place): fault.verdict for fault in done.faults}


# --- folders -------------------------------------------------------------------------------------------------------


def test_true_copy(newsroom, tmp_path):
    """A true copy is found so, from within its mirror and by whoever has the copy alone."""
    done = check(newsroom, newsroom / "copy")
    assert (done.faults, done.differing, done.missing, done.added, done.captures) == ((), 0, 0, 0, 1)
    assert done.same == done.files
    assert done.files == sum(not manifest.is_own(path) for path in files_of(newsroom / "copy"))
    assert done.build == build(newsroom).build
    alone = check(tmp_path, newsroom / "copy")
    assert (alone.faults, alone.files, alone.build, alone.captures) == ((), done.files, done.build, 0)


def files_of(folder: Path) -> set[str]:
    """Return the paths of the files below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_what_is_wrong_is_named(newsroom, tmp_path):
    """Each file that differs, is missing or was added is named, and no other."""
    copy = newsroom / "copy"
    same = (copy / "index.html").read_bytes()
    (copy / "index.html").write_bytes(same.replace(b"<", b">", 1))
    (copy / PAGE).write_bytes((copy / PAGE).read_bytes() + b" ")
    (copy / "about.html").write_bytes(b"")
    (copy / "404.html").unlink()
    (copy / OTHER).unlink()
    (copy / OTHER).mkdir()
    (copy / "feed.xml").unlink()
    os.mkfifo(copy / "feed.xml")
    for name in ("aaa.html", "kaca/2024/06/zzz.html", "zzz/z.txt", ".well-known/x", "manifest/0123456789abcdef.json"):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text("x")
    for name in (".nojekyll", "CNAME", ".git/config"):  # what hosts and git keep beside a site
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_text("x")
    for root in (newsroom, tmp_path):
        done = check(root, copy)
        wrong = told(done)
        added = {path for path, verdict in wrong.items() if verdict == "added: the manifest does not list it"}
        assert added == {
            "aaa.html", "kaca/2024/06/zzz.html", "zzz/z.txt", ".well-known/x", "manifest/0123456789abcdef.json"
        }  # fmt: skip
        assert wrong["404.html"] == "missing"
        assert re.match(r"not the file of this build: SHA-256 \w+…, not \w+…", wrong["index.html"])
        assert re.match(r"not the file of this build: more bytes, not \d+", wrong[PAGE])
        assert re.match(r"not the file of this build: 0 bytes, not \d+", wrong["about.html"])
        assert (wrong[OTHER], wrong["feed.xml"]) == ("not a file", "not a file")
        assert (done.differing, done.missing, done.added) == (5, 1, 5)
        assert len(wrong) == 11


def test_forged_copy(newsroom, tmp_path):
    """Pages that are forged with their manifest are true to themselves, and found from within the mirror."""
    copy = newsroom / "copy"
    forge(newsroom, copy)
    assert check(tmp_path, copy).faults == ()
    done = check(newsroom, copy)
    assert told(done)["manifest.json"].startswith("of build ")
    assert PAGE in told(done)
    assert check(newsroom, copy, against=str(copy)).faults == ()
    assert told(check(tmp_path, copy, against=str(newsroom / "output"))) == told(done)
    assert told(check(tmp_path, copy, against=str(newsroom / "output/manifest.json"))) == told(done)


def forge(root: Path, copy: Path) -> None:
    """Change an article in a copy of a site as a forger does, who builds it anew."""
    other = root.with_name("forger")
    shutil.copytree(root, other, ignore=shutil.ignore_patterns("output", "copy", ".cermin"))
    (other / "content" / PAGE.replace(".html", ".md")).write_text(article("选举", "Lain sama sekali."))
    build(other)
    shutil.rmtree(copy)
    (other / "output").rename(copy)


def test_manifest_of_a_copy(newsroom, tmp_path):
    """A copy without its manifest, with a damaged one, or with a part of another is no true copy."""
    copy = newsroom / "copy"
    [part] = (copy / "manifest").iterdir()
    part.write_bytes(part.read_bytes().replace(b"article", b"articles"))
    assert told(check(newsroom, copy)) == {
        f"manifest/{part.name}": told(check(newsroom, copy))[f"manifest/{part.name}"]
    }
    with pytest.raises(ManifestError, match="not the part of the manifest"):
        check(tmp_path, copy)
    (copy / "manifest.json").write_text("{}")
    assert told(check(newsroom, copy))["manifest.json"] == "not what cermin writes as a manifest"
    with pytest.raises(ManifestError, match="not what cermin writes"):
        check(tmp_path, copy)
    (copy / "manifest.json").unlink()
    done = check(newsroom, copy)
    assert (told(done)["manifest.json"], done.same) == ("missing", done.files)
    with pytest.raises(PlaceError, match="there is no manifest"):
        check(tmp_path, copy)


def test_captures_are_checked(newsroom):
    """From within a mirror, a capture that is no longer what an article was made from is named; one may be gone."""
    (newsroom / "seeds/a.txt").write_text("Lain\n")
    done = check(newsroom, newsroom / "copy")
    [fault] = done.faults
    assert (fault.place, done.captures) == ("seeds/a.txt", 0)
    assert fault.verdict.startswith("not the capture from which ")
    (newsroom / "seeds/a.txt").unlink()
    assert check(newsroom, newsroom / "copy").faults == ()


def test_command(newsroom, run):
    """The command tells in one line what was compared with what, and its exit code whether the copy is true."""
    ran = run("verify", "copy", cwd=newsroom)
    pattern = r"\d+ files as in the manifest of build [0-9a-f]{16} in \S.*/output/ \(\d+\.\d s\)\n"
    assert re.fullmatch(pattern + r"1 capture in seeds/ as when the articles were made\n", ran.out)
    assert (ran.code, ran.err) == (0, "")
    (newsroom / "copy" / PAGE).unlink()
    (newsroom / "copy/x").write_text("x")
    ran = run("verify", "copy", cwd=newsroom)
    assert re.match(r"\d+ of \d+ files as in the manifest of build \w+ in .*; 1 missing, 1 added \(", ran.out)
    assert ran.code == 1
    assert f"error: copy/{PAGE}: missing\n" in ran.err
    for words in (
        ["nowhere"],
        ["ftp://example.org/"],
        ["https://"],
        ["https://a.example/?x=1"],
        ["copy", "--signer", "x"],
    ):
        assert run("verify", *words, cwd=newsroom).code == 2


# --- signatures ----------------------------------------------------------------------------------------------------


def test_signed_copy(newsroom, tmp_path, run):
    """A copy is signed by the key that its readers were told of, or it is said in plain words how it is not."""
    if not shutil.which("ssh-keygen"):
        do_without("ssh", "ssh-keygen is not on PATH")
    for name in ("desk", "other"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", tmp_path / name], check=True)
    (newsroom / "cermin.toml").write_text(f'[manifest]\nsigning_key = "{tmp_path / "desk"}"\n')
    build(newsroom)
    copy, elsewhere = newsroom / "output", tmp_path / "elsewhere"
    elsewhere.mkdir()
    ran = run("verify", copy, "--signer", tmp_path / "desk.pub", cwd=elsewhere)
    assert ran.code == 0
    assert "Signed by desk\n" in ran.out
    ran = run("verify", copy, "--signer", tmp_path / "other.pub", cwd=elsewhere)
    assert ran.code == 1
    assert "not signed by a key in" in ran.err
    signature = (copy / "manifest.json.sig").read_bytes()
    forge(newsroom, newsroom / "copy")
    for data, verdict in ((signature, "not a signature of what stands there"), (None, "there is no signature")):
        place = newsroom / "copy/manifest.json.sig"
        place.unlink(missing_ok=True)
        if data:
            place.write_bytes(data)
        ran = run("verify", newsroom / "copy", "--signer", tmp_path / "desk.pub", cwd=elsewhere)
        assert ran.code == 1
        assert verdict in ran.err


# --- hosts ---------------------------------------------------------------------------------------------------------

Answer = Callable[["_Host"], None]


class _Host(SimpleHTTPRequestHandler):
    """Sends the files of a folder, and something else for some paths."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args: Any, answers: Mapping[str, Answer], directory: str) -> None:
        self.answers = answers
        super().__init__(*args, directory=directory)

    def do_GET(self) -> None:
        if answer := self.answers.get(self.path):
            answer(self)
        else:
            super().do_GET()

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Send an answer."""
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def host(folder: Path, answers: Mapping[str, Answer]) -> Iterator[str]:
    """Serve a folder with these answers, on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Host, answers=answers, directory=str(folder)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def move(status: int, target: str) -> Answer:
    """Redirect."""
    return lambda host: host.answer(status, Location=target)


def test_true_copy_at_a_host(newsroom, tmp_path):
    """A host's copy is read as its readers read it; that additions cannot be seen is said."""
    with serve(newsroom / "copy") as served:
        for root in (newsroom, tmp_path):
            done = check(root, served.address.removesuffix("/"))
            assert (done.faults, done.added, done.missing) == ((), None, 0)
        assert "%E9%80%89%E4%B8%BE.html" in "".join(served.asked)
        (newsroom / "copy" / PAGE).unlink()
        (newsroom / "copy/index.html").write_text("<p>")
        done = check(tmp_path, served.address)
        assert sorted(told(done)) == ["index.html", PAGE]
        assert [fault.hint for fault in done.faults if "index" in fault.place] != [""]


def test_hosts_that_rename(newsroom, tmp_path):
    """Hosts that redirect pages to names without an ending, and do not send their own settings, have true copies."""
    copy = newsroom / "copy"
    page = (copy / OTHER).read_bytes()
    missing = (copy / "404.html").read_bytes()
    answers: dict[str, Answer] = {
        f"/{OTHER}": move(308, f"/{OTHER.removesuffix('.html')}"),
        f"/{OTHER.removesuffix('.html')}": lambda host: host.answer(200, page),
        "/404.html": lambda host: host.answer(404, missing),
        "/index.html": move(301, "/"),
    }
    with host(copy, answers) as address:
        assert check(tmp_path, address).faults == ()


def endless(host: _Host) -> None:
    """Send bytes without end."""
    host.send_response(200)
    host.end_headers()
    with contextlib.suppress(OSError):
        while True:
            host.wfile.write(b"x" * 65536)


def test_hostile_hosts(newsroom, tmp_path, monkeypatch):
    """No more is read than is listed; nothing is unpacked; a host sends nobody elsewhere, and nobody in circles."""
    monkeypatch.setattr(places, "PAUSE", 0.001)
    copy = newsroom / "copy"
    with serve(copy) as elsewhere:
        answers: dict[str, Answer] = {
            "/index.html": endless,
            "/about.html": lambda host: host.answer(200, b"\x1f\x8b", Content_Encoding="gzip"),
            "/feed.xml": move(302, f"{elsewhere.address}feed.xml"),
            "/latest/index.html": move(302, "file:///etc/hostname"),
            "/robots.txt": move(302, "http://[/"),
            "/404.html": move(302, "/404.html"),
            f"/{OTHER}": lambda host: host.answer(403),
            "/search.html": lambda host: host.answer(503),
            "/data/index.html": lambda host: host.answer(410),
        }
        with host(copy, answers) as address:
            wrong = told(check(tmp_path, address))
        assert elsewhere.asked == []
    assert re.match("not the file of this build: more bytes", wrong.pop("index.html"))
    assert wrong == {
        "about.html": "the host packs it (gzip), though it was asked not to",
        "feed.xml": f"the host redirects elsewhere: {elsewhere.address}feed.xml",
        "latest/index.html": "the host redirects elsewhere: file:///etc/hostname",
        "robots.txt": "the host redirects elsewhere: http://[/",
        "404.html": "the host redirects without end",
        OTHER: "the host answers 403",
        "search.html": "the host answers 503",
        "data/index.html": "missing",
    }


def test_hostile_manifests(newsroom, tmp_path, monkeypatch):
    """A manifest that does not end, or is none, is an error."""
    monkeypatch.setattr(manifest, "LARGEST", 100_000)
    monkeypatch.setattr("cermin.verifying.comparing.LARGEST", 100_000)
    for answer in (endless, lambda host: host.answer(200, b"<!doctype html>")):
        with host(newsroom / "copy", {"/manifest.json": answer}) as address, pytest.raises(ManifestError):
            check(tmp_path, address)


def test_hosts_that_fail(newsroom, tmp_path, monkeypatch):
    """A host that is busy or breaks off is asked again; one that is gone stops the check, and that is said."""
    monkeypatch.setattr(places, "PAUSE", 0.001)
    copy = newsroom / "copy"
    page = (copy / OTHER).read_bytes()
    answered: list[str] = []

    def fail_first(host: _Host) -> None:
        answered.append(host.path)
        if len(answered) == 1:
            host.answer(429)
        elif len(answered) == 2:
            host.send_response(200)
            host.send_header("Content-Length", str(len(page)))
            host.end_headers()
            host.wfile.write(page[:10])
            host.close_connection = True
        else:
            host.answer(200, page)

    with host(copy, {f"/{OTHER}": fail_first}) as address:
        assert check(tmp_path, address).faults == ()
    assert len(answered) == 3
    with pytest.raises(PlaceError, match="cannot be read") as error:
        check(tmp_path, address)
    assert error.value.faults[0].hint
    too_much = {f"/{OTHER}": lambda host: host.answer(429)}
    with host(copy, too_much) as address, pytest.raises(PlaceError, match="asked for too much"):
        check(tmp_path, address)


def test_slow_hosts(newsroom, tmp_path, monkeypatch):
    """A host that sends next to nothing holds nobody for ever."""
    monkeypatch.setattr(places, "GRACE", -1000.0)
    with serve(newsroom / "copy") as served, pytest.raises(CerminError, match="bytes a second"):
        check(tmp_path, served.address)
