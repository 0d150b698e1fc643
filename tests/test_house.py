import ast
import graphlib
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeGuard

import pytest

from tests.conftest import ROOT

# From the bottom up. A module imports from its own package and from lower layers, and from nowhere else in cermin; so
# the stages, which share a layer, meet in records.py and are joined in pipeline.py (docs/design.md).
LAYERS = (
    {"cermin"},  # the version
    {"errors"},
    {"records", "files", "slugs", "characters", "shortening", "media_types"},
    {"addresses", "manifest", "signing"},
    {"outlets", "hosts"},
    {"config"},
    {"report"},
    {"seeds", "content", "site", "output", "search", "executors", "deploy"},
    {"inputs", "workers", "settling", "learning", "dataset", "search_index", "listing", "verifying"},
    {"pipeline", "new_mirror"},
    {"background"},
    {"live"},
    {"preview"},
    {"cli"},
    {"__main__", "build"},
)
# Packages of others that have one place in the house.
OWNERS = {
    "click": {"cermin.cli", "cermin.report"},
    "rich": {"cermin.cli", "cermin.report"},
    "sqlite3": {"cermin.site"},
    "trafilatura": {"cermin.seeds"},
    "lxml": {"cermin.seeds"},
    "feedparser": {"cermin.seeds"},
    "warcio": {"cermin.seeds"},
    "charset_normalizer": {"cermin.seeds"},
    "ftfy": {"cermin.seeds"},
    "frontmatter": {"cermin.content"},
    "snowballstemmer": {"cermin.search"},
    "Stemmer": {"cermin.search"},
    "livereload": {"cermin.preview"},
    "obstore": {"cermin.deploy"},
    "tornado": {"cermin.preview"},
    "watchfiles": {"cermin.preview"},
    "urllib3": {"cermin.verifying"},
}
SPEAKERS = OWNERS["click"]
NAMELESS = {"common", "helper", "helpers", "misc", "util", "utils"}
# In parts, so that this file does not name what it forbids.
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs", "org"), ("deb", "debian", "org"))
)
MACHINE = tuple(
    "/" + "/".join(parts)
    for parts in (("work", "main"), ("work", "shared"), ("work", "."), ("root", ""), ("opt", "pypi"), ("tmp", "bash"))
)
CAPTURES = ("seeds/", "content/", "tests/captures/", "tests/golden/")


