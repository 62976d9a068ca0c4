import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

from dragon_app.vision import heap
from dragon_app.vision.heap import memory_kept

ROOT = Path(__file__).parents[2]
BYTES = 64 * 2**20
on_glibc = pytest.mark.skipif(heap._glibc() is None, reason="memory is managed otherwise here")


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096


def allocate_and_free() -> None:
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    block = libc.malloc(ctypes.c_size_t(BYTES))
    ctypes.memset(block, 1, BYTES)
    libc.free(ctypes.c_void_p(block))


def grown(code: str) -> list[float]:
    """Run code in a process whose memory no other test has used; return what it told in blocks."""
    head = "from tests.vision.test_heap import *\nallocate_and_free()\nbefore = resident_bytes()\n"
    tell = "def tell():\n    print((resident_bytes() - before) / BYTES)\n"
    command = [sys.executable, "-c", head + tell + code]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [float(line) for line in outcome.stdout.split()]


@on_glibc
def test_freed_memory_waits_for_the_next_step_and_is_given_back_in_the_end() -> None:
    kept, after = grown("with memory_kept():\n    allocate_and_free()\n    tell()\ntell()")
    assert kept > 0.9
    assert after < 0.2


@on_glibc
def test_memory_is_managed_as_ever_after_an_error() -> None:
    code = "try:\n    with memory_kept():\n        1 / 0\nexcept ZeroDivisionError:\n    pass\n"
    assert grown(code + "allocate_and_free()\ntell()")[0] < 0.2


def test_where_memory_is_managed_otherwise_nothing_happens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(heap, "_glibc", lambda: None)
    ran = False
    with memory_kept():
        ran = True
    assert ran


def test_no_c_library_to_ask_is_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: object) -> object:
        raise OSError(name)

    monkeypatch.setattr(sys.modules["ctypes"], "CDLL", refuse)
    assert heap._glibc() is None
