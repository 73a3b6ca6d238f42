"""Which job depends on which module: the imports as one reads them, found without the code under test."""

import json
import re
from pathlib import Path

from checkout import Job

COMMAND = "scripts/stage.py"
PRODUCTS = {
    "make_table": "src/uncollapse/products/tables",
    "draw_figure": "src/uncollapse/products/figures",
    "check_claims": "src/uncollapse/products/claims",
}
EXPERIMENTS = "src/uncollapse/experiments"
TASK, VERIFIER = "src/uncollapse/tasks/eigenvalues.py", "src/uncollapse/verifiers/sequences/tolerance.py"
SELECTORS = "src/uncollapse/selection/sequences"
_IMPORT = re.compile(r"^\s*(?:from\s+([\w.]+)\s+import\s+(\([^)]*\)|[^#\n]*)|import\s+([\w.]+))", re.MULTILINE)


class ImportGraph:
    """Files and libraries that each file of a checkout imports, directly or not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._direct: dict[str, set[str]] = {}

    def modules(self) -> list[str]:
        """Every module of the library, and the command of all rules."""
        library = sorted((self.folder / "src/uncollapse").rglob("*.py"))
        return [*(str(path.relative_to(self.folder)) for path in library), COMMAND]

    def reached(self, *roots: str) -> set[str]:
        """Files (by path) and libraries (by name) that these files run."""
        found: set[str] = set()
        todo = list(roots)
        while todo:
            name = todo.pop()
            if name in found:
                continue
            found.add(name)
            if name.endswith(".py"):
                todo += self._imports(name)
        return found

    def roots(self, job: Job, jobs: list[Job]) -> list[str]:
        """The files that a job starts from: the command, its body, and what it finds by name."""
        if job.rule == "fetch_package":
            return []  # a checksum says all about its content, whatever code fetched it
        stem = Path(job.outputs[0]).stem
        if job.rule in PRODUCTS:
            product = f"{PRODUCTS[job.rule]}/{stem}.py"
            return [COMMAND, f"src/uncollapse/products/stages/{job.rule}.py", product, *_frames(job)]
        if job.rule in ("gather_claims", "gather_part"):
            return [COMMAND, f"src/uncollapse/report/stages/{job.rule}.py"]
        if job.rule in ("write_report", "write_part"):
            read = {path for path in job.inputs if "/tables/" in path or "/figures/" in path}
            made = [other for other in jobs if other.rule in ("make_table", "draw_figure") and read & {*other.outputs}]
            shown = [f"{PRODUCTS[other.rule]}/{Path(other.outputs[0]).stem}.py" for other in made]
            section = [f"{EXPERIMENTS}/sequence/section.py", f"{EXPERIMENTS}/sequence/frames.py"]
            about = section if any("/eigenvalues/" in path for path in job.inputs) else []
            return [COMMAND, f"src/uncollapse/report/stages/{job.rule}.py", *shown, *about]
        if job.rule == "simulate":
            simulation = f"src/uncollapse/theory/simulations/{stem}.py"
            return [COMMAND, f"{EXPERIMENTS}/theory/stages/simulate.py", simulation]
        roots = [COMMAND, f"{EXPERIMENTS}/sequence/stages/{job.rule}.py", TASK]
        if job.rule in ("select", "proxy", "compare_kept"):
            _, spec = json.loads(job.runs)
            roots.append(f"{SELECTORS}/{json.loads(spec)['dataset']['select']}.py")
        return [*roots, VERIFIER] if job.rule == "verify" else roots

    def _imports(self, name: str) -> set[str]:
        if name not in self._direct:
            found: set[str] = set()
            for source, names, plain in _IMPORT.findall((self.folder / name).read_text()):
                parents = source or plain
                inner = [f"{source}.{word}" for word in re.findall(r"\w+", names)] if source else []
                for dotted in [parents, *inner]:
                    found |= self._files(dotted) if dotted.startswith("uncollapse") else {dotted.split(".")[0]}
            # a module runs the packages it lies in
            parts = Path(name).parts
            for depth in range(2, len(parts)) if parts[0] == "src" else ():
                if parts[1] == "uncollapse":
                    found.add("/".join([*parts[:depth], "__init__.py"]) if depth > 1 else "")
            self._direct[name] = found - {name, ""}
        return self._direct[name]

    def _files(self, dotted: str) -> set[str]:
        parts = dotted.split(".")
        found = set()
        for length in range(1, len(parts) + 1):
            base = "/".join(["src", *parts[:length]])
            for candidate in (f"{base}.py", f"{base}/__init__.py"):
                if (self.folder / candidate).is_file():
                    found.add(candidate)
        return found


def _frames(job: Job) -> list[str]:
    """The modules that tell how the artifacts which a product is made from become its frames."""
    below = {Path(path).parts[1] for path in job.inputs if path.startswith("results/")}
    kinds = {"eigenvalues": "sequence", "theory": "theory"}
    return [f"{EXPERIMENTS}/{kind}/frames.py" for folder, kind in kinds.items() if folder in below]
