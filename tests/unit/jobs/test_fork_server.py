"""Jobs of the fork server are processes like others: arguments, streams, exit statuses, signals, and today's code."""

import os
import signal
import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from uncollapse.jobs.fork_server.server import _leave_libraries_whole
from uncollapse.jobs.fork_server.start import SWITCH, client_command, server_command, start

ROOT = Path(__file__).parents[3]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}

# a signal that comes between Python's look for it and one long sleep would be heard when that ends
WAITING = "for _ in range(6000):\n    time.sleep(0.01)"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the fork server is for Linux")


class Served:
    """A server, and clients of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.broken = folder / "broken"  # libraries that cannot be imported, before those that can
        self.broken.mkdir()
        self.environment = ENVIRONMENT | {"PYTHONPATH": f"{self.broken}{os.pathsep}{ENVIRONMENT['PYTHONPATH']}"}
        self.socket = folder / "server/socket"
        self.socket.parent.mkdir()
        self.process = subprocess.Popen(server_command(self.socket), env=self.environment, stdin=subprocess.PIPE)
        _until(self.socket.exists)

    def start(self, script: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        path = self.folder / "script.py"
        path.write_text(script)
        return subprocess.Popen(
            [*client_command(self.socket), str(path), *arguments],
            env=self.environment | environment,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, script: str, *arguments: str, **environment: str) -> tuple[int, str, str]:
        client = self.start(script, *arguments, **environment)
        said, complained = client.communicate(timeout=60)
        return client.returncode, said, complained

    def parent_of_a_job(self, **environment: str) -> int:
        return int(self.run("import os\nprint(os.getppid())", **environment)[1])

    def running(self, script: str) -> tuple[subprocess.Popen[str], psutil.Process]:
        """A client, and its job, which has begun."""
        begun = self.folder / "begun"
        begun.unlink(missing_ok=True)
        client = self.start(f"import os\nopen('begun', 'w').write(str(os.getpid()))\n{script}")
        return client, psutil.Process(int(_until(lambda: begun.exists() and begun.read_text())))

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(30)


def _until(found: Callable[[], object]) -> object:
    end = time.monotonic() + 30
    while not (value := found()):
        assert time.monotonic() < end
        time.sleep(0.01)
    return value


def _gone(job: psutil.Process) -> bool:
    return not job.is_running() or job.status() == psutil.STATUS_ZOMBIE


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    made = Served(tmp_path)
    yield made
    if made.process.poll() is None:
        made.close()


def test_a_job_has_its_arguments_folder_environment_and_streams(served: Served) -> None:
    script = (
        "import os, sys\nprint(sys.argv[1:], os.getcwd(), os.environ['COLOUR'], __name__)\nprint('no', file=sys.stderr)"
    )
    code, said, complained = served.run(script, "--a", "b c", COLOUR="blue")
    assert code == 0
    assert said.split("\n") == [f"['--a', 'b c'] {served.folder} blue __main__", ""]
    assert complained == "no\n"
    assert served.parent_of_a_job() == served.process.pid


@pytest.mark.parametrize(
    ("script", "code", "complaint"),
    [
        ("raise SystemExit(7)", 7, ""),
        ("raise SystemExit", 0, ""),
        ("raise SystemExit('too bad')", 1, "too bad\n"),
        ("import os\nos.kill(os.getpid(), 9)", 137, ""),
    ],
)
def test_exit_statuses(served: Served, script: str, code: int, complaint: str) -> None:
    assert served.run(script) == (code, "", complaint)


def test_an_exception_is_shown(served: Served) -> None:
    code, _, complained = served.run("def f():\n    return 1 / 0\nf()")
    assert code == 1
    assert complained.endswith("ZeroDivisionError: division by zero\n")


def test_what_is_registered_for_the_end_is_done(served: Served) -> None:
    script = (
        "import atexit, sys, threading, time\natexit.register(print, 'end')\n"
        "threading.Thread(target=lambda: (time.sleep(0.2), print('thread'))).start()"
    )
    assert served.run(script)[1] == "thread\nend\n"


def test_at_its_end_a_job_takes_apart_what_it_made_and_no_library_that_was_there(served: Served) -> None:
    to_end = "import torch, weakref\nprint(sum(one.atexit for one in weakref.finalize._registry) > 0)\n"
    assert served.run(to_end)[1] == "True\n"
    own = "class Made:\n    pass\nmade = Made()\nweakref.finalize(made, print, 'ended')"
    assert served.run(to_end + own)[1] == "False\nended\n"


def test_what_goes_while_libraries_are_looked_through_ends_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Garbage is collected whenever it likes, and takes its finalizers from their list."""
    listed: dict[object, None] = {}

    class Finalizer:
        def __setattr__(self, name: str, value: object) -> None:
            vars(self)[name] = value
            for other in [one for one in listed if one is not self]:
                del listed[other]

    first, *_ = every = [Finalizer() for _ in range(3)]
    listed.update(dict.fromkeys(every))
    with monkeypatch.context() as patch:
        patch.setattr(weakref.finalize, "_registry", listed)
        _leave_libraries_whole()
    assert vars(first) == {"atexit": False}


