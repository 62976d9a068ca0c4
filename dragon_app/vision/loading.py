"""Loading torch beside a page that people use. Importing this does not load it.

Python imports under its lock, so whoever labels meanwhile waits. Measured with torch 2.14 on two
cores, 2026-11-29: without this another thread waited nine times for over 30 ms, 270 ms at most;
with it 26 to 29 ms, in one load of four 56, and loading took 2.3 s instead of 3.2.
"""

import ctypes
import gc
import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dragon_app.vision.pair import wait_quietly

# In this order; the first is there for all that come later, as torch itself wants it.
_LIBRARIES = ("libtorch_global_deps.so", "libtorch_cpu.so", "libtorch_cuda.so")

# A label lets go of Python's lock for each of some twenty statements, and waits for it as long as
# this every time somebody imports; 5 ms by default.
_SWITCH_S = 0.0005


@contextmanager
def loading_beside() -> Iterator[None]:
    """Let other threads run while the block imports torch.

    Its largest libraries are loaded before that, outside of Python's lock. No garbage is looked for
    meanwhile, nor later among what there is at the end: nearly all of it is code that stays.
    """
    if "torch" in sys.modules:
        yield
        return
    wait_quietly()
    _load_libraries()
    interval_s, collects = sys.getswitchinterval(), gc.isenabled()
    sys.setswitchinterval(_SWITCH_S)
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if collects:
            gc.enable()
        sys.setswitchinterval(interval_s)


def _load_libraries() -> None:
    """Load them where that is known to work; `import torch` loads, and complains of, the others."""
    spec = importlib.util.find_spec("torch")
    is_own_order = "LD_LIBRARY_PATH" in os.environ  # then torch looks closely at which comes first
    if sys.platform != "linux" or is_own_order or spec is None or spec.origin is None:
        return
    c = ctypes.CDLL(None)
    c.dlopen.argtypes, c.dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    for name in _LIBRARIES:
        path = Path(spec.origin).parent / "lib" / name
        is_for_all = name == _LIBRARIES[0]
        # Called so, and not by `ctypes.CDLL(path)`, it runs without Python's lock.
        c.dlopen(os.fsencode(path), os.RTLD_NOW | (os.RTLD_GLOBAL if is_for_all else 0))
