"""A filter of system calls (seccomp) for the process that sets it: no network, no other process, no writing of files.

It is set without privileges and cannot be taken off again. What it refuses fails with EPERM in the program.
"""

import ctypes
import errno
import platform
import struct
from collections.abc import Sequence
from dataclasses import dataclass

_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_NO_NEW_PRIVILEGES, _SET_FILTER, _FILTER = 38, 22, 2
_CLONE_THREAD = 0x10000
_WRITING = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000  # O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND


@dataclass(frozen=True)
class _Machine:
    """Numbers of system calls on one kind of machine, from the kernel's tables."""

    arch: int
    always: tuple[int, ...]  # network, processes, privileges
    files: tuple[int, ...]  # changes of files
    opens: tuple[tuple[int, int], ...]  # calls that open files, and which argument holds the flags
    clone: int
    not_there: tuple[int, ...]  # calls that the C library does without
    other_abi: int | None = None


_MACHINES = {
    "x86_64": _Machine(
        arch=0xC000003E,
        # network (pairs of sockets are none, and asyncio needs one), fork, execve, signals, ptrace, privileges, mounts,
        # keys, modules, other processes' memory
        always=(
            41, 42, 43, 49, 50, 57, 58, 59, 62, 101, 105, 106, 113, 114, 116, 117, 119, 126, 129, 155, 160, 161, 163,
            165, 166, 167, 168, 169, 170, 175, 176, 200, 234, 246, 248, 249, 250, 272, 288, 297, 298, 302, 304, 308,
            310,
            311, 312, 313, 317, 320, 321, 322, 323, 424, 425, 426, 427, 428, 429, 430, 431, 432, 433, 434, 438, 442,
        ),
        files=(
            76, 77, 82, 83, 84, 85, 86, 87, 88, 90, 91, 92, 93, 94, 132, 133, 188, 189, 190, 197, 198, 199, 235, 258,
            259, 260, 261, 263, 264, 265, 266, 268, 280, 285, 316, 452,
        ),
        opens=((2, 1), (257, 2)),
        clone=56,
        not_there=(435, 437),  # clone3, openat2
        other_abi=0x40000000,
    ),
    "aarch64": _Machine(
        arch=0xC00000B7,
        always=(
            198, 200, 201, 202, 203, 221, 97, 104, 105, 106, 117, 129, 130, 131, 138, 142, 144, 143, 146, 145, 147, 149,
            151, 152, 164, 217, 218, 219, 224, 225, 39, 40, 41, 51, 89, 240, 241, 242, 243, 261, 265, 268, 269, 270,
            271,
            272, 273, 277, 280, 281, 282, 294, 424, 425, 426, 427, 428, 429, 430, 431, 432, 433, 434, 438, 442,
        ),
        files=(5, 6, 7, 14, 15, 16, 33, 34, 35, 36, 37, 38, 45, 46, 47, 52, 53, 54, 55, 88, 276, 452),
        opens=((56, 2),),
        clone=220,
        not_there=(435, 437),
    ),
}  # fmt: skip


def can_filter() -> bool:
    """Whether this kind of machine has a filter."""
    return platform.system() == "Linux" and platform.machine() in _MACHINES


def confine(*, files: bool) -> None:
    """Set the filter; with ``files``, files can be written.

    Raises
    ------
    OSError
        Where the kernel does not take it.
    """
    program = b"".join(_program(_MACHINES[platform.machine()], files=files))
    library = ctypes.CDLL(None, use_errno=True)
    instructions = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    given = Program(len(program) // 8, ctypes.addressof(instructions))
    if library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or library.prctl(_SET_FILTER, _FILTER, ctypes.byref(given), 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel takes no filter of system calls")


def _program(machine: _Machine, *, files: bool) -> Sequence[bytes]:
    """Instructions of the Berkeley packet filter: eight bytes each."""
    refused, missing = _ERRNO | errno.EPERM, _ERRNO | errno.ENOSYS
    found = [_at(_ARCH), _step(_EQUAL, machine.arch, 1, 0), _step(_RETURN, _KILL), _at(_NUMBER)]
    if machine.other_abi is not None:
        found += [_step(_AT_LEAST, machine.other_abi, 0, 1), _step(_RETURN, _KILL)]
    for number in (*machine.always, *(() if files else machine.files)):
        found += [_step(_EQUAL, number, 0, 1), _step(_RETURN, refused)]
    for number in machine.not_there:
        found += [_step(_EQUAL, number, 0, 1), _step(_RETURN, missing)]
    found += [
        _step(_EQUAL, machine.clone, 0, 4), _at(_ARGUMENTS), _step(_ANY_BIT, _CLONE_THREAD, 1, 0),
        _step(_RETURN, refused), _step(_RETURN, _ALLOW),
    ]  # fmt: skip
    for number, argument in () if files else machine.opens:
        found += [
            _step(_EQUAL, number, 0, 4), _at(_ARGUMENTS + 8 * argument), _step(_ANY_BIT, _WRITING, 0, 1),
            _step(_RETURN, refused), _step(_RETURN, _ALLOW),
        ]  # fmt: skip
    return [*found, _step(_RETURN, _ALLOW)]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _at(offset: int) -> bytes:
    return _step(_LOAD, offset)