def test_a_library_that_one_job_loaded_is_there_for_the_next_and_nothing_else(served: Served) -> None:
    loaded = "import sys\nprint(*sorted({'numpy', 'pandas', 'torch', 'uncollapse'} & set(sys.modules)))\n"
    assert served.run(f"{loaded}import numpy")[1] == "\n"
    assert served.run(loaded)[1] == "numpy\n"
    assert served.run("import uncollapse.randomness.hashing")[0] == 0
    assert served.run(loaded)[1] == "numpy\n", "the library itself is loaded anew, as it is then"


@pytest.mark.parametrize(
    "body", ["products.figures.feng2024_beams", "experiments.sequence.stages.train", "experiments.text.stages.select"]
)
def test_the_second_job_of_a_kind_finds_what_the_first_had_to_load(served: Served, body: str) -> None:
    script = (
        f"import sys\nbefore = set(sys.modules)\nimport uncollapse.{body}\n"
        "print(sum(not name.startswith('uncollapse') for name in set(sys.modules) - before))"
    )
    first, second = (int(served.run(script)[1]) for _ in range(2))
    assert first > 100
    assert second < 20, "libraries that load their parts late, or whose names no job tells"


def test_jobs_draw_different_random_numbers(served: Served) -> None:
    script = "import random\nimport numpy\nprint(random.random())\nprint(numpy.random.rand())"
    first, second, third = (set(served.run(script)[1].split()) for _ in range(3))
    assert len(first | second | third) == 6


def test_executors_end_with_their_job(served: Served) -> None:
    script = (
        "from concurrent.futures import ThreadPoolExecutor as Pool\npool = Pool()\nprint(pool.submit(abs, -3).result())"
    )
    keeping = f"{script}\nimport sys\nsys.kept = pool"
    assert served.run(keeping)[:2] == (0, "3\n")


def test_a_client_that_says_nothing_costs_nobody_else_anything(served: Served) -> None:
    client, job = served.running("import time\ntime.sleep(2)\nprint('done')")
    open_files = len(psutil.Process(served.process.pid).open_files())
    for message in (b"", b"1234", b"\0\0\0\0\0\0\0\1{"):
        with socket.socket(socket.AF_UNIX) as strange:
            strange.connect(str(served.socket))
            strange.sendall(message)
    assert served.run("print('next')")[1] == "next\n"
    assert len(psutil.Process(served.process.pid).open_files()) == open_files
    assert client.communicate(timeout=30)[0] == "done\n"
    assert _gone(job)


def test_a_library_that_cannot_be_imported_costs_only_who_needs_it(served: Served) -> None:
    (served.broken / "peft.py").write_text("raise ImportError")
    (served.folder / "peft.py").write_text("")  # which lies beside the first job's script
    assert served.run("import peft")[0] == 0
    assert served.run("print('next')")[1] == "next\n"


def test_a_job_has_the_mask_and_the_folder_for_temporary_files_of_its_shell(served: Served) -> None:
    script = "import os, tempfile\nprint(oct(os.umask(0)), tempfile.gettempdir())"
    before = os.umask(0o077)
    try:
        said = served.run(script, TMPDIR=str(served.folder))[1]
    finally:
        os.umask(before)
    assert said == f"0o77 {served.folder}\n"


@pytest.mark.parametrize("variable", ["OMP_NUM_THREADS", "PYTHONHASHSEED", "CUDA_VISIBLE_DEVICES"])
def test_another_setting_of_libraries_is_a_process_of_its_own(served: Served, variable: str) -> None:
    assert served.parent_of_a_job(**{variable: "3"}) != served.process.pid
    assert served.run(f"import os\nprint(os.environ['{variable}'])", **{variable: "3"})[1] == "3\n"


def test_what_a_library_adds_to_the_environment_of_the_server_changes_nothing(served: Served) -> None:
    served.run("import torch, matplotlib.pyplot")
    served.run("")  # before which the server imports them
    assert served.parent_of_a_job() == served.process.pid


def test_an_activated_environment_has_its_own_python(served: Served) -> None:
    folder = served.folder / "activated"
    folder.mkdir()
    (folder / "python").write_text("#!/bin/sh\necho another python: $2\n")
    (folder / "python").chmod(0o755)
    assert served.run("", "argument", PATH=f"{folder}:{ENVIRONMENT['PATH']}")[1] == "another python: argument\n"


