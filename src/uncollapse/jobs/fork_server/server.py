"""The fork server: python -P -m uncollapse.jobs.fork_server.server SOCKET, standard input a pipe from its starter.

It imports nothing of weight by itself. A job that ends says which of :data:`LIBRARIES` it loaded; what is new among
them is imported here before the next job is forked. A workflow whose results all come from the store therefore imports
nothing, and one without language models no transformers.

Jobs are killed when the server or the client that asked for them is; they outlive Snakemake, as they do without it.
"""

import atexit
import contextlib
import ctypes
import gc
import importlib
import os
import random
import runpy
import selectors
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
import weakref
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from uncollapse.jobs.fork_server.client import ENDED, HEADER, STARTED, unpacked

# what takes long to import and neither starts threads nor touches a GPU by being imported, in the order to import it.
# What loads its parts when they are asked for is here as jobs ask for it: transformers; pydantic, which looks through
# all that is installed at its first model; and matplotlib by its canvas and writers, since no job takes pyplot
LIBRARIES = (
    "numpy",
    "pyarrow",
    "pyarrow.parquet",
    "uncollapse.settings.values",
    "scipy.stats",
    "scipy.optimize",
    "pandas",
    "sklearn.linear_model",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "torch",
    "safetensors.torch",
    "tokenizers",
    "uncollapse.language.lean_start",
    "transformers.models.auto.modeling_auto",
    "transformers.models.gpt2.modeling_gpt2",
    "transformers.models.llama.modeling_llama",
    "transformers.trainer",
    "peft",
    "datasets",
    "rouge_score.rouge_scorer",
    "diffusers.schedulers.scheduling_ddpm",
)
# variables that libraries read when they are imported: where a job's differ from the server's, it is not forked
DECISIVE = (
    *("CUDA_", "GOMP_", "GOTO_", "HF_", "KMP_", "LD_", "MALLOC_", "MKL_", "MPL", "NUMEXPR_", "OMP_", "OPENBLAS_"),
    *("PYDANTIC_", "PYTHON", "TORCH", "TRANSFORMERS_", "VECLIB_"),
)
PR_SET_PDEATHSIG = 1


class Server:
    """The loop that takes requests, forks, and tells clients how their jobs ended."""

    def __init__(self, where: str) -> None:
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(where)
        self.listener.listen(64)
        self.clients: dict[int, socket.socket] = {}  # by the process of their job
        self.used, self.uses = os.pipe()  # libraries that jobs loaded, a line each
        self.woken, self.wakes = os.pipe()
        # nor may a job wait to say what it has loaded: nobody reads it before the next request
        for descriptor in (self.used, self.uses, self.woken, self.wakes):
            os.set_blocking(descriptor, False)
        self.decisive = _decisive(dict(os.environ))  # before libraries add to it
        self.imported: set[str] = set()
        self.own = _own_modules()  # by their names; looked for here, since a look writes to memory that jobs share
        self.starter_lives = True

    def serve(self) -> "Request | None":
        """Serve until the starter and all jobs have ended; in a forked job, return what it is to run."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # sent to all of a group: jobs and the starter end themselves
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.wakes)
        with selectors.DefaultSelector() as selector:
            selector.register(self.listener, selectors.EVENT_READ)
            selector.register(self.woken, selectors.EVENT_READ)
            selector.register(0, selectors.EVENT_READ)
            while self.starter_lives or self.clients:
                for client in self.clients.values():
                    selector.register(client, selectors.EVENT_READ)
                ready = [key.fileobj for key, _ in selector.select()]
                for client in self.clients.values():
                    selector.unregister(client)
                self._end_abandoned(ready)
                if self.woken in ready:
                    os.read(self.woken, 1 << 16)
                self._tell_ended()
                if 0 in ready:
                    selector.unregister(0)
                    self.starter_lives = False
                if self.listener in ready:
                    self._import_used()
                    if (request := self._answer()) is not None:
                        return request
        return None

    def _answer(self) -> "Request | None":
        try:
            client, _ = self.listener.accept()
        except OSError:  # gone already, or no more open files: the client runs its command itself
            return None
        client.settimeout(5)
        try:
            request = Request(client)
        except Exception:  # whatever one client sends, the jobs of others go on
            client.close()
            return None
        job = -1
        if _decisive(request.environment) == self.decisive:
            with contextlib.suppress(OSError):  # no memory for another process
                job = os.fork()
        if job == 0:
            return request
        request.close()
        if job < 0:
            with contextlib.suppress(OSError):
                client.sendall(STARTED.pack(0))
            client.close()
            return None
        self.clients[job] = client
        with contextlib.suppress(OSError):  # gone already: noticed at the next look
            client.sendall(STARTED.pack(job))
        return None

    def _end_abandoned(self, ready: list[Any]) -> None:
        """Kill the jobs whose clients were killed: these send nothing after their request."""
        for job, client in self.clients.items():
            if client in ready:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(job, signal.SIGKILL)

    def _tell_ended(self) -> None:
        while self.clients:
            job, status = os.waitpid(-1, os.WNOHANG)
            if job == 0:
                return
            code = os.waitstatus_to_exitcode(status)
            with self.clients.pop(job) as client, contextlib.suppress(OSError):
                client.sendall(ENDED.pack(code if code >= 0 else 128 - code))

    def _import_used(self) -> None:
        with contextlib.suppress(BlockingIOError):
            used = set(os.read(self.used, 1 << 16).decode().split("\n"))
            new = [name for name in LIBRARIES if name in used - self.imported]
            for name in new:
                self.imported.add(name)
                with contextlib.suppress(Exception):  # a job that needs it says what is wrong
                    importlib.import_module(name)
            if new:
                _leave_libraries_whole()
                self.own = _own_modules()
            gc.freeze()  # memory that jobs share is not written to

    def leave(self) -> None:
        """Close in a job what is the server's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        self.listener.close()
        for client in self.clients.values():
            client.close()
        for descriptor in (self.used, self.woken, self.wakes):
            os.close(descriptor)


