"""How long each stage of a network takes, forwards and backwards, and what it keeps for backwards.

One pass over noise, with a mark where each stage ends. Disturbs no training: own random numbers,
own network. Knows nothing of freezing.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from statistics import median

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks
from torch.nn import functional

from dragon_app.core.config import Arithmetic
from dragon_app.vision.arithmetic import autocast, lay_out
from dragon_app.vision.backbone import Network
from dragon_app.vision.calibration import synchronise
from dragon_app.vision.observer import Observer
from dragon_app.vision.stages import Anatomy

BUDGET_S = 2.5
ROUNDS = 3
SMALL_BATCH = 2  # BatchNorm needs two photos
MOST_PHOTOS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTimes:
    """Per photo, an entry for each stage and a last one for the head.

    `look_s` is a forward pass that learns nothing; `saved_bytes` waits for the backward pass;
    `passing_bytes` is the most that a forward pass alone holds at a time.
    """

    look_s: tuple[float, ...]
    forward_s: tuple[float, ...]
    backward_s: tuple[float, ...]
    saved_bytes: tuple[float, ...]
    passing_bytes: float


def time_stages(
    network: Network,
    parts: Anatomy,
    image_size_px: int,
    arithmetic: Arithmetic,
    observer: Observer,
) -> StageTimes:
    """Measure a network that was prepared for the arithmetic and lies on its device."""
    device = network.head.mean.device
    network.requires_grad_(True)
    started = time.perf_counter()
    with _marks(network, parts, device) as marks:
        run = partial(_pass, network, marks, arithmetic=arithmetic)
        small = run(_noise(SMALL_BATCH, image_size_px, device), counts_bytes=True)
        observer.check()
        photos = _photos_for(sum(small.forward) + sum(small.backward) + sum(small.look))
        images = _noise(photos, image_size_px, device)
        large = run(images, counts_bytes=True)
        rounds = [large]
        while len(rounds) <= ROUNDS and time.perf_counter() - started < BUDGET_S:
            observer.check()
            rounds.append(run(images, counts_bytes=False))
    timed = rounds[1:] or rounds  # the first warmed up, unless it was long enough for all
    more = photos - SMALL_BATCH
    grown = zip(large.saved_bytes, small.saved_bytes, strict=True)
    return StageTimes(
        look_s=_medians([each.look for each in timed], photos),
        forward_s=_medians([each.forward for each in timed], photos),
        backward_s=_medians([each.backward for each in timed], photos),
        saved_bytes=tuple(max(0.0, (after - before) / more) for after, before in grown),
        passing_bytes=large.passing_bytes / photos,
    )


@dataclass(slots=True)
class _Marks:
    """When the end of each stage was reached, on the way there and on the way back."""

    device: torch.device
    stages: int
    forward: dict[int, float] = field(default_factory=dict)  # stage from 1 -> moment
    backward: dict[int, float] = field(default_factory=dict)
    passing_bytes: int = 0

    @property
    def stage(self) -> int:
        """The place (from 0) of the stage under way; after the last comes the head."""
        return len(self.forward)

    def passed(self, stage: int, output: object) -> None:
        """Note the end of a stage, and be told when the gradient arrives there."""
        self.forward[stage] = self.now()
        if isinstance(output, Tensor) and output.requires_grad:
            output.register_hook(partial(self._returned, stage))  # type: ignore[no-untyped-call]

    def now(self) -> float:
        """Return the moment at which everything so far is done."""
        synchronise(self.device)
        return time.perf_counter()

    def spans(self, start: float, end: float) -> list[float]:
        """Return the seconds of each stage and the head on the way there."""
        moments = [start, *(self.forward[stage] for stage in range(1, self.stages + 1)), end]
        return [after - before for before, after in pairwise(moments)]

    def spans_back(self, start: float, end: float) -> list[float]:
        """Return the seconds of each stage and the head on the way back."""
        moments = [start]
        for stage in range(self.stages, 0, -1):
            moments.append(self.backward.get(stage, moments[-1]))
        return [after - before for before, after in pairwise([*moments, end])][::-1]

    def _returned(self, stage: int, _: Tensor) -> None:
        self.backward[stage] = self.now()


@contextmanager
def _marks(network: Network, parts: Anatomy, device: torch.device) -> Iterator[_Marks]:
    marks = _Marks(device, len(parts.stages))
    handles = [
        network.body.get_submodule(stage.modules[-1]).register_forward_hook(
            partial(_mark_output, marks, stage.index)
        )
        for stage in parts.stages[:-1]
    ]
    handles.append(network.head.register_forward_pre_hook(partial(_mark_input, marks)))
    handles += [
        module.register_forward_hook(partial(_weigh, marks))
        for module in network.modules()
        if not any(module.children())
    ]
    try:
        yield marks
    finally:
        for handle in handles:
            handle.remove()


def _mark_output(marks: _Marks, stage: int, module: nn.Module, _: object, output: object) -> None:
    marks.passed(stage, output)


def _mark_input(marks: _Marks, module: nn.Module, inputs: Sequence[object]) -> None:
    marks.passed(marks.stages, inputs[0])


def _weigh(marks: _Marks, module: nn.Module, inputs: Sequence[object], output: object) -> None:
    tensors = [each for each in (*inputs, output) if isinstance(each, Tensor)]
    marks.passing_bytes = max(marks.passing_bytes, sum(each.nbytes for each in tensors))


@dataclass(frozen=True, slots=True)
class _Pass:
    """Seconds by stage of one pass, and the bytes that it kept."""

    look: list[float]
    forward: list[float]
    backward: list[float]
    saved_bytes: list[int]
    passing_bytes: int


def _pass(
    network: Network,
    marks: _Marks,
    images: Tensor,
    *,
    arithmetic: Arithmetic,
    counts_bytes: bool,
) -> _Pass:
    device = images.device
    batch = lay_out(images, arithmetic)
    network.eval()
    marks.forward.clear()
    start = marks.now()
    with torch.no_grad(), autocast(arithmetic, device):
        network(batch)
    look = marks.spans(start, marks.now())
    network.train()
    marks.forward.clear()
    marks.backward.clear()
    saved = [0] * (marks.stages + 1)
    keep = _counter(network, marks, saved) if counts_bytes else _unchanged
    start = marks.now()
    with saved_tensors_hooks(keep, _unchanged), autocast(arithmetic, device):
        scores = network(batch)  # (N, C)
    forward = marks.spans(start, marks.now())
    loss = functional.cross_entropy(scores.float(), torch.zeros_like(scores[:, 0]).long())
    start = marks.now()
    loss.backward()  # type: ignore[no-untyped-call]
    backward = marks.spans_back(start, marks.now())
    network.zero_grad()
    return _Pass(look, forward, backward, saved, marks.passing_bytes)


def _unchanged(tensor: Tensor) -> Tensor:
    return tensor


def _counter(network: Network, marks: _Marks, saved: list[int]) -> Callable[[Tensor], Tensor]:
    """Return a hook that adds what is kept for the backward pass, each memory once, no weights."""
    known = {each.untyped_storage().data_ptr() for each in network.state_dict().values()}

    def count(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in known:
            known.add(storage.data_ptr())
            saved[marks.stage] += storage.nbytes()
        return tensor

    return count


def _noise(photos: int, image_size_px: int, device: torch.device) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(photos, 3, image_size_px, image_size_px, generator=generator)
    return images.to(device)  # (N, 3, S, S)


def _photos_for(small_batch_s: float) -> int:
    """Return so many photos that all rounds fit the budget."""
    per_round_s = BUDGET_S / (ROUNDS + 1)
    fitting = int(SMALL_BATCH * per_round_s / max(small_batch_s, 1e-9))
    return max(2 * SMALL_BATCH, min(MOST_PHOTOS, fitting))


def _medians(rounds: Sequence[Sequence[float]], photos: int) -> tuple[float, ...]:
    return tuple(median(times) / photos for times in zip(*rounds, strict=True))
