"""Whether torch.compile pays back within a run: training steps with and without it, in turns.

    python benchmarks/compiling.py [--backbone resnet18] [--size 224] [--photos 500] [--epochs 15]

Prints the seconds until the first compiled step is over, the median step of both, and after how
many steps the wait would be made up for, beside the steps that a run of so many photos takes.
"""

import argparse
import copy
import math
import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models import get_model

from benchmarks.machine import machine
from dragon_app.core.config import Arithmetic
from dragon_app.vision.arithmetic import autocast, lay_out, prepare

BATCH = 32
CLASSES = 5
CPU = torch.device("cpu")


def main() -> None:
    """Time one network in each memory order and with both kinds of numbers."""
    parser = argparse.ArgumentParser(description="Whether torch.compile pays back.")
    parser.add_argument("--backbone", default="resnet18")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--photos", type=int, default=500)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--turns", type=int, default=12)
    parser.add_argument(
        "--arithmetic", type=Arithmetic, nargs="+", default=[Arithmetic.BFLOAT16_LAST]
    )
    options = parser.parse_args()
    steps = math.ceil(options.photos / BATCH) * options.epochs
    print(f"{options.backbone} at {options.size} px, batches of {BATCH}; {machine()}", flush=True)
    for arithmetic in options.arithmetic:
        torch.manual_seed(0)
        network = get_model(options.backbone, num_classes=CLASSES)
        prepare(network, arithmetic)
        images = lay_out(torch.randn(BATCH, 3, options.size, options.size), arithmetic)
        plain, compiled = Step(network, arithmetic), Step(copy.deepcopy(network), arithmetic)
        plain(images)
        compiled.compile()
        wait_s = compiled(images)
        compiled(images)  # the first step after compiling still settles what it needs
        turns = [(plain(images), compiled(images)) for _ in range(options.turns)]
        before, after = (median(side) for side in zip(*turns, strict=True))
        verdict = "never pays back"
        if after < before:
            needed = math.ceil(wait_s / (before - after))
            verdict = f"pays back after {needed} steps; the run has {steps}"
        print(
            f"{arithmetic}: compiling {wait_s:.0f} s, step {before:.3f} s, compiled {after:.3f} s "
            f"({before / after:.2f}x): {verdict}",
            flush=True,
        )


class Step:
    """A training step of one network: forward, backward and update."""

    def __init__(self, network: nn.Module, arithmetic: Arithmetic) -> None:
        self._network = network.train()
        self._arithmetic = arithmetic
        self._optimizer = torch.optim.SGD(network.parameters(), lr=1e-3, momentum=0.9)
        self._targets = torch.zeros(BATCH, dtype=torch.long)  # (N,)

    def compile(self) -> None:
        """Let the forward and backward pass be compiled at the next step."""
        self._network.compile()

    def __call__(self, images: Tensor) -> float:
        """Return the seconds of a step on images (N, 3, H, W)."""
        started = time.perf_counter()
        with autocast(self._arithmetic, CPU):
            scores = self._network(images)  # (N, C)
        self._optimizer.zero_grad()
        functional.cross_entropy(scores.float(), self._targets).backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        return time.perf_counter() - started


if __name__ == "__main__":
    main()
