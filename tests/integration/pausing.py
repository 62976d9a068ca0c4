"""The pause drill: a training process dies, goes on, and is compared with one that never died.

Shared by the test and by `benchmarks/pause_drill.py`.
"""

import os
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from dragon_app.core.config import Arithmetic, Augment, FinetuneConfig, WeightsSource
from dragon_app.core.training import EpochMetrics, RunStatus
from dragon_app.storage.standings import is_whole
from dragon_app.vision import checkpoint, standing
from dragon_app.wiring import App, open_app
from tests.integration.drill import ROOT
from tests.integration.sitting import MOMENTS
from tests.photos import incoming_photos

# Dropout, momentum, photos that are varied, a cached part, and one that begins to learn later.
CONFIG = FinetuneConfig(
    backbone="mobilenet_v3_small",
    weights=WeightsSource.NONE,
    freeze=2,
    unfreeze_after=1,
    image_size_px=32,
    epochs=4,
    batch_size=4,
    head_lr=3e-3,
    augment=Augment.LIGHT,
    device="cpu",
    arithmetic=Arithmetic.FLOAT32,
)
STEPS = 20  # of the whole run
_WAIT_S = 120.0
_QUIETLY = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}  # as the app itself, before torch is there


@dataclass(frozen=True)
class Outcome:
    """All that two runs must have alike: weights by digest, and what each epoch measured."""

    best_epoch: int | None
    weights: str
    last: str  # network and optimizer at the end
    epochs: tuple[EpochMetrics, ...]


def prepare(folder: Path) -> None:
    """Make a workspace with photos and run 1, which waits."""
    app = open_app(folder)
    try:
        for start, name in ((0, "dark"), (12, "light")):
            app.dataset.add(incoming_photos(range(start, start + 12), name))
        app.workspace.runs.create(CONFIG.to_json(), app.workspace.snapshots.take().id)
    finally:
        app.close()


def copy(template: Path, folder: Path) -> None:
    """Begin a trial with a workspace of its own."""
    shutil.copytree(template, folder)


def sit(folder: Path, *options: object) -> int:
    """Train until the end or until the process ends itself; return its exit code."""
    return subprocess.run(
        _command(folder, *options),
        cwd=ROOT,
        env=_QUIETLY,
        stdout=subprocess.DEVNULL,
        timeout=_WAIT_S,
    ).returncode


def kill_after(folder: Path, steps: int) -> None:
    """Train, and kill the process when it has taken so many steps."""
    process = subprocess.Popen(
        _command(folder), cwd=ROOT, env=_QUIETLY, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        for _ in range(steps):
            assert process.stdout.readline(), "it ended by itself"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def kill_in_save(folder: Path) -> bool:
    """Train until the process dies at a random moment within a save; whether it did."""
    save, moment = random.randint(1, 3), random.randint(1, MOMENTS)
    return sit(folder, "--die-in-save", save, "--at", moment) != 0


def check(folder: Path) -> tuple[int, int]:
    """Look at what a kill left; return how many standings there are and the epoch to go on in.

    Raise `AssertionError` when one of them, or the checkpoint that answers, is not whole.
    """
    app = open_app(folder)
    try:
        kept = app.workspace.standings.of_run(1)
        for each in kept:
            assert is_whole(each), f"{each.file.name} is damaged"
            standing.load(each.file)
            if each.best is not None:
                checkpoint.load(each.best)
        run = app.runs.get(1)
        if run.best_epoch is not None:
            checkpoint.load(folder / app.workspace.runs.checkpoint_folder(1))
        assert run.can_go_on or run.status is RunStatus.QUEUED, f"it is {run.status}"
        return len(kept), run.standing_epoch or 1
    finally:
        app.close()


def outcome(folder: Path) -> Outcome:
    """Return what a finished run came to."""
    app = open_app(folder)
    try:
        run = app.runs.get(1)
        assert run.status is RunStatus.FINISHED, f"it is {run.status}: {run.reason}"
        (last,) = app.workspace.standings.of_run(1)
        return Outcome(
            best_epoch=run.best_epoch,
            weights=checkpoint.digest(folder / app.workspace.runs.checkpoint_folder(1)),
            last=_digest(last.file),
            epochs=_epochs(app),
        )
    finally:
        app.close()


def _command(folder: Path, *options: object) -> list[str]:
    return [sys.executable, "-m", "tests.integration.sitting", str(folder), *map(str, options)]


def _epochs(app: App) -> tuple[EpochMetrics, ...]:
    """Return the epochs without what a clock said."""
    return tuple(
        replace(each, images_per_s=0.0, seconds=0.0, seconds_left=None, elapsed_s=0.0)
        for each in app.runs.epochs(1)
    )


def _digest(file: Path) -> str:
    found = sha256()
    known = standing.load(file)
    states = {f"{n}/{name}": t for n, of in known.optimizer.items() for name, t in of.items()}
    for name, tensor in sorted({**known.network, **states, **known.random}.items()):
        found.update(name.encode())
        found.update(tensor.contiguous().numpy().tobytes())
    return found.hexdigest()