def read_house() -> dict[str, str]:
    """Return the source of every module of cermin, and of build.py, by its full name."""
    files = [*(ROOT / "cermin").rglob("*.py"), ROOT / "build.py"]
    return {module_name(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in files}


def module_name(path: Path) -> str:
    """Return ``cermin.seeds`` for cermin/seeds/__init__.py."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def iter_imports(module: str, source: str, *, is_package: bool = False) -> Iterator[tuple[str, str]]:
    """Yield each import of ``source`` as (module, name in it or nothing): at the top, in functions, and for types."""
    package = module.split(".") if is_package else module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from ((name.name, "") for name in names)
            case ast.ImportFrom(module=origin, names=names, level=level):
                above = package[: len(package) - level + 1] if level else []
                origin = ".".join([*above, *([origin] if origin else [])])
                yield from ((origin, name.name) for name in names)
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name, ""


def find_imports(house: Mapping[str, str]) -> dict[str, set[str]]:
    """Return what each module imports; a module of the house by its own name, even where a package hands it out."""
    imports: dict[str, set[str]] = {}
    for module, source in house.items():
        is_package = any(other.startswith(f"{module}.") for other in house)
        pairs = iter_imports(module, source, is_package=is_package)
        imports[module] = {f"{origin}.{name}" if f"{origin}.{name}" in house else origin for origin, name in pairs}
    return imports


def floor_of(module: str) -> int:
    """Return the layer that ``module`` is in, counted from below."""
    return next((floor for floor, rooms in enumerate(LAYERS) if room_of(module) in rooms), -1)


def room_of(module: str) -> str:
    """Return ``seeds`` for cermin.seeds.html."""
    return module.removeprefix("cermin.").partition(".")[0]


def find_strays(house: Mapping[str, str]) -> list[str]:
    """Return the imports that go up, or across to another room of the same layer, and the rooms without a layer."""
    strays = [f"{module} has no place in LAYERS" for module in house if floor_of(module) < 0]
    for module, targets in find_imports(house).items():
        for target in targets:
            at_home = target.partition(".")[0] in {"cermin", "build"}
            if at_home and room_of(target) != room_of(module) and floor_of(target) >= floor_of(module):
                strays.append(f"{module} imports {target}")
    return sorted(strays)


def find_trespassers(house: Mapping[str, str]) -> list[str]:
    """Return the imports of other people's packages outside of the modules that own them."""
    return sorted(
        f"{module} imports {target}"
        for module, targets in find_imports(house).items()
        for target in targets
        if not is_below(module, OWNERS.get(target.partition(".")[0], {module}))
    )


def is_below(module: str, owners: set[str]) -> bool:
    """Tell whether ``module`` is one of ``owners`` or inside of one."""
    return any(f"{module}.".startswith(f"{owner}.") for owner in owners)


def find_cycle(house: Mapping[str, str]) -> list[str]:
    """Return the modules of a circle of imports, or nothing."""
    imports = {module: targets & house.keys() - {module} for module, targets in find_imports(house).items()}
    try:
        graphlib.TopologicalSorter(imports).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def find_talkers(house: Mapping[str, str]) -> list[str]:
    """Return the lines outside of SPEAKERS that print, ask a question, or take hold of the terminal."""
    return [
        f"{module}:{node.lineno}"
        for module, source in house.items()
        if module not in SPEAKERS
        for node in ast.walk(ast.parse(source))
        if is_talk(node)
    ]


def is_talk(node: ast.AST) -> TypeGuard[ast.expr]:
    """Tell whether ``node`` is a call of print() or input(), or one of sys.stdout and its like."""
    match node:
        case ast.Call(func=ast.Name(id="print" | "input")):
            return True
        case ast.Attribute(value=ast.Name(id="sys"), attr="stdout" | "stderr" | "stdin"):
            return True
    return False


def find_names(texts: Mapping[str, str], names: tuple[str, ...]) -> list[str]:
    """Return where ``texts`` hold one of ``names``."""
    return [f"{place}: {name}" for place, text in texts.items() for name in names if name in text]


def list_files() -> list[str]:
    """Return the files of the repository, with those that git would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return [name for name in answer.split("\0") if (ROOT / name).is_file()]


HOUSE = read_house()


def test_imports_point_down():
    """A module imports only what lies below it; stages never import one another."""
    assert find_strays(HOUSE) == []


def test_no_circles():
    """No modules import one another in a circle, not even from inside of a function."""
    assert find_cycle(HOUSE) == []


def test_each_library_has_one_place():
    """The terminal, the database, front matter and live reload are each known in one place only."""
    assert find_trespassers(HOUSE) == []


def test_only_the_command_line_speaks():
    """Nothing but the command line and its reporter prints."""
    assert find_talkers(HOUSE) == []


def test_every_module_has_a_name():
    """A module is named for what it holds; none is a drawer for the rest."""
    assert [module for module in HOUSE if NAMELESS & set(module.split("."))] == []


def test_no_file_names_a_machine():
    """No file names a package registry or a folder of the machine where it was written; captures may say anything."""
    own = [str(path) for path in (ROOT, Path.home()) if len(path.parts) > 1]
    texts = {
        name: (ROOT / name).read_text(encoding="utf-8", errors="replace")
        for name in list_files()
        if not name.startswith(CAPTURES)
    }
    assert texts
    assert find_names(texts, (*REGISTRIES, *MACHINE, *own)) == []


# --- the finders find ----------------------------------------------------------------------------------------------

WAYS_TO_IMPORT = (
    "import cermin.output.folder",
    "from cermin.output.folder import put",
    "from cermin.output import folder",
    "from ..output import folder",
    "from cermin import output",
    "from .. import output",
    "def f():\n    from cermin.output import folder",
    "if TYPE_CHECKING:\n    from cermin.output.folder import put",
    "importlib.import_module('cermin.output.folder')",
)


@pytest.mark.parametrize("source", WAYS_TO_IMPORT)
def test_sees_every_way_to_import(source):
    """However it is written, an import from one stage into another is found."""
    house = {"cermin.seeds": "", "cermin.seeds.text": source, "cermin.output": "", "cermin.output.folder": ""}
    assert find_strays(house) == [
        f"cermin.seeds.text imports {target}" for target in find_imports(house)["cermin.seeds.text"]
    ]
    assert len(find_strays(house)) == 1


def test_sees_strays():
    """Upward imports and unknown modules are found; downward ones are free."""
    house = {
        "cermin.errors": "import cermin.config",
        "cermin.config": "from cermin.errors import Fault",
        "cermin.odd": "",
    }
    assert find_strays(house) == ["cermin.errors imports cermin.config", "cermin.odd has no place in LAYERS"]


def test_sees_circles():
    """A circle inside of a package is found, also when half of it is deferred."""
    house = {"cermin.seeds.a": "import cermin.seeds.b", "cermin.seeds.b": "def f():\n    from . import a"}
    assert set(find_cycle({"cermin.seeds": "", **house})) == {"cermin.seeds.a", "cermin.seeds.b"}


def test_sees_trespassers():
    """A library out of its place is found, by whichever of its modules it comes in."""
    house = {"cermin.site.catalogue": "import sqlite3", "cermin.seeds": "import sqlite3, rich.console"}
    assert find_trespassers(house) == ["cermin.seeds imports rich.console", "cermin.seeds imports sqlite3"]


def test_sees_talkers():
    """A print outside of the reporter is found, and what amounts to one."""
    house = {
        "cermin.report": "print()",
        "cermin.seeds": "\nprint()",
        "cermin.site": "import sys\nsys.stdout.write('a')",
    }
    assert find_talkers(house) == ["cermin.seeds:2", "cermin.site:2"]


def test_sees_names():
    """A forbidden name is found wherever it stands in a text."""
    assert find_names({"a": "x", "b": f"see {MACHINE[0]}/docs"}, MACHINE) == [f"b: {MACHINE[0]}"]
