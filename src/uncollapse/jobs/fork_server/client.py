"""Client that has the fork server run a command, or runs it here: python -I -S client.py SOCKET SCRIPT [ARGUMENT ...].

Run for every job, so it imports little and nothing of this library.
"""

import os
import select
import signal
import socket
import struct
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

HEADER = struct.Struct("!Q")  # length of the request in bytes
STARTED = struct.Struct("!q")  # the job's process, or 0 for: run it yourself
ENDED = struct.Struct("!q")  # its exit status


def main(where: str, command: list[str]) -> int:
    """The command's exit status."""
    python = _interpreter()
    # folders, since the interpreter of a virtual environment is a link to that of all of them
    other = os.path.realpath(os.path.dirname(python)) != os.path.realpath(os.path.dirname(sys.executable))
    if other or command[0].startswith("-"):
        _run_here(python, command)
    for stream in range(3):
        try:
            os.fstat(stream)
        except OSError:  # closed: the number must not become that of the connection
            os.open(os.devnull, os.O_RDWR)
    mask = os.umask(0)
    os.umask(mask)
    try:
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        server.connect(where)
        request = packed(command, os.getcwd(), mask, os.environ)
        socket.send_fds(server, [HEADER.pack(len(request))], [0, 1, 2])
        server.sendall(request)
        answer = _received(server, STARTED.size)
    except OSError:
        answer = b""
    job = STARTED.unpack(answer)[0] if answer else 0
    if not job:
        _run_here(python, command)
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.set_wakeup_fd(wakes)  # or one that comes just before the wait would be heard after it
    signal.signal(signal.SIGTERM, lambda number, _: os.kill(job, number))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # from a terminal the job has it as well
    while server not in select.select([server, woken], [], [])[0]:
        os.read(woken, 1)
    ended = _received(server, ENDED.size)
    if not ended:
        print(f"{' '.join(command[:1])}: the server that ran it was killed; the next run repeats it", file=sys.stderr)
        return 1
    return ENDED.unpack(ended)[0]


def packed(command: list[str], folder: str, mask: int, environment: "Mapping[str, str]") -> bytes:
    """A request as bytes: words between zeros, of which no argument, path or variable has one.

    Not as JSON, whose module takes as long to import as all the rest.
    """
    variables = [f"{name}={value}" for name, value in environment.items()]
    return os.fsencode("\0".join([folder, str(mask), str(len(command)), *command, *variables]))


def unpacked(request: bytes) -> tuple[list[str], str, int, dict[str, str]]:
    """Command, folder, mask and environment of a request.

    >>> unpacked(packed(["a.py", "--b"], "/tmp", 18, {"C": "d=e"}))
    (['a.py', '--b'], '/tmp', 18, {'C': 'd=e'})
    """
    folder, mask, count, *words = os.fsdecode(request).split("\0")
    command, variables = words[: int(count)], words[int(count) :]
    return command, folder, int(mask), dict(variable.split("=", 1) for variable in variables)


def _interpreter() -> str:
    """The ``python`` that the command means: an activated environment has another."""
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = os.path.join(folder, "python")
        if os.access(path, os.X_OK) and os.path.isfile(path):
            return path
    return sys.executable


def _run_here(python: str, command: list[str]) -> None:
    sys.stderr.flush()
    os.execv(python, [python, *command])


def _received(server: socket.socket, size: int) -> bytes:
    """The number of bytes asked for, or none where the server is gone."""
    found = b""
    while len(found) < size:
        try:
            more = server.recv(size - len(found))
        except OSError:
            more = b""
        if not more:
            return b""
        found += more
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
