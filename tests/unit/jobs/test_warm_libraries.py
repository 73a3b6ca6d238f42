"""What jobs import is loaded before they are forked: as they ask for it, and under names by which they tell of it."""

import json
import subprocess
import sys
from pathlib import Path

from uncollapse.jobs.fork_server.server import LIBRARIES

PACKAGE = Path(__file__).parents[3] / "src/uncollapse"
MOST = 10  # modules of other packages that a body may add to those of the libraries: rare ones, and parts of few lines

SCRIPT = """
import importlib, json, sys
libraries, bodies = json.loads(sys.argv[1])
for name in libraries:
    importlib.import_module(name)
found = {}
for name in bodies:
    before = set(sys.modules)
    importlib.import_module(name)
    found[name] = sorted(new for new in set(sys.modules) - before if not new.startswith("uncollapse"))
print(json.dumps(found))
"""


def _bodies() -> list[str]:
    """Modules of all stages, and of what is made from their results."""
    paths = [*PACKAGE.rglob("stages/*.py"), *PACKAGE.glob("products/*/*.py")]
    names = [path.relative_to(PACKAGE.parent).with_suffix("").parts for path in sorted(set(paths))]
    return [".".join(parts) for parts in names if parts[-1] != "__init__"]


def test_a_job_finds_its_libraries_loaded() -> None:
    asked = json.dumps([LIBRARIES, _bodies()])
    ended = subprocess.run([sys.executable, "-c", SCRIPT, asked], capture_output=True, text=True, check=True)
    added = json.loads(ended.stdout.splitlines()[-1])
    assert len(added) > 80
    assert {name: new for name, new in added.items() if len(new) > MOST} == {}
