"""From settings to a network ready to learn: weights found or fetched, loaded and checked."""

from dataclasses import dataclass

import torch

from dragon_app.core.config import WeightsSource
from dragon_app.core.errors import InvalidConfigError
from dragon_app.vision import sources, weights
from dragon_app.vision.backbone import (
    Network,
    anatomy,
    empty_network,
    has_fixed_size,
    random_network,
)
from dragon_app.vision.download import fetch_imagenet
from dragon_app.vision.observer import Observer
from dragon_app.vision.origin import digest_of
from dragon_app.vision.stages import Anatomy
from dragon_app.vision.transforms import EvalTransform

MEGABYTE = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A network with its weights, how it reads photos, and where the first weights came from."""

    network: Network
    parts: Anatomy
    transform: EvalTransform
    words: str
    weights_digest: str  # of the file with the first weights, empty where they are random


def find_weights(
    source: WeightsSource, backbone: str, file: str | None, observer: Observer
) -> sources.Pretrained:
    """Choose the weights, fetching ImageNet's when they are asked for by name; report which."""

    def report(done: int, total: int) -> None:
        observer.check()
        observer.phase(f"Fetching {backbone} (MB)", done // MEGABYTE, total // MEGABYTE)

    if source is WeightsSource.IMAGENET:
        fetch_imagenet(backbone, report=report)
    found = sources.choose(source, backbone, file)
    observer.phase(f"Starting from {found.words}")
    return found


def read_as(
    pretrained: sources.Pretrained, backbone: str, image_size_px: int | None
) -> EvalTransform:
    """Return how photos are read at the wanted size; raise where the weights allow one alone."""
    seen = pretrained.transform
    if image_size_px is None or image_size_px == seen.crop_px:
        return seen
    if pretrained.path is not None and has_fixed_size(backbone):
        raise InvalidConfigError(
            f"The weights of {backbone} work on photos of {seen.crop_px} px alone, not "
            f"{image_size_px}. Leave the image size open, or train without weights."
        )
    return seen.resized(image_size_px)


def would_read_as(
    source: WeightsSource, backbone: str, file: str | None, image_size_px: int | None
) -> EvalTransform:
    """Return how a run would read photos; ImageNet's weights need not be here to know that."""
    if source is WeightsSource.IMAGENET:
        found = sources.Pretrained(
            words="",
            transform=sources.imagenet_transform(backbone),
            path=sources.imagenet_path(backbone),
        )
    else:
        found = sources.choose(source, backbone, file)
    return read_as(found, backbone, image_size_px)


def start_network(
    backbone: str,
    pretrained: sources.Pretrained,
    transform: EvalTransform,
    *,
    classes: int,
    generator: torch.Generator,
) -> Start:
    """Build the network on the CPU; random weights come from the generator."""
    size = transform.crop_px
    if pretrained.path is None:
        network = random_network(backbone, classes=classes, image_size_px=size, generator=generator)
    else:
        network = empty_network(backbone, classes=classes, image_size_px=size)
        weights.fill(network, pretrained, backbone)
    return Start(
        network=network,
        parts=anatomy(backbone, size),
        transform=transform,
        words=pretrained.words,
        weights_digest=digest_of(pretrained),
    )
