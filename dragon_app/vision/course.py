"""One run on its way: its network, its photos, and what the frozen part made of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import torch
from torch import Tensor, nn

from dragon_app.core.config import Arithmetic, Augment, FinetuneConfig
from dragon_app.features.store import FeatureStore
from dragon_app.vision.arithmetic import autocast, lay_out
from dragon_app.vision.augmentation import chances, train_views
from dragon_app.vision.backbone import Network
from dragon_app.vision.budget import Budget
from dragon_app.vision.measure import Task
from dragon_app.vision.memory import Portions
from dragon_app.vision.objective import Objective
from dragon_app.vision.observer import Observer
from dragon_app.vision.photos import CompactPhotos
from dragon_app.vision.plan import EVAL, Plan
from dragon_app.vision.rows import Rows
from dragon_app.vision.splitting import Part, Split
from dragon_app.vision.start import Start

Load = Callable[[list[int]], Tensor]

SMALL_BYTES = 2**28  # rows below are kept as float32: no step has to convert them


@dataclass(slots=True, kw_only=True)
class Course:
    """One run on its way. `splits` holds a cut for every depth whose rows are kept."""

    config: FinetuneConfig  # as used: nothing is left open
    plan: Plan
    objective: Objective
    start: Start
    train: CompactPhotos
    val: CompactPhotos
    store: FeatureStore
    budget: Budget
    portions: Portions
    device: torch.device
    generator: torch.Generator  # the order of the training photos
    observer: Observer
    splits: dict[int, Split] = field(default_factory=dict)
    rows: dict[tuple[str, int, str], Rows] = field(default_factory=dict)  # part, depth, view

    @property
    def network(self) -> Network:
        """The network that learns."""
        return self.start.network

    @property
    def arithmetic(self) -> Arithmetic:
        """In which numbers the network computes."""
        return self.config.arithmetic

    def photos(self, part: str) -> CompactPhotos:
        """Return the photos to learn from ("train") or to measure on ("val")."""
        return self.train if part == "train" else self.val

    @property
    def keeps_photos(self) -> bool:
        """Whether some epoch looks at the photos themselves, so that they are worth keeping."""
        return any(self.plan.frozen(epoch) not in self.splits for epoch in self.plan.epochs())

    def images(self, part: str, view: str, indices: list[int]) -> Tensor:
        """Return photos (n, 3, S, S) as a network reads them in a view."""
        compacts = self.photos(part).batch(indices, keeps=self.keeps_photos)
        return self.seen(part, view, indices, compacts)

    def seen(self, part: str, view: str, indices: list[int], compacts: list[Tensor]) -> Tensor:
        """Return compact photos (n, 3, S, S) as a network reads them in a view."""
        digests = [self.photos(part).digests[index] for index in indices]
        return train_views(
            compacts,
            self.start.transform,
            Augment.OFF if view == EVAL else self.config.augment,
            chance=chances(digests, view, mirror=self.config.mirror),
            device=self.device,
        )

    def run(self, part: Part, batch: Tensor) -> Tensor:
        """Return what a part of the network makes of a batch, in the run's arithmetic."""
        with autocast(self.arithmetic, self.device):
            return part(lay_out(batch, self.arithmetic))

    @torch.no_grad()
    def vectors(self, part: str, view: str) -> Tensor:
        """Return what the whole body makes of photos in a view: features (N, D).

        They are float16 where they are kept, else float32.
        """
        rows = self.rows.get((part, self.plan.stages, view))
        count = len(self.photos(part))
        if rows is None:
            found = [
                self.run(self.network.body, self.images(part, view, indices)).float().cpu()
                for indices in chunks(range(count))
            ]
            return torch.cat(found)
        whole = rows.in_memory
        if whole is not None:
            return whole
        return torch.cat([rows.batch(indices) for indices in chunks(range(count), 1024)])

    def task(self, part: str, epoch: int) -> Task:
        """Return the photos as an epoch learns from them, or is measured on them."""
        depth = self.plan.frozen(epoch)
        view = self.plan.view(epoch) if part == "train" else EVAL
        rows = self.rows.get((part, depth, view))
        load: Load = partial(self.images, part, view)
        score: Part = self._whole
        is_at_hand = False
        if rows is not None:
            score = partial(self.run, self.splits[depth].rest)
            load, is_at_hand = self._load(rows)
        return Task(
            load=load,
            score=score,
            targets=self.photos(part).targets,
            portions=self.portions,
            is_at_hand=is_at_hand,
            fewest=2 if any(map(_takes_statistics, self.network.modules())) else 1,
        )

    def _whole(self, images: Tensor) -> Tensor:
        return self.run(self.network, images)

    def _load(self, rows: Rows) -> tuple[Load, bool]:
        """Return how rows are loaded as float32, and whether that takes no time."""
        whole = rows.in_memory  # (N, ...) float16
        if whole is None:
            return lambda indices: rows.batch(indices).to(self.device).float(), False
        if 2 * whole.nbytes <= SMALL_BYTES:
            whole = whole.to(self.device).float()
        ready = whole
        return lambda indices: ready[indices].to(self.device).float(), True


def _takes_statistics(module: nn.Module) -> bool:
    return module.training and isinstance(module, nn.modules.batchnorm._BatchNorm)


def chunks(indices: range | list[int], size: int = 32) -> list[list[int]]:
    """Return indices in batches."""
    return [list(indices[start : start + size]) for start in range(0, len(indices), size)]
