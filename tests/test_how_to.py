"""The pages on hosts, followed to the letter as far as that goes on one machine."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import time
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import pytest
import yaml

from cermin.config import load_config
from cermin.deploy import TARGETS, read_places
from cermin.hosts import load_hosts
from cermin.outlets import Outlet
from tests.conftest import ROOT, do_without, tree
from tests.mirrors import article, build

HOW_TO = ROOT / "docs" / "how-to"
PAGES = sorted(HOW_TO.glob("*.md"))
POLICY = re.search(r"Policy: (.*)", (ROOT / "templates/headers.txt").read_text(encoding="utf-8"))


def read_blocks(page: Path, language: str) -> list[str]:
    """Return the examples in a language of a page, each without its indentation."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```", text, flags=re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", block, flags=re.MULTILINE) for indent, block in found]


def settings() -> Iterator[Any]:
    """Give each example of settings."""
    for page in PAGES:
        for number, block in enumerate(read_blocks(page, "toml")):
            yield pytest.param(block, id=f"{page.stem}-{number}")


# --- settings and commands -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", list(settings()))
def test_settings_are_taken(tmp_path, block):
    """Every example of settings can be used as it is; the hosts that they name are known."""
    is_profile = tomllib.loads(block).keys() <= {item.name for item in fields(Outlet)}
    name = "outlets/warta.toml" if is_profile else "cermin.toml"
    (tmp_path / "outlets").mkdir()
    (tmp_path / name).write_text(block, encoding="utf-8")
    config = load_config(tmp_path)
    places = read_places(config.deploy, TARGETS)
    assert {place.host for place in places.values()} <= load_hosts().keys()
    assert bool(places) == ("[deploy." in block)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_places_are_there(page):
    """Who follows a page deploys to a place that the page has named."""
    named = {name for block in read_blocks(page, "toml") for name in tomllib.loads(block).get("deploy", {})}
    called = re.findall(r"^ *\$ cermin deploy (\w+)", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert set(called) <= named


# --- GitHub --------------------------------------------------------------------------------------------------------


def read_workflow() -> dict[str, Any]:
    """Return the workflow for GitHub Pages."""
    text = (HOW_TO / "github-pages.yml").read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 - texts alone: to YAML 1.1 `on` is true


def test_workflow():
    """The workflow publishes what was built, is allowed to, and nothing else; what it runs is there."""
    workflow = read_workflow()
    assert workflow["permissions"] == {"contents": "read", "pages": "write", "id-token": "write"}
    steps = workflow["jobs"]["pages"]["steps"]
    uses = [step["uses"].split("@")[0] for step in steps if "uses" in step]
    assert uses[-2:] == ["actions/upload-pages-artifact", "actions/deploy-pages"]
    assert [step["with"]["path"] for step in steps if "upload" in step.get("uses", "")] == ["output"]
    assert [step["run"] for step in steps if "run" in step] == [
        "make site ARGS=build",
        ".venv/bin/python build.py check --host github-pages",
    ]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "\nsite: .venv/site.stamp" in makefile
    assert "\t$(RUN) build.py $(ARGS)" in makefile


# --- S3 and CloudFront ---------------------------------------------------------------------------------------------


def test_function_of_cloudfront():
    """CloudFront's function shows a folder's page, leads there from the name without the slash, leaves files alone."""
    node = shutil.which("node")
    if not node:
        do_without("node", "node is not on PATH")
    text = (HOW_TO / "s3-cloudfront.yml").read_text(encoding="utf-8")
    code = text.partition("FunctionCode: |\n")[2].partition("\n\n")[0]
    asked = ["/", "/a/", "/lama", "/warta/2024/06/a.html", "/feed.xml"]
    script = f"{code}\nconsole.log(JSON.stringify({json.dumps(asked)}.map(uri => handler({{request: {{uri}}}}))))"
    answer = subprocess.run([node, "-e", script], capture_output=True, check=True, text=True)
    given = [item.get("uri") or item["headers"]["location"]["value"] for item in json.loads(answer.stdout)]
    assert given == ["/index.html", "/a/index.html", "/lama/", "/warta/2024/06/a.html", "/feed.xml"]


# --- servers -------------------------------------------------------------------------------------------------------


class Answer(NamedTuple):
    """What a server answered."""

    code: int
    headers: dict[str, str]
    data: bytes


def ask(address: str, path: str = "", **headers: str) -> Answer:
    """Ask a server; redirects are followed."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=10)
    with contextlib.closing(connection):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", f"/{quote(path)}", headers=sent)
        answer = connection.getresponse()
        found = Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    if found.code in {301, 308}:
        return ask(address, urlsplit(found.headers["location"]).path.removeprefix("/"), **headers)
    return found


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def run_server(command: list[object], port: int) -> Iterator[str]:
    """Run a server until it is no longer needed."""
    with subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        try:
            for _ in range(100):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                assert process.poll() is None, process.stderr and process.stderr.read().decode()
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()
            process.wait(10)


@contextlib.contextmanager
def run_nginx(output: Path, folder: Path) -> Iterator[str]:
    """Run nginx with the configuration of the page, on another port and for this folder."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")  # not on PATH of every user
    if not program:
        do_without("nginx", "nginx is not on PATH")
    port = free_port()
    text = (HOW_TO / "nginx.conf").read_text(encoding="utf-8")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("    listen [::]:80;\n", "")
    text = text.replace("/var/www/mirror", f'"{output}"').replace("/var/log/nginx/", f"{folder}/")
    types = next(filter(Path.exists, map(Path, ("/etc/nginx/mime.types", "/usr/local/etc/nginx/mime.types"))))
    paths = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # As root it would have its workers be somebody who cannot read here.
    user = "user root;" if os.geteuid() == 0 else ""
    top = f"{user} daemon off; pid {folder}/pid; error_log {folder}/log; events {{}}\n"
    whole = f"{top}http {{ include {types}; {paths}\n{text}}}"
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    with run_server([program, "-p", folder, "-e", folder / "log", "-c", folder / "nginx.conf"], port) as address:
        yield address


