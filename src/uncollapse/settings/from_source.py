"""Import hook: modules of this project run as their sources stand, never from stale bytecode.

Python believes compiled files whose source has the size and the time (whole seconds) that it had; a copy that keeps
times (``rsync -a``, ``tar``, two checkouts in one second) can be another module with both. Here compiled files are
believed by a hash of the source, in the format that Python has for it (PEP 552), so that any Python can use them.
"""

import importlib.util
import marshal
import os
import sys
import time
from importlib.machinery import FileFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

PACKAGE = str(Path(__file__).parents[1])
SOURCE = "__source_that_ran__"
YOUNG = 3600.0  # seconds since a file was written, for which a job may have met another version of it
_CHECKED = (3).to_bytes(4, "little")  # flags of a compiled file: it holds a hash, which is to be checked


class FromSource(SourceFileLoader):
    """A loader that compiles a source, or takes what was compiled from equal bytes."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the module; one whose file was written lately keeps its source, for :func:`check_loaded`."""
        super().exec_module(module)
        if time.time() - os.stat(self.path).st_ctime < YOUNG:
            module.__dict__[SOURCE] = self._source

    def get_code(self, fullname: str) -> CodeType | None:
        """The module's code."""
        path = self.get_filename(fullname)
        source = self._source = self.get_data(path)
        digest = importlib.util.source_hash(source)
        head = importlib.util.MAGIC_NUMBER + _CHECKED + digest
        compiled = importlib.util.cache_from_source(path)
        try:
            found = self.get_data(compiled)
            if found.startswith(head):
                code = marshal.loads(found[len(head) :])
                # one that was compiled elsewhere names files that are not there
                if isinstance(code, CodeType) and code.co_filename == path:
                    return code
        except (OSError, EOFError, ValueError, TypeError):
            pass
        code = self.source_to_code(source, path)
        if not sys.dont_write_bytecode:
            self.set_data(compiled, head + marshal.dumps(code))
        return code


def install() -> None:
    """Load modules of this project so from now on."""
    if any(getattr(hook, "of_project", False) for hook in sys.path_hooks):
        return
    finder = FileFinder.path_hook((FromSource, [".py"]))

    def hook(path: str) -> Any:
        if path != PACKAGE and not path.startswith(f"{PACKAGE}/"):
            raise ImportError(path, "not of this project")
        return finder(path)

    hook.of_project = True  # type: ignore[attr-defined]
    sys.path_hooks.insert(0, hook)
    for path in [path for path in sys.path_importer_cache if path.startswith(PACKAGE)]:
        del sys.path_importer_cache[path]
