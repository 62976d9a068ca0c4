"""What training costs on this machine by how much is frozen: the freezing map's numbers.

Measured once per backbone, size, device and arithmetic, on noise; then arithmetic alone. Assumed:
`CLASSES` classes, four photos to learn from for each to measure on, photos like the sample's.
"""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from statistics import median
from typing import Any

import torch

from dragon_app.core.config import Arithmetic, Augment, FinetuneConfig, Optimizer
from dragon_app.core.errors import TrainingError
from dragon_app.core.networks import FreezeCost, TrainingCosts
from dragon_app.core.ports import ShouldStop
from dragon_app.core.training import CacheFolder
from dragon_app.imaging.decode import decode_bytes
from dragon_app.imaging.sample import SAMPLES, sample_picture
from dragon_app.vision import measurements
from dragon_app.vision.arithmetic import prepare
from dragon_app.vision.augmentation import chances, train_views
from dragon_app.vision.backbone import Network, anatomy, random_network
from dragon_app.vision.calibration import known_fastest, resolve
from dragon_app.vision.devices import choose_device
from dragon_app.vision.measurements import Subject
from dragon_app.vision.memory import full_memory_told
from dragon_app.vision.observer import Observer, StoppedError
from dragon_app.vision.photos import DECODERS
from dragon_app.vision.plan import VIEWS
from dragon_app.vision.start import would_read_as
from dragon_app.vision.stopwatch import StageTimes, time_stages
from dragon_app.vision.transforms import EvalTransform, compact

CLASSES = 10  # the head's share of parameters is small, whatever the number
LEARNING_SHARE = 0.8  # of the photos; the rest is measured on
LOOK_BATCH = 32  # photos that the frozen part sees at a time
VARIED = Augment.MEDIUM  # the three strengths cost nearly the same
STATES = {Optimizer.ADAMW: 2, Optimizer.SGD: 1, Optimizer.EXACT: 0}  # numbers kept per parameter
FLOAT_BYTES = 4
SCRATCH_BYTES = 50_000_000  # of the libraries; with it two networks' peaks were met within a fifth


@dataclass(frozen=True, slots=True, kw_only=True)
class Speeds:
    """What was measured: seconds and bytes per photo, and the seconds of a step per parameter."""

    stages: StageTimes
    decode_s: float
    vary_s: float
    step_s: float


def costs(
    config: FinetuneConfig, *, photos: int, cache: CacheFolder, should_stop: ShouldStop
) -> TrainingCosts:
    """Return the costs for 0 to all stages frozen.

    Raise `TrainingError` when stopped or the memory is full.
    """
    device = choose_device(config.device)
    transform = would_read_as(
        config.weights, config.backbone, config.weights_file, config.image_size_px
    )
    subject = Subject(backbone=config.backbone, image_size_px=transform.crop_px, device=device)
    observer = Observer(lambda _: None, should_stop)
    try:
        with full_memory_told(device):
            arithmetic, speeds = _known(config.arithmetic, subject, cache) or _measure(
                config.arithmetic, subject, transform, cache, observer
            )
    except StoppedError as error:
        raise TrainingError("The measurement was stopped before its end.") from error
    return _estimate(config, subject, arithmetic, speeds, photos)


def _known(
    wanted: Arithmetic, subject: Subject, cache: CacheFolder
) -> tuple[Arithmetic, Speeds] | None:
    arithmetic = wanted
    if wanted is Arithmetic.AUTO:
        fastest = known_fastest(subject, cache.path)
        if fastest is None:
            return None
        arithmetic = fastest
    kept = measurements.read(cache.path, subject, f"stages-{arithmetic}")
    try:
        return None if kept is None else (arithmetic, _speeds(kept))
    except (LookupError, TypeError, ValueError):  # somebody's own idea of the file
        return None


def _measure(
    wanted: Arithmetic,
    subject: Subject,
    transform: EvalTransform,
    cache: CacheFolder,
    observer: Observer,
) -> tuple[Arithmetic, Speeds]:
    """Measure on a network with random weights: the time needs no others."""
    device = subject.device
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        network = random_network(
            subject.backbone,
            classes=CLASSES,
            image_size_px=subject.image_size_px,
            generator=torch.Generator().manual_seed(0),
        )
        network.to(device)
        arithmetic = resolve(wanted, network, subject, folder=cache.path, observer=observer)
        prepare(network, arithmetic)
        parts = anatomy(subject.backbone, subject.image_size_px)
        stages = time_stages(network, parts, subject.image_size_px, arithmetic, observer)
        observer.check()
        decode_s, vary_s = _time_photos(transform, device)
        speeds = Speeds(stages=stages, decode_s=decode_s, vary_s=vary_s, step_s=_time_step(network))
    measurements.write(cache.path, subject, f"stages-{arithmetic}", asdict(speeds))
    return arithmetic, speeds