@contextlib.contextmanager
def run_caddy(output: Path, folder: Path) -> Iterator[str]:
    """Run Caddy with the configuration of the page, on another port and for this folder."""
    program = shutil.which("caddy")
    if not program:
        do_without("caddy", "caddy is not on PATH")
    port = free_port()
    text = (HOW_TO / "Caddyfile").read_text(encoding="utf-8")
    text = text.replace("news.example.org {", f"http://127.0.0.1:{port} {{").replace("/var/www/mirror", f'"{output}"')
    (folder / "Caddyfile").write_text("{\n\tadmin off\n}\n" + text, encoding="utf-8")
    with run_server([program, "run", "--adapter", "caddyfile", "--config", folder / "Caddyfile"], port) as address:
        yield address


@pytest.fixture
def output(mirror, tmp_path) -> Path:
    """Return the site of a small mirror, with an old address and what a tool left beside it."""
    root = mirror(content={"warta/2024/06/a.md": article("Banjir " * 9, "Hujan. " * 500, aliases=["/lama"])})
    assert build(root).faults == ()
    (root / "output/.left.json").write_text("{}", encoding="utf-8")
    return Path(root / "output")


@pytest.mark.parametrize("run_it", [run_nginx, run_caddy])
def test_server(output, tmp_path, run_it):
    """A server set up as the page says sends every file as it is, with its headers, and shows the 404 page."""
    folder = tmp_path / "server"
    folder.mkdir()
    assert POLICY
    kept = re.compile(r"static/(style|search)\.[0-9a-f]{8}\.(css|js)|search/.+/.+\.bin|manifest/.+")
    with run_it(output, folder) as address:
        for path, data in tree(output).items():
            answer = ask(address, path)
            if path.startswith("."):
                assert answer.code == 404
                continue
            assert (answer.code, answer.data) == (200, data), path
            assert answer.headers["content-security-policy"] == POLICY[1]
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert ("immutable" in answer.headers["cache-control"]) == bool(kept.fullmatch(path)), path
        assert ask(address).data == (output / "index.html").read_bytes()
        assert ask(address, "lama").data == (output / "lama/index.html").read_bytes()
        missing = ask(address, "warta/2024/06/none.html")
        assert (missing.code, missing.data) == (404, (output / "404.html").read_bytes())
        packed = ask(address, "warta/2024/06/a.html", Accept_Encoding="gzip")
        assert packed.headers["content-encoding"] == "gzip"
        css = next(path for path in tree(output) if path.endswith(".css"))
        assert ask(address, css, Accept_Encoding="gzip").headers["content-encoding"] == "gzip"
        assert ask(address, "warta/../../etc/passwd").code in {400, 404}
