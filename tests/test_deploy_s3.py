from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import closing

import obstore
import pytest

from cermin.deploy import s3
from cermin.deploy.headers import FOREVER, SHORT
from cermin.errors import ConfigError, DeployError
from cermin.manifest import ROOT
from cermin.media_types import media_type
from tests.conftest import ROOT as HERE
from tests.conftest import tree
from tests.deploying import S3Place, deploy, site, write_site

TEXTS = {"a": "Satu", "b": "Dua", "c": "Tiga"}


@pytest.fixture
def place(tmp_path):
    """Make a bucket, and keys for it in the environment."""
    (tmp_path / "place").mkdir()
    with closing(S3Place(tmp_path / "place")) as made:
        yield made


@pytest.fixture
def root(mirror, place):
    """Make a mirror that is deployed to the bucket."""
    return mirror(settings=f"[deploy.a]\n{place.settings}")


@pytest.fixture
def impatient(monkeypatch):
    """Have requests be tried again once only."""
    monkeypatch.setattr(s3, "RETRIES", 1)


def test_types_and_caching(root, place, run):
    """What is named by its content may be kept for a year, all else for a minute; each object has its type."""
    for path, data in {
        "content/genpi/2024/06/a.md": "---\ntitle: Banjir\ndate: 2024-06-20\noutlet: genpi\nlang: id\n---\nAir\n",
        "templates/static/logo.png": "x",
    }.items():
        (root / path).parent.mkdir(parents=True)
        (root / path).write_text(data, encoding="utf-8")
    assert run("build", cwd=root).code == 0
    deploy(root)
    store = place.server.store("mirrors")
    whole = place.holds()
    told = {}
    for path in whole:
        attributes = obstore.get(store, f"news/{path}").attributes
        told[path] = (attributes["Content-Type"], attributes["Cache-Control"])
    assert whole == tree(root / "output")
    assert {caching for _, caching in told.values()} == {FOREVER, SHORT}
    lasting = {path for path, (_, caching) in told.items() if caching == FOREVER}
    shards = {path for path in whole if path.endswith(".bin")}
    assert lasting == shards | {path for path in whole if path.startswith("manifest/")} | {
        path for path in whole if re.fullmatch(r"static/(style|search)\.[0-9a-f]{8}\.(css|js)", path)
    }
    assert shards
    assert told["static/logo.png"] == ("image/png", SHORT)
    assert told["index.html"] == ("text/html; charset=utf-8", SHORT)
    assert told["feed.xml"][0] == "application/xml"
    assert told["data/articles.jsonl.gz"][0] == "application/gzip"
    assert told[ROOT] == ("application/json", SHORT)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a/B.HTML", "text/html; charset=utf-8"),
        ("static/style.1.css", "text/css; charset=utf-8"),
        ("static/x.js", "text/javascript; charset=utf-8"),
        ("x.svg", "image/svg+xml"),
        ("x.png", "image/png"),
        ("search/s/1", "application/octet-stream"),
        ("_headers", "application/octet-stream"),
    ],
)
def test_type_by_ending(path, kind):
    """The type of a file is told by the ending of its name, the same on every machine."""
    assert media_type(path) == kind


def test_requests_are_told(root, place):
    """The number of requests is told as the server counts it; an unchanged site costs four, an edit a few more."""
    write_site(root, site(TEXTS))
    deploy(root)
    before = place.server.requests()
    write_site(root, site(TEXTS | {"a": "Lain"}))
    told = deploy(root)
    asked = place.server.requests() - before
    assert told.done.note == f"{asked} requests"
    assert asked <= told.done.plan.files + 9
    before = place.server.requests()
    assert deploy(root).done.is_nothing
    assert place.server.requests() - before <= 4


def test_killed_in_the_middle(root, place, impatient, monkeypatch):
    """A server that is killed meanwhile fails the deploy, which tells what arrived; the next goes on from there."""
    many = {f"n{number}": "x" for number in range(200)}
    whole = write_site(root, site(many))
    send = s3.S3Session._send

    def send_until(session, file):
        send(session, file)
        if file.path == "kaca/2024/06/n150.html":
            place.server.kill()

    with monkeypatch.context() as patch:
        patch.setattr(s3.S3Session, "_send", send_until)
        with pytest.raises(DeployError, match=r"cannot be reached: [^\n]*\n.*articles; \d+ of 2\d\d files") as caught:
            deploy(root)
    assert "run the same command again" in caught.value.faults[-1].hint
    arrived = place.holds()
    assert 0 < len(arrived) < len(whole)
    place.server.start()
    assert deploy(root).done.plan.files <= len(whole) - len(arrived) + s3.TOGETHER
    assert place.holds() == whole


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("AWS_ACCESS_KEY_ID", "InvalidAccessKeyId"), ("AWS_SECRET_ACCESS_KEY", "SignatureDoesNotMatch")],
)
def test_wrong_keys(root, place, monkeypatch, name, verdict):
    """Keys that the store does not take are refused in its words, with the way out; nothing was sent."""
    write_site(root, site(TEXTS))
    monkeypatch.setenv(name, "another")
    with pytest.raises(DeployError, match=verdict) as caught:
        deploy(root)
    assert name in caught.value.faults[0].hint
    assert place.holds() == {}


def test_no_keys(root, place, monkeypatch):
    """Without keys nothing is asked of the store, and the way out is told."""
    write_site(root, site(TEXTS))
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    before = place.server.requests()
    with pytest.raises(DeployError, match="there are no keys") as caught:
        deploy(root)
    assert "AWS_SECRET_ACCESS_KEY" in caught.value.faults[0].hint
    assert place.server.requests() == before


