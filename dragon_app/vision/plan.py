"""Which part of a network each epoch of a run leaves frozen, and in which view it sees the photos.

Pure rules. A view is named by what decides it: runs that share a view share what was made of it.
"""

from dataclasses import dataclass

from dragon_app.core.config import Augment, FinetuneConfig, Optimizer
from dragon_app.vision.freezing import frozen_at

VIEWS = 4  # of each photo that take turns where part of the network is frozen
FEATURES_BYTES = 2**29  # of all views that a computed head learns from: they are in memory at once
EVAL = "eval"  # the one view that validation sees


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The course of a run over its epochs, which count from 1; `begins` is the first still to do.

    Whether there were epochs before changes nothing in those that come. A computed head learns from
    at most `most_views`.
    """

    config: FinetuneConfig
    stages: int
    finally_frozen: int
    begins: int = 1
    most_views: int = VIEWS

    def frozen(self, epoch: int) -> int:
        """Return how many stages, from the input, do not learn in an epoch."""
        return frozen_at(
            epoch,
            finally_frozen=self.finally_frozen,
            unfreeze_after=self.config.unfreeze_after,
            stages=self.stages,
        )

    def view(self, epoch: int) -> str:
        """Return the view in which an epoch sees the training photos.

        With a frozen part a few views take turns; a network that learns as a whole never sees the
        same one twice.
        """
        augment = self.config.augment
        if augment is Augment.OFF:
            return EVAL
        if self.frozen(epoch):
            return f"{augment}-{(epoch - 1) % VIEWS}"
        return f"{augment}-{self.config.seed}-{epoch}"

    def depths(self) -> list[int]:
        """Return the depths, at least one stage, at which some epoch is frozen; least first."""
        return sorted({self.frozen(epoch) for epoch in self.epochs()} - {0})

    def views(self, depth: int) -> list[str]:
        """Return the views of training photos that epochs with so many frozen stages see."""
        if self.config.optimizer is Optimizer.EXACT:
            return self.exact_views()
        views = [self.view(epoch) for epoch in self.epochs() if self.frozen(epoch) == depth]
        return list(dict.fromkeys(views))

    def exact_views(self) -> list[str]:
        """Return what a computed head learns from: the plain view first."""
        augment = self.config.augment
        varied = 0 if augment is Augment.OFF else self.most_views - 1
        return [EVAL, *(f"{augment}-{number}" for number in range(varied))]

    def epochs(self) -> range:
        """Return the epochs still to do."""
        return range(self.begins, self.config.epochs + 1)


def views_that_fit(photos: int, *, width: int) -> int:
    """Return of how many views a computed head holds the features, so many float32 of a photo.

    One at least, whatever it takes: without the plain view there is nothing to learn from.
    """
    return min(VIEWS, max(1, FEATURES_BYTES // (photos * width * 4)))
