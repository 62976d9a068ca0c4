"""How good a last layer is on few photos: each is held out in turn, and that many times over.

The backbone looks at every photo once; what it makes of them is shared with other runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import TrainingError
from dragon_app.core.forecast import FoldScores
from dragon_app.core.metrics import confusion_matrix
from dragon_app.core.ports import ShouldStop
from dragon_app.core.presets import PRESETS, Preset
from dragon_app.core.training import CacheFolder, TrainingPhotos
from dragon_app.features.store import FeatureStore
from dragon_app.vision.devices import choose_device
from dragon_app.vision.linear_head import FOLDS, Examples, fit, folds
from dragon_app.vision.memory import full_memory_told
from dragon_app.vision.observer import Observer, StoppedError
from dragon_app.vision.plan import EVAL
from dragon_app.vision.prefix import look
from dragon_app.vision.setting_out import set_out

REPEATS = 10
SHARES = (0.6, 0.8, 1.0)  # of the photos to learn from: what fewer of them would have given


@dataclass(frozen=True, slots=True, kw_only=True)
class _Repeat:
    """What the folds of one division said, by share of the photos learned from."""

    said: tuple[Tensor, ...]  # each (N,)
    learned: tuple[int, ...]  # photos, on average over the folds
    measured: Tensor  # (N,) whether a fold held the photo out


def fold_scores(
    config: FinetuneConfig,
    photos: TrainingPhotos,
    groups: Sequence[int],
    *,
    cache: CacheFolder,
    should_stop: ShouldStop,
) -> FoldScores:
    """Score last layers on the photos of both parts; those of one group share a fold.

    `groups` follow the photos to learn from, then those to measure on. The same on each call.
    Raise `TrainingError` when stopped or the memory is full.
    """
    every = replace(photos, train=photos.train + photos.val)
    examples = _examples(config, every, groups, cache=cache, should_stop=should_stop)
    try:
        repeats = [_repeat(examples, seed, should_stop) for seed in range(REPEATS)]
    except StoppedError as error:
        raise TrainingError("The scoring was stopped.") from error
    truths = torch.cat([examples.targets[each.measured] for each in repeats])
    whole = torch.cat([each.said[-1][each.measured] for each in repeats])
    return FoldScores(
        n=int(repeats[0].measured.sum()),
        confusion=confusion_matrix(truths.tolist(), whole.tolist(), classes=examples.classes),
        curves=tuple(_curve(each, examples.targets) for each in repeats),
    )


def _curve(repeat: _Repeat, targets: Tensor) -> tuple[tuple[int, float], ...]:
    """Return (photos learned from, share right), from few to many."""
    right = [(said == targets)[repeat.measured].double().mean() for said in repeat.said]
    return tuple(zip(repeat.learned, map(float, right), strict=True))


def _examples(
    config: FinetuneConfig,
    photos: TrainingPhotos,
    groups: Sequence[int],
    *,
    cache: CacheFolder,
    should_stop: ShouldStop,
) -> Examples:
    """Return what the backbone that the settings begin from makes of the photos."""
    plain = replace(
        PRESETS[Preset.QUICK],
        backbone=config.backbone,
        weights=config.weights,
        weights_file=config.weights_file,
        image_size_px=config.image_size_px,
        device=config.device,
        arithmetic=config.arithmetic,
        seed=config.seed,
    )
    device = choose_device(config.device)
    observer = Observer(lambda _: None, should_stop)
    with FeatureStore(cache) as store:
        try:
            with full_memory_told(device):
                course = set_out(plain, photos, store, observer=observer)
                look(course)
                features = course.vectors("train", EVAL)  # (N, D)
        except StoppedError as error:
            raise TrainingError("The scoring was stopped.") from error
    return Examples(
        features=features,
        targets=course.train.targets,
        classes=len(photos.class_names),
        groups=torch.tensor(list(groups)),
    )


def _repeat(examples: Examples, seed: int, should_stop: ShouldStop) -> _Repeat:
    """Divide the photos once and let each fold be answered by layers that did not see it."""
    targets, groups = examples.targets, examples.groups
    fold_of = folds(targets, seed=seed, groups=groups)  # (N,); -1: learned from alone
    said = [torch.full_like(targets, -1) for _ in SHARES]
    learned = [0] * len(SHARES)
    for fold in range(FOLDS):
        outside = (fold_of == fold).nonzero()[:, 0]
        inside = (fold_of != fold).nonzero()[:, 0]
        for place, share in enumerate(SHARES):
            some = _some(targets, inside, share, seed=seed)
            learned[place] += len(some)
            if len(outside):
                head = fit(_part(examples, some), seed=seed, should_stop=should_stop)
                said[place][outside] = head.scores(examples.features[outside]).argmax(1)
    return _Repeat(
        said=tuple(said),
        learned=tuple(round(each / FOLDS) for each in learned),
        measured=fold_of >= 0,
    )


def _part(examples: Examples, indices: Tensor) -> Examples:
    groups = examples.groups
    return replace(
        examples,
        features=examples.features[indices],
        targets=examples.targets[indices],
        groups=None if groups is None else groups[indices],
    )


def _some(targets: Tensor, inside: Tensor, share: float, *, seed: int) -> Tensor:
    """Return a share of the photos of each class, at least one, chosen by the seed."""
    generator = torch.Generator().manual_seed(seed)
    shuffled = inside[torch.randperm(len(inside), generator=generator)]
    kept = []
    for target in set(targets[inside].tolist()):
        of_class = shuffled[targets[shuffled] == target]
        kept.append(of_class[: max(1, round(share * len(of_class)))])
    return torch.cat(kept)
