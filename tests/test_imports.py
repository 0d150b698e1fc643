import subprocess
import sys

from tests.conftest import ROOT
from tests.test_house import HOUSE

# Reads module names, imports each with nothing of cermin loaded before, and says which could not. One process for all:
# what others' packages loaded stays, which is what makes this quick and takes nothing from the test.
IMPORT_ALONE = """
import importlib, sys, traceback
for name in sys.argv[1:]:
    for loaded in [other for other in sys.modules if other.partition(".")[0] == "cermin"]:
        del sys.modules[loaded]
    try:
        importlib.import_module(name)
    except BaseException:
        print(name, traceback.format_exc())
"""


def test_every_module_imports_alone():
    """Any module can be the first to be imported."""
    names = [name for name in HOUSE if not name.endswith("__main__")]
    assert names
    command = [sys.executable, "-W", "error", "-c", IMPORT_ALONE, *names]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout == ""
