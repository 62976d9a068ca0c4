"""What a network is, and what training it costs on this machine, as frozen values.

Knows no tensor. Sizes are pixels.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StageInfo:
    """One stage of a backbone, counted from the input: its modules, its parameters."""

    index: int
    name: str
    modules: tuple[str, ...]
    parameters: int
    output_size_px: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StarterInfo:
    """The weights that come with the app, as their card tells.

    `probes` are (photos, share right) of the backbone's answers on photos it never saw, when only
    a last layer learns from 100 of each class.
    """

    megabytes: float
    image_size_px: int
    terms: str
    probes: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneInfo:
    """A torchvision classification network as the lists show it; `starter` where Dragon has one."""

    name: str
    parameters: int
    image_size_px: int
    imagenet_top1: float | None
    imagenet_megabytes: float | None
    imagenet_is_here: bool
    is_starter: bool
    starter: StarterInfo | None = None
    stages: tuple[StageInfo, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeCost:
    """What training costs here when the first `frozen` stages keep their weights.

    `once_s` is spent before the first epoch (the frozen part looks at every photo), `epoch_s` in
    each; both are estimates from a measurement on this machine.
    """

    frozen: int
    trainable_parameters: int
    memory_bytes: int
    once_s: float
    epoch_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingCosts:
    """The freezing map of one backbone: its stages, and a cost for 0 to all of them frozen.

    `photos_per_s` is the speed of a forward pass through the whole backbone.
    """

    backbone: str
    image_size_px: int
    photos: int
    batch_size: int
    arithmetic: str  # what was measured as the fastest
    photos_per_s: float
    stages: tuple[StageInfo, ...]
    by_frozen: tuple[FreezeCost, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LrCurve:
    """A range test: (learning rate, smoothed loss) from low to high, and the rate to take.

    Without a suggestion `words` say why.
    """

    points: tuple[tuple[float, float], ...]
    suggestion: float | None
    words: str = ""
