"""What every training loop of the benchmark is told and what it answers. Standard library alone.

A loop may run in an environment that has nothing of the app.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

LAST_STAGES = {"resnet18": "layer4", "regnet_y_400mf": "trunk_output.block4"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One training: `data` holds train/CLASS and val/CLASS, `regime` says what learns."""

    data: Path
    store: Path  # where the checkpoint goes
    regime: str
    architecture: str
    size_px: int
    resize_px: int  # the shorter side before the middle is cut out
    weights: Path | None  # safetensors without a head; none: random
    epochs: int
    batch_size: int
    seed: int
    workers: int  # processes that load photos


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a training went: seconds from its start to the stored checkpoint, and each epoch."""

    seconds: float
    epoch_s: Sequence[float]
    accuracies: Sequence[float]  # on the validation photos after each epoch, 0..1
    note: str = ""


def arguments(task: Task) -> list[str]:
    """Return a task as command-line arguments."""
    given = {name: value for name, value in asdict(task).items() if value is not None}
    return [f"--{name.replace('_', '-')}={value}" for name, value in given.items()]


def parser() -> argparse.ArgumentParser:
    """Return what reads those arguments; a loop may add its own."""
    made = argparse.ArgumentParser(description="One training of the benchmark.")
    for name in ("data", "store"):
        made.add_argument(f"--{name}", type=Path, required=True)
    made.add_argument("--weights", type=Path)
    for name in ("regime", "architecture"):
        made.add_argument(f"--{name}", required=True)
    for name in ("size-px", "resize-px", "epochs", "batch-size", "seed", "workers"):
        made.add_argument(f"--{name}", type=int, required=True)
    return made


def read_task(options: argparse.Namespace) -> Task:
    """Return the task that the arguments describe."""
    return Task(**{name: getattr(options, name) for name in Task.__dataclass_fields__})


def answer(given: Answer) -> None:
    """Print the answer as the last line."""
    print(json.dumps(asdict(given)), flush=True)