class Request:
    """A command with its folder, environment and streams."""

    def __init__(self, client: socket.socket) -> None:
        start, self.streams, _, _ = socket.recv_fds(client, HEADER.size, 3)
        try:
            (size,) = HEADER.unpack(start)
            with client.makefile("rb") as file:
                request = file.read(size)
            if len(request) < size:
                raise ValueError(f"{len(request)} of {size} bytes")
            self.command, self.folder, self.mask, self.environment = unpacked(request)
            if len(self.streams) != 3:
                raise ValueError(f"{len(self.streams)} streams")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        for descriptor in self.streams:
            os.close(descriptor)

    def run(self, anew: Mapping[str, ModuleType]) -> int:
        """Become the command, which imports modules of this library ``anew``; its exit status."""
        for descriptor, own in zip(self.streams, range(3), strict=True):
            os.dup2(descriptor, own)
        self.close()
        os.chdir(self.folder)
        os.umask(self.mask)
        os.environ.clear()
        os.environ.update(self.environment)
        time.tzset()
        tempfile.tempdir = None  # to be found again
        random.seed()  # not the same in all
        if "numpy.random" in sys.modules:
            sys.modules["numpy.random"].seed()
        for name in anew:
            del sys.modules[name]  # a job runs the code that lies there when it starts
        script = self.command[0]
        sys.argv = self.command
        sys.path.insert(0, str(Path(script).resolve().parent))
        try:
            runpy.run_path(script, run_name="__main__")
        except SystemExit as end:
            if end.code is None or isinstance(end.code, int):
                return end.code or 0
            print(end.code, file=sys.stderr)
            return 1
        except BaseException as error:
            trace = error.__traceback__
            while trace is not None and trace.tb_frame.f_code.co_filename != script:
                trace = trace.tb_next  # the server's own
            traceback.print_exception(error.with_traceback(trace or error.__traceback__))
            return 1
        return 0


def _own_modules() -> dict[str, ModuleType]:
    return {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "uncollapse"}


def _leave_libraries_whole() -> None:
    """Have jobs not take apart at their end what was loaded before them; what they make themselves they still end.

    torch would unregister some hundred operators and put its times of compilation into words, which cost a job that
    does nothing two thirds of its time.
    """
    for finalizer in list(weakref.finalize._registry):  # type: ignore[attr-defined]  # others may go meanwhile
        finalizer.atexit = False
    if (compiler := sys.modules.get("torch._dynamo.utils")) is not None:
        with contextlib.suppress(AttributeError):
            atexit.unregister(compiler.dump_compile_times)


def _decisive(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(DECISIVE)}


def _end(code: int) -> NoReturn:
    """End a job as the interpreter would, but for taking libraries apart object by object.

    That would write to all the memory that is shared with the server, and took longer than most jobs.
    """
    threading._shutdown()  # waits for threads, after what executors have registered to end theirs
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(code)


def main(where: str) -> None:
    """Serve; each job comes out here as well, in a process of its own."""
    # loaded before the first fork: a job that asks for it must not look for the C library
    kernel = ctypes.CDLL(None)
    server = Server(where)
    request = server.serve()
    if request is None:
        os.unlink(where)
        os.rmdir(os.path.dirname(where))
        return
    kernel.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    server.leave()
    code = request.run(server.own)
    loaded = "\n".join(name for name in LIBRARIES if name in sys.modules)
    with contextlib.suppress(OSError):
        os.write(server.uses, f"{loaded}\n".encode())  # short enough to be written in one piece
    _end(code)


if __name__ == "__main__":
    main(sys.argv[1])