def test_without_a_server_the_command_runs_all_the_same(served: Served) -> None:
    served.close()
    assert not served.socket.parent.exists()
    assert served.run("import sys\nprint(sys.argv[1])\nsys.exit(3)", "here")[:2] == (3, "here\n")


def test_a_killed_client_takes_its_job_with_it(served: Served) -> None:
    client, job = served.running("import time\ntime.sleep(60)")
    client.kill()
    _until(lambda: _gone(job))
    assert served.run("print('next')")[1] == "next\n"


def test_a_killed_server_takes_its_jobs_with_it(served: Served) -> None:
    client, job = served.running("import time\ntime.sleep(60)")
    served.process.kill()
    _, complained = client.communicate(timeout=30)
    assert client.returncode == 1
    assert "killed" in complained
    _until(lambda: _gone(job))


def test_a_job_is_asked_to_end_through_its_client(served: Served) -> None:
    script = "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(5))\nprint(flush=True)\n"
    client, _ = served.running(f"{script}{WAITING}")
    client.stdout.readline()
    client.send_signal(signal.SIGTERM)
    assert client.wait(30) == 5


def test_a_group_that_is_asked_to_end_has_its_time(served: Served) -> None:
    """As by ``timeout``: the server must not end before its jobs."""
    script = (
        "import signal, sys, time\ndef tidy(*_):\n    time.sleep(0.5)\n    print('tidy')\n    sys.exit(5)\n"
        f"signal.signal(signal.SIGTERM, tidy)\nprint(flush=True)\n{WAITING}"
    )
    client, job = served.running(script)
    client.stdout.readline()
    for process in (served.process.pid, job.pid):
        os.kill(process, signal.SIGTERM)
    assert client.communicate(timeout=30)[0] == "tidy\n"
    assert client.returncode == 5


def test_jobs_run_side_by_side_and_outlive_snakemake(served: Served) -> None:
    script = "import pathlib, time\nwhile not pathlib.Path('go').exists():\n    time.sleep(0.01)\nprint('done')"
    first, _ = served.running(script)
    second, _ = served.running(script)
    served.process.stdin.close()  # as Snakemake's end does
    time.sleep(0.3)
    (served.folder / "go").touch()
    assert first.communicate(timeout=30)[0] == second.communicate(timeout=30)[0] == "done\n"
    assert served.process.wait(30) == 0
    assert not served.socket.parent.exists()


@pytest.mark.parametrize("what", ["switched off", "dry run", "cluster", "containers", "a GPU"])
def test_only_where_jobs_run_here_as_they_are(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    there = Path.exists
    monkeypatch.setattr(Path, "exists", lambda path: there(path) or (what, path.name) == ("a GPU", "nvidiactl"))
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("a server was started"))
    monkeypatch.setenv(SWITCH, "0" if what == "switched off" else "1")
    deployment = SimpleNamespace(deployment_method={"apptainer"} if what == "containers" else set())
    start(SimpleNamespace(local_exec=what != "cluster", dryrun=what == "dry run", deployment_settings=deployment))


def test_workflows_may_share_a_server_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    from snakemake.shell import shell

    there, prefixes = Path.exists, []
    monkeypatch.setattr(Path, "exists", lambda path: path.name != "nvidiactl" and there(path))
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("a server was started"))
    monkeypatch.setattr(shell, "prefix", prefixes.append)
    monkeypatch.setenv(SWITCH, "/somewhere/socket")
    start(SimpleNamespace(local_exec=True, dryrun=False, deployment_settings=SimpleNamespace(deployment_method=set())))
    assert [prefix.split()[-3] for prefix in prefixes] == ["/somewhere/socket"]


def test_many_jobs_may_end_after_the_last_request(served: Served) -> None:
    """What they say of their libraries is more than a pipe holds, and nobody reads it before the next request."""
    process = served.process.pid
    about = Path(f"/proc/{process}/fdinfo/{_pipe_of(process)}").read_text()
    assert int(about.split()[3], 8) & os.O_NONBLOCK


def _pipe_of(process: int) -> int:
    """The server's descriptor to which jobs write: the write end of the pipe that it made first."""
    for _ in range(600):  # its socket is there before its pipes are
        own = sorted(int(name) for name in os.listdir(f"/proc/{process}/fd"))
        modes = {number: int(Path(f"/proc/{process}/fdinfo/{number}").read_text().split()[3], 8) for number in own}
        pipes = [n for n in own if os.readlink(f"/proc/{process}/fd/{n}").startswith("pipe:") and n > 2]
        writing = [number for number in pipes if modes[number] & os.O_ACCMODE == os.O_WRONLY]
        if writing:
            return writing[0]
        time.sleep(0.05)
    raise AssertionError("the server made no pipe in half a minute")
