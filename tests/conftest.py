"""A workspace, and the app on it with a vision that learns nothing."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dragon_app import wiring
from dragon_app.core.near import NearIndex
from dragon_app.storage.workspace import Workspace, open_workspace
from tests.fakes import FakeVision
from tests.photos import incoming_photos, new_image

if "PYTEST_XDIST_WORKER" in os.environ:  # each worker has one of the cores
    os.environ.setdefault("OMP_NUM_THREADS", "1")

WAIT_S = 20.0
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # a folder without a disk


def wait_until(holds: Callable[[], object], *, timeout_s: float = WAIT_S) -> None:
    """Return when a condition holds; fail when it does not in time."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where the workspace lies: in memory where that can be had, since every commit is synced."""
    with tempfile.TemporaryDirectory(dir=MEMORY, prefix="dragon-") as name:
        yield Path(name) / "workspace"


@pytest.fixture
def workspace(folder: Path) -> Iterator[Workspace]:
    """An open workspace without photos."""
    workspace = open_workspace(folder)
    yield workspace
    workspace.close()


@pytest.fixture
def vision(monkeypatch: pytest.MonkeyPatch) -> FakeVision:
    """The vision of every app that the test opens."""
    fake = FakeVision()
    monkeypatch.setattr(wiring, "vision", lambda: fake)
    return fake


@pytest.fixture
def app(folder: Path, vision: FakeVision) -> Iterator[wiring.App]:
    """The app on an empty workspace."""
    app = wiring.open_app(folder)
    yield app
    app.close()


@pytest.fixture
def ready_app(app: wiring.App) -> wiring.App:
    """The app with 4 photos of each of the classes `dark` and `light`: enough to train."""
    app.dataset.add([*incoming_photos(range(4), "dark"), *incoming_photos(range(4, 8), "light")])
    return app


def add_rows(workspace: Workspace, count: int) -> list[int]:
    """Add photos that do not look alike, without files, and return their ids."""
    known = {image_id for image_id, _ in workspace.images.perceptual_hashes()}
    numbers = range(len(known), len(known) + count)
    return workspace.images.add([new_image(number) for number in numbers], NearIndex())
