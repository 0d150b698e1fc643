import re
import subprocess
import sys
import tomllib
import zipfile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT, tree

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = [
    requirement
    for extra in PROJECT["project"]["optional-dependencies"].values()
    for requirement in extra
    if not requirement.startswith("cermin[")
]
LOCKS = {
    "requirements.lock": PROJECT["project"]["dependencies"] + EXTRAS,
    "requirements-dev.lock": PROJECT["project"]["dependencies"] + EXTRAS + PROJECT["dependency-groups"]["dev"],
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel, offline, as `uv build` does."""
    folder = tmp_path_factory.mktemp("wheel")
    # -P: the build.py of this repository must not stand in for a package of that name.
    command = [sys.executable, "-P", "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.whl")
    return path


def test_wheel_holds_the_package_and_the_theme(wheel):
    """The wheel holds every file of cermin/ and templates/, and nothing else but its own papers."""
    # Asked of the disk, not of git: what .gitignore hides by mistake would be missing from the wheel as well.
    package = {f"cermin/{name}" for name in tree(ROOT / "cermin") if "__pycache__" not in name}
    theme = {f"cermin/templates/{name}" for name in tree(ROOT / "templates")}
    assert theme
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == package | theme


def test_wheel_has_the_command_and_the_licence(wheel):
    """The wheel brings the command `cermin` and the licence."""
    with zipfile.ZipFile(wheel) as archive:
        papers = {name.partition(".dist-info/")[2]: name for name in archive.namelist() if ".dist-info/" in name}
        assert archive.read(papers["entry_points.txt"]).decode().split("\n")[:2] == [
            "[console_scripts]",
            "cermin = cermin.cli:main",
        ]
        assert archive.read(papers["licenses/LICENSE"]) == (ROOT / "LICENSE").read_bytes()


def test_wheel_builds_a_site(wheel, mirror, tmp_path):
    """A cermin that was installed from the wheel builds a site, with nothing of the checkout in reach."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site-packages")
    root = mirror(content={"genpi/2024/06/a.md": "---\ntitle: A\ndate: 2024-06-20\noutlet: genpi\nlang: id\n---\nB\n"})
    place = str(tmp_path / "site-packages")
    code = f"import sys; sys.path.insert(0, {place!r}); from cermin.cli import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-P", "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (root / "output/genpi/2024/06/a.html").is_file()


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_only_pins_with_hashes(lock):
    """A lock names versions and hashes, and neither options nor places to fetch from."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / lock).read_text(encoding="utf-8"), flags=re.MULTILINE)
    pin = r"[a-z0-9.-]+==[^\s]+( ; [^\\\n]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+\n"
    assert re.fullmatch(f"({pin})+", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_what_the_project_asks_for(lock):
    """Each dependency in pyproject.toml is locked, in a version that pyproject.toml admits."""
    pins = dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / lock).read_text(encoding="utf-8"), flags=re.MULTILINE))
    for requirement in map(Requirement, LOCKS[lock]):
        assert pins.get(canonicalize_name(requirement.name), "nothing") in requirement.specifier, requirement


def test_tests_run_what_users_run():
    """The two locks agree on what they share, and the tests' holds all of the other."""
    users, tests = (set(re.findall(r"^\S+==\S+", (ROOT / lock).read_text("utf-8"), re.MULTILINE)) for lock in LOCKS)
    assert users - tests == set()
