"""The pause drill: a training process dies, goes on, and is compared with one that never died.

Shared by the test and by `benchmarks/pause_drill.py`.
"""

import multiprocessing
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from dragon_app.core.config import Arithmetic, Augment, FinetuneConfig, WeightsSource
from dragon_app.core.training import EpochMetrics, RunStatus
from dragon_app.storage.standings import is_whole
from dragon_app.vision import checkpoint, standing
from dragon_app.wiring import App, open_app
from tests.integration import sitting
from tests.photos import incoming_photos

# Random mixtures, moments, photos that are varied, a cached part, one that begins to learn later.
CONFIG = FinetuneConfig(
    backbone="shufflenet_v2_x0_5",
    weights=WeightsSource.NONE,
    freeze=2,
    unfreeze_after=1,
    image_size_px=32,
    epochs=3,
    batch_size=4,
    head_lr=3e-3,
    augment=Augment.LIGHT,
    mixup=0.2,
    device="cpu",
    arithmetic=Arithmetic.FLOAT32,
)
STEPS = 15  # of the whole run
_WAIT_S = 120.0
# Torch is imported once, by a process that does nothing else and from which the others are forked.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["dragon_app.vision.port", "tests.integration.sitting"])


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


def sit(folder: Path, *, save: int = 0, moment: int = 0) -> int:
    """Train until the end, or until a moment of a save; return the exit code."""
    with _sitting(folder, save, moment) as (process, _):
        process.join(_WAIT_S)
        assert process.exitcode is not None, "it did not end"
        return process.exitcode


def kill_after(folder: Path, steps: int) -> None:
    """Train, and kill the process when it has taken so many steps."""
    with _sitting(folder, 0, 0) as (_, told):
        for _ in range(steps):
            assert told.poll(_WAIT_S), "it takes no step"
            told.recv()


@contextmanager
def _sitting(
    folder: Path, save: int, moment: int
) -> Iterator[tuple[BaseProcess, "Connection[None, None]"]]:
    """Start a process that trains; it is gone at the end of the block."""
    told, tells = _PROCESSES.Pipe(duplex=False)
    process = _PROCESSES.Process(target=sitting.sit, args=[folder, tells, save, moment])
    process.start()
    tells.close()
    try:
        yield process, told
    finally:
        process.kill()
        process.join()
        told.close()


def kill_in_save(folder: Path) -> bool:
    """Train until the process dies at a random moment within a save; whether it did."""
    moment = random.randint(1, sitting.MOMENTS)
    return sit(folder, save=random.randint(1, 3), moment=moment) != 0


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
