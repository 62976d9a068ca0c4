import ctypes
import sys
from pathlib import Path

import pytest

from dragon_app.vision import heap
from dragon_app.vision.heap import memory_kept

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


@on_glibc
def test_freed_memory_waits_for_the_next_step_and_is_given_back_in_the_end() -> None:
    allocate_and_free()
    before = resident_bytes()
    with memory_kept():
        allocate_and_free()
        kept = resident_bytes() - before
    assert kept > 0.9 * BYTES
    assert resident_bytes() - before < 0.2 * BYTES


@on_glibc
def test_memory_is_managed_as_ever_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), memory_kept():
        raise ZeroDivisionError
    before = resident_bytes()
    allocate_and_free()
    assert resident_bytes() - before < 0.2 * BYTES


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
