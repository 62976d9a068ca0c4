"""Before torch is loaded: how its threads wait, and whether torch and torchvision fit together."""

import importlib
import os
from collections.abc import Callable

from dragon_app.core.errors import SetupError


def wait_quietly() -> None:
    """Let torch's threads sleep while they wait; has an effect only before torch is loaded.

    By default they spin. Where another program uses a core, each small operation then waits for a
    time slice: 5 to 20 times as long on two busy cores.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def check_pair(load: Callable[[str], object] = importlib.import_module) -> None:
    """Import both; raise `SetupError` with one sentence on what to do when they do not fit."""
    try:
        load("torch")
        load("torchvision")
    except (ImportError, RuntimeError, AttributeError, OSError) as error:
        lines = str(error).strip().splitlines()
        raise SetupError(
            f"torch and torchvision do not work together ({lines[0] if lines else error}): "
            "install the pair again with `pip install --force-reinstall torch torchvision`."
        ) from error
