"""Memory that training gives back to the system after the run, not after every step.

glibc maps each large tensor anew and unmaps it when it is freed, and the kernel clears every page
again: an eighth of the time of a step on two cores (docs/experiments.md, 2026-11-25).
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4  # names of glibc's malloc.h
_AS_EVER = {_TRIM_THRESHOLD: 128 * 1024, _MMAP_MAX: 65536}
_KEEPING = {_TRIM_THRESHOLD: -1, _MMAP_MAX: 0}


@contextmanager
def memory_kept() -> Iterator[None]:
    """Let freed memory wait for the next step; give it back in the end. Does nothing elsewhere.

    It holds for the whole process: a photo that is looked at meanwhile gains, too.
    """
    libc = _glibc()
    if libc is None:
        yield
        return
    _set(libc, _KEEPING)
    try:
        yield
    finally:
        _set(libc, _AS_EVER)
        libc.malloc_trim(0)


def _set(libc: ctypes.CDLL, values: dict[int, int]) -> None:
    for name, value in values.items():
        libc.mallopt(name, value)


def _glibc() -> ctypes.CDLL | None:
    """Return the C library when it is glibc; others manage memory their own way."""
    try:
        libc = ctypes.CDLL(None)
        found = (libc.gnu_get_libc_version, libc.mallopt, libc.malloc_trim)
    except (OSError, TypeError, AttributeError):
        return None
    return libc if all(found) else None
