"""Torch loaded beside a page: in processes of their own, since it is loaded once."""

import json
import subprocess
import sys
from typing import Any

import pytest

_LOAD = """
import gc, json, sys
from dragon_app.vision.loading import loading_beside

def libraries():
    return "libtorch_cpu" in open("/proc/self/maps").read()

found = {}
try:
    with loading_beside():
        found["torch_before"] = "torch" in sys.modules
        found["libraries_before"] = libraries()
        found["collects"] = gc.isenabled()
        found["switch_s"] = sys.getswitchinterval()
        IMPORT
except ImportError:
    found["failed"] = True
found["collects_after"] = gc.isenabled()
found["switch_after_s"] = sys.getswitchinterval()
found["kept"] = gc.get_freeze_count()
found["torch_after"] = "torch" in sys.modules
print(json.dumps(found))
"""


def loaded(
    what: str = "import torch; torch.ones(2) @ torch.ones(2)", **environment: str
) -> dict[str, Any]:
    """Run a block in a new process and return what it saw."""
    done = subprocess.run(
        [sys.executable, "-c", _LOAD.replace("IMPORT", what)],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "", **environment},
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="libraries are loaded ahead on Linux alone")
def test_libraries_are_there_before_torch_and_nothing_is_searched_for_garbage() -> None:
    found = loaded()
    assert found["libraries_before"]
    assert not found["torch_before"]
    assert not found["collects"]
    assert found["torch_after"]
    assert found["collects_after"]
    assert found["kept"] > 100_000


def test_threads_change_more_often_while_torch_is_imported() -> None:
    found = loaded()
    assert found["switch_s"] < found["switch_after_s"] == pytest.approx(sys.getswitchinterval())


def test_whoever_orders_libraries_is_left_alone() -> None:
    found = loaded(LD_LIBRARY_PATH="/nowhere")
    assert not found["libraries_before"]
    assert found["torch_after"]


def test_a_failed_import_leaves_garbage_to_be_collected_as_before() -> None:
    found = loaded("import nowhere_to_be_found")
    assert found["failed"]
    assert found["collects_after"]
    assert found["switch_after_s"] == pytest.approx(sys.getswitchinterval())
    assert found["kept"] == 0
