"""How fast this machine decodes photos and runs networks, with nothing around it."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from dragon_app.core.config import Arithmetic
from dragon_app.vision.arithmetic import autocast, lay_out, prepare

CANDIDATES = tuple(each for each in Arithmetic if each is not Arithmetic.AUTO)
CPU = torch.device("cpu")
NEAR = 1.3  # times the fastest at first sight: worth a longer look


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Photos per second in the arithmetic that was the fastest, and in each that was tried."""

    by_arithmetic: dict[Arithmetic, float]

    @property
    def arithmetic(self) -> Arithmetic:
        """The fastest."""
        return max(self.by_arithmetic, key=lambda each: self.by_arithmetic[each])

    @property
    def per_s(self) -> float:
        """Photos per second in the fastest."""
        return self.by_arithmetic[self.arithmetic]


def decode_seconds(paths: Sequence[Path], shortest_px: int) -> float:
    """Return the seconds in which all cores read photos down to a shorter side."""
    started = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(lambda path: _decode(path, shortest_px), paths):
            pass
    return time.perf_counter() - started


def _decode(path: Path, shortest_px: int) -> int:
    with Image.open(path) as image:
        image.draft("RGB", (shortest_px, shortest_px))
        scale = shortest_px / min(image.size)
        size = (round(image.width * scale), round(image.height * scale))
        return np.asarray(image.convert("RGB").resize(size, Image.Resampling.BILINEAR)).nbytes


def forward_pace(network: nn.Module, images: Tensor, *, rounds: int) -> Pace:
    """Return the pace of forward passes in eval mode of a batch (N, ...)."""

    def look(batch: Tensor, arithmetic: Arithmetic) -> None:
        with torch.inference_mode(), autocast(arithmetic, CPU):
            network(batch)

    network.eval()
    return _pace(network, images, look, rounds=rounds)


def training_pace(network: nn.Module, images: Tensor, *, rounds: int) -> Pace:
    """Return the pace of training steps on a batch (N, ...): forward, backward and update."""
    optimizer = torch.optim.SGD(network.parameters(), lr=1e-4, momentum=0.9)
    targets = torch.zeros(len(images), dtype=torch.long)  # (N,)

    def step(batch: Tensor, arithmetic: Arithmetic) -> None:
        with autocast(arithmetic, CPU):
            scores = network(batch)  # (N, C)
        optimizer.zero_grad()
        functional.cross_entropy(scores.float(), targets).backward()  # type: ignore[no-untyped-call]
        optimizer.step()

    network.train()
    return _pace(network, images, step, rounds=rounds)


def _pace(
    network: nn.Module, images: Tensor, act: Callable[[Tensor, Arithmetic], None], *, rounds: int
) -> Pace:
    def seconds(arithmetic: Arithmetic, times: int) -> float:
        prepare(network, arithmetic)
        batch = lay_out(images, arithmetic)
        taken = []
        for _ in range(1 + times):  # the first warms up
            started = time.perf_counter()
            act(batch, arithmetic)
            taken.append(time.perf_counter() - started)
        return median(taken[1:])

    found = {arithmetic: seconds(arithmetic, 1) for arithmetic in CANDIDATES}
    near = NEAR * min(found.values())
    found |= {each: seconds(each, rounds) for each in CANDIDATES if found[each] <= near}
    return Pace(by_arithmetic={each: len(images) / taken for each, taken in found.items()})