def test_no_bucket(mirror, place):
    """A bucket that is not there is said to be missing, though so is a first deploy's manifest."""
    root = mirror(settings=f"[deploy.a]\n{place.settings.replace('mirrors', 'another')}")
    write_site(root, site(TEXTS))
    with pytest.raises(DeployError, match="NoSuchBucket") as caught:
        deploy(root)
    assert "make the bucket" in caught.value.faults[0].hint


def test_server_that_is_down(root, place, impatient):
    """A store that nobody answers for is told as such, in the system's words."""
    write_site(root, site(TEXTS))
    place.server.kill()
    with pytest.raises(DeployError, match="cannot be reached: Connection refused") as caught:
        deploy(root)
    assert "endpoint" in caught.value.faults[0].hint


def test_full_store(mirror, tmp_path, monkeypatch, impatient):
    """A store that has no room fails the deploy, and the next one, when it has, sends the rest."""
    full = tmp_path / "full"
    full.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "none", str(full)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("nothing can be mounted here: only on Linux, as root")
    try:
        (tmp_path / "s3").mkdir()
        place = S3Place(tmp_path / "s3", buckets=full)
        with closing(place):
            root = mirror(settings=f"[deploy.a]\n{place.settings}")
            whole = write_site(root, site(TEXTS) | {f"kaca/2024/07/{n}.html": bytes(60_000) for n in range(8)})
            with pytest.raises(DeployError, match=r"the store answered 500|InternalError"):
                deploy(root)
            subprocess.run(["mount", "-o", "remount,size=4m", str(full)], check=True)
            deploy(root)
            assert place.holds() == whole
    finally:
        subprocess.run(["umount", "-l", str(full)], check=False)


def test_large_file(root, place, monkeypatch):
    """A file that is too large to be held is sent in parts, and counted so."""
    monkeypatch.setattr(s3, "LARGE", 5 * 1024 * 1024)
    monkeypatch.setattr(s3, "_PIECE", 5 * 1024 * 1024)
    whole = write_site(root, site(TEXTS) | {"data/articles.jsonl.gz": os.urandom(6 * 1024 * 1024)})
    before = place.server.requests()
    told = deploy(root)
    assert place.holds() == whole
    assert told.done.note == f"{place.server.requests() - before} requests"


def test_whole_bucket(mirror, place):
    """Without a prefix the site stands at the top of the bucket."""
    root = mirror(settings=f"[deploy.a]\n{place.settings.replace('news', '')}")
    whole = write_site(root, site(TEXTS))
    deploy(root)
    assert place.server.objects("mirrors") == whole
    assert deploy(root).done.is_nothing


def test_neighbours_of_the_prefix(root, place):
    """Objects beside the prefix, and those whose names only begin like it, are neither seen nor touched."""
    store = place.server.store("mirrors")
    for name in ("news2/a.html", "news.html", "other/news/a.html"):
        obstore.put(store, name, b"mine")
    whole = write_site(root, site(TEXTS))
    told = deploy(root)
    assert told.done.plan.foreign == 0
    assert {f"news/{path}" for path in whole} | {"news2/a.html", "news.html", "other/news/a.html"} == set(
        place.server.objects("mirrors")
    )


def test_many_objects(root, place, monkeypatch):
    """A bucket of more objects than one answer tells of is listed whole; deletes go in several requests."""
    monkeypatch.setattr(s3, "PAGE", 10)
    (place.bucket / "news/zz").mkdir(parents=True)
    for number in range(1050):
        (place.bucket / f"news/zz/{number}").write_bytes(b"mine")
    files = site(TEXTS)
    write_site(root, files | {f"a/{number:04}.html": b"x" for number in range(25)})
    assert deploy(root, agreed=True).done.plan.foreign == 1050
    whole = write_site(root, files)
    assert len(deploy(root, agreed=True).deleted) == 25
    assert {path: data for path, data in place.holds().items() if data != b"mine"} == whole


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        ('bucket = "s3://news"', "bucket is no name of a bucket"),
        ('bucket = "news/archive"', "bucket is no name of a bucket"),
        ('bucket = "news"\nendpoint = "s3.example.org"', "endpoint is no address"),
        ('bucket = "news"\nendpoint = "https://key:secret@s3.example.org"', "endpoint holds a name or a password"),
        ('bucket = "news"\nprefix = "../a"', "prefix is no folder"),
        ('bucket = "news"\nprefix = "a//b"', "prefix is no folder"),
        ('bucket = "news"\nregion = "eu central"', "region is no name of a region"),
        ("", "does not say bucket"),
    ],
)
def test_faults_of_settings(mirror, lines, verdict):
    """Settings that cannot be meant are told before anything is asked of a store."""
    root = mirror(settings=f'[deploy.a]\ntarget = "s3"\n{lines}\n')
    write_site(root, site(TEXTS))
    with pytest.raises(ConfigError, match=verdict):
        deploy(root)


def test_without_the_library(mirror, tmp_path):
    """Without obstore the command that adds it is named."""
    root = mirror(settings='[deploy.a]\ntarget = "s3"\nbucket = "news"\n')
    write_site(root, site(TEXTS))
    code = "import sys; sys.modules['obstore'] = None; from cermin.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, "deploy"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(HERE)},
    )
    assert done.returncode == 1
    assert "pip install 'cermin[s3]'" in done.stderr
    assert "Traceback" not in done.stderr