def _time_photos(transform: EvalTransform, device: torch.device) -> tuple[float, float]:
    """Return the seconds to decode a photo, with all decoders at work, and to vary one."""
    picture = sample_picture(SAMPLES["knights"], 0, 1).data
    seconds = []
    photo = torch.empty(0)
    for _ in range(5):
        started = time.perf_counter()
        photo = compact(decode_bytes(picture, shortest_px=transform.resize_px), transform)
        seconds.append(time.perf_counter() - started)
    chance = chances([str(number) for number in range(8)], "0")
    varied = []
    for _ in range(3):
        started = time.perf_counter()
        train_views([photo] * 8, transform, VARIED, chance=chance, device=device)
        varied.append((time.perf_counter() - started) / 8)
    return median(seconds) / DECODERS, median(varied)


def _time_step(network: Network) -> float:
    """Return the seconds of an optimizer step per parameter."""
    parameters = list(network.body.parameters())
    for parameter in parameters:
        parameter.grad = torch.zeros_like(parameter)
    optimizer = torch.optim.AdamW(parameters, lr=0.0)
    optimizer.step()  # makes its states
    started = time.perf_counter()
    optimizer.step()
    seconds = time.perf_counter() - started
    return seconds / sum(parameter.numel() for parameter in parameters)


def _estimate(
    config: FinetuneConfig, subject: Subject, arithmetic: Arithmetic, speeds: Speeds, photos: int
) -> TrainingCosts:
    parts = anatomy(subject.backbone, subject.image_size_px)
    return TrainingCosts(
        backbone=subject.backbone,
        image_size_px=subject.image_size_px,
        photos=photos,
        batch_size=config.batch_size,
        arithmetic=str(arithmetic),
        photos_per_s=1 / sum(speeds.stages.look_s),
        stages=parts.stages,
        by_frozen=tuple(
            _at(frozen, config, speeds, photos, _parameters(subject))
            for frozen in range(len(parts.stages) + 1)
        ),
    )


def _parameters(subject: Subject) -> list[int]:
    """Return the parameters of each stage, and of the head."""
    parts = anatomy(subject.backbone, subject.image_size_px)
    return [*(stage.parameters for stage in parts.stages), (parts.width + 1) * CLASSES]


def _at(
    frozen: int, config: FinetuneConfig, speeds: Speeds, photos: int, parameters: list[int]
) -> FreezeCost:
    times = speeds.stages
    trainable = sum(parameters[frozen:])
    learns = config.augment is not Augment.OFF
    vary_s = speeds.vary_s if learns else 0.0
    looks = (VIEWS - 1) * LEARNING_SHARE + 1 if learns and frozen else 1.0
    once_s = speeds.decode_s + looks * sum(times.look_s[:frozen])
    forwards_s = sum(times.forward_s[frozen:]) + sum(times.backward_s[frozen:])
    step_s = speeds.step_s * trainable / config.batch_size
    if frozen:  # views are made once, before the first epoch
        once_s += vary_s * looks
        vary_s = 0.0
    learning_s = LEARNING_SHARE * (vary_s + forwards_s + step_s)
    measuring_s = (1 - LEARNING_SHARE) * sum(times.look_s[frozen:])
    return FreezeCost(
        frozen=frozen,
        trainable_parameters=trainable,
        memory_bytes=_memory_bytes(frozen, config, times, parameters),
        once_s=photos * once_s,
        epoch_s=photos * (learning_s + measuring_s),
    )


def _memory_bytes(
    frozen: int, config: FinetuneConfig, times: StageTimes, parameters: list[int]
) -> int:
    """Weights, then gradients, states and activations of what learns, or the frozen part's batch.

    The larger of the two: the frozen part looks at the photos before the rest learns.
    """
    weights = FLOAT_BYTES * sum(parameters)
    learned = FLOAT_BYTES * sum(parameters[frozen:]) * (1 + STATES[config.optimizer])
    batch = config.batch_size * sum(times.saved_bytes[frozen:])
    if frozen < len(parameters) - 1:
        batch += config.batch_size * times.passing_bytes
    looking = LOOK_BATCH * times.passing_bytes
    return round(SCRATCH_BYTES + weights + max(learned + batch, looking))


def _speeds(kept: Mapping[str, Any]) -> Speeds:
    stages = kept["stages"]
    read: dict[str, Any] = {
        each.name: stages[each.name]
        if each.name == "passing_bytes"
        else tuple(map(float, stages[each.name]))
        for each in fields(StageTimes)
    }
    return Speeds(
        stages=StageTimes(**read),
        decode_s=float(kept["decode_s"]),
        vary_s=float(kept["vary_s"]),
        step_s=float(kept["step_s"]),
    )
