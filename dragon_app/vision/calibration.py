"""Which arithmetic is the fastest here: tried once per backbone, size and machine, then remembered.

Draws from a generator of its own and computes on a copy: a training is not disturbed.
"""

import copy
import time
from pathlib import Path
from statistics import median

import torch
from torch import Tensor
from torch.nn import functional

from dragon_app.core.config import Arithmetic
from dragon_app.vision import measurements
from dragon_app.vision.arithmetic import autocast, lay_out, prepare
from dragon_app.vision.backbone import Network
from dragon_app.vision.measurements import Subject
from dragon_app.vision.observer import Observer

BUDGET_S = 3.0
WINS_BELOW = 0.95  # of plain float32's time: a smaller gain is noise
HOPELESS_ABOVE = 1.5  # times the best: not tried again
ROUNDS = 3
FEWEST_PHOTOS, MOST_PHOTOS = 2, 16
# Those that differ most come first: a slow network leaves no time for all.
CANDIDATES = (
    Arithmetic.FLOAT32,
    Arithmetic.BFLOAT16_LAST,
    Arithmetic.BFLOAT16,
    Arithmetic.FLOAT32_LAST,
)
_KIND = "arithmetic"

Times = dict[Arithmetic, list[float]]


def resolve(
    arithmetic: Arithmetic,
    network: Network,
    subject: Subject,
    *,
    folder: Path,
    observer: Observer,
) -> Arithmetic:
    """Return the arithmetic itself, or for AUTO the fastest, measured unless that was done before.

    A run that was given its arithmetic repeats exactly; what AUTO takes depends on the moment.
    `network` is on the subject's device and stays as it is.
    """
    if arithmetic is not Arithmetic.AUTO:
        return arithmetic
    known = known_fastest(subject, folder)
    if known is not None:
        return known
    observer.phase("Trying which numbers are fastest here")
    seconds = calibrate(network, subject, observer)
    measurements.write(folder, subject, _KIND, {str(each): seconds[each] for each in seconds})
    return fastest(seconds)


def known_fastest(subject: Subject, folder: Path) -> Arithmetic | None:
    """Return what an earlier calibration found; none when there was none."""
    kept = measurements.read(folder, subject, _KIND)
    try:
        return None if kept is None else fastest({Arithmetic(k): float(kept[k]) for k in kept})
    except (ValueError, TypeError, LookupError):  # somebody's own idea of the file
        return None


def fastest(seconds: dict[Arithmetic, float]) -> Arithmetic:
    """Return the candidate with the least seconds; plain float32 unless one clearly beats it."""
    best = min(seconds, key=lambda each: seconds[each])
    is_clear = seconds[best] < WINS_BELOW * seconds[Arithmetic.FLOAT32]
    return best if is_clear else Arithmetic.FLOAT32


def calibrate(network: Network, subject: Subject, observer: Observer) -> dict[Arithmetic, float]:
    """Return the seconds per photo of a forward pass and a training step, by candidate.

    Candidates take turns, so that a busy moment of the machine meets all of them. One that the
    network cannot compute in is missing.
    """
    device = subject.device
    trial = copy.deepcopy(network).requires_grad_(True)
    started = time.perf_counter()
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        images = _images(subject, FEWEST_PHOTOS)
        _pass(trial, images, Arithmetic.FLOAT32)
        probe_s = _pass(trial, images, Arithmetic.FLOAT32)
        images = _images(subject, _photos_for(probe_s / FEWEST_PHOTOS))
        times: Times = {candidate: [] for candidate in CANDIDATES}
        left = list(CANDIDATES)
        for turn in range(1 + ROUNDS):
            for candidate in tuple(left):
                observer.check()
                if time.perf_counter() - started > BUDGET_S and _can_compare(times):
                    return _seconds(times, len(images))
                seconds = _try(trial, images, candidate)
                if seconds is None:
                    left.remove(candidate)
                    times[candidate].clear()
                elif turn or seconds > BUDGET_S / 10:  # so long that warming up hardly counts
                    times[candidate].append(seconds)
            left = _hopeful(left, times)
    return _seconds(times, len(images))


def _images(subject: Subject, photos: int) -> Tensor:
    """Return noise (N, 3, S, S) from a generator of its own."""
    side = subject.image_size_px
    noise = torch.randn(photos, 3, side, side, generator=torch.Generator().manual_seed(0))
    return noise.to(subject.device)


def _photos_for(seconds_per_photo: float) -> int:
    """Return so many photos that every candidate's passes fit the budget."""
    per_pass_s = BUDGET_S / (len(CANDIDATES) * (1 + ROUNDS))
    return max(FEWEST_PHOTOS, min(MOST_PHOTOS, int(per_pass_s / seconds_per_photo)))


def _try(network: Network, images: Tensor, candidate: Arithmetic) -> float | None:
    """Return the seconds of a pass; none where the network cannot compute like this."""
    try:
        return _pass(network, images, candidate)
    except RuntimeError:
        if candidate is Arithmetic.FLOAT32:
            raise
        return None


def _pass(network: Network, images: Tensor, arithmetic: Arithmetic) -> float:
    """Return the seconds of a forward pass in eval mode and of a training step without its update.

    Raise `RuntimeError` when the scores are no numbers.
    """
    device = images.device
    prepare(network, arithmetic)
    batch = lay_out(images, arithmetic)
    network.eval()
    synchronise(device)
    started = time.perf_counter()
    with torch.no_grad(), autocast(arithmetic, device):
        network(batch)
    network.train()
    with autocast(arithmetic, device):
        scores = network(batch)  # (N, C)
    loss = functional.cross_entropy(scores.float(), torch.zeros_like(scores[:, 0]).long())
    loss.backward()  # type: ignore[no-untyped-call]
    synchronise(device)
    seconds = time.perf_counter() - started
    network.zero_grad()
    if not bool(torch.isfinite(loss)):
        raise RuntimeError(f"not a number in {arithmetic}")
    return seconds


def synchronise(device: torch.device) -> None:
    """Wait until an accelerator has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def _can_compare(times: Times) -> bool:
    return bool(times[Arithmetic.FLOAT32]) and sum(map(bool, times.values())) > 1


def _hopeful(left: list[Arithmetic], times: Times) -> list[Arithmetic]:
    """Return the candidates without those that are far behind; float32 stays, to compare with."""
    limit_s = HOPELESS_ABOVE * min((median(each) for each in times.values() if each), default=0.0)
    return [
        each
        for each in left
        if each is Arithmetic.FLOAT32 or not times[each] or median(times[each]) < limit_s
    ]


def _seconds(times: Times, photos: int) -> dict[Arithmetic, float]:
    return {each: median(seconds) / photos for each, seconds in times.items() if seconds}
