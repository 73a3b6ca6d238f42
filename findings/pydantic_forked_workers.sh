#!/usr/bin/env bash
# pydantic 2.14.3 (pydantic-core 2.50.4) on CPython 3.11, in a process that imports it so that its forked workers need not (a
# pre-fork server, gunicorn's preload, multiprocessing with fork). `import pydantic` loads hardly any of it: its names are looked
# up when they are first asked for, and the first model of a process reads the metadata of all installed distributions for
# plugins. So each worker does both again, however long the parent has had pydantic.
#   imported     parent: import pydantic                  a worker's first model loads 30 modules and more of pydantic, and
#                                                         opens entry_points.txt of the installed distributions
#   named        parent: from pydantic import BaseModel   the modules are there; the metadata is read again in every worker
#   built        parent: one model, of any kind           neither
# With 171 distributions installed it was 57 to 68 ms of a worker's processor time.
# Output: imported 31 and 14, named 4 and 14, built 0 and 0 (beside pytest 9.2.0 and build 1.6.1, which are there to be read).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "pydantic==2.14.3" "pydantic-core==2.50.4" \
  "pytest==9.2.0" "build==1.6.1" 2>/dev/null
cd "$folder"
"$folder/venv/bin/python" - <<'P' >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
import json
import subprocess
import sys

PARENTS = {
    "imported": "import pydantic",
    "named": "from pydantic import BaseModel",
    "built": "from pydantic import BaseModel\nclass Any(BaseModel):\n    value: int",
}
WORKER = """
import json, os, sys
{parent}
ends, says = os.pipe()
if os.fork() == 0:
    opened = []
    sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)
    before = set(sys.modules)
    from pydantic import BaseModel
    class Model(BaseModel):
        name: str
    assert Model(name="a").name == "a"
    loaded = [name for name in set(sys.modules) - before if name.startswith("pydantic.")]
    read = [path for path in opened if path.endswith("entry_points.txt")]
    os.write(says, json.dumps([len(loaded), len(read)]).encode())
    os._exit(0)
os.wait()
print(os.read(ends, 100).decode())
"""
found = {}
for name, parent in PARENTS.items():
    script = WORKER.format(parent=parent)
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    found[name] = json.loads(out.splitlines()[-1])
    print(f"{name}: a worker's first model loads {found[name][0]} modules of pydantic, opens {found[name][1]} entry_points.txt")
assert found["imported"][0] > 20 and found["imported"][1] > 3, found
assert found["named"][0] < 20 and found["named"][1] > 3, found
assert found["built"] == [0, 0], found
P
cat "$folder/log"
