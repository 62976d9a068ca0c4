"""The best epoch of a run so far: in memory, and on the disk once it was kept."""

from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from torch import Tensor

from dragon_app.vision import checkpoint
from dragon_app.vision.backbone import Network
from dragon_app.vision.checkpoint import Meta
from dragon_app.vision.measure import Measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """An epoch on the disk, and how good it was."""

    path: Path
    epoch: int
    measured: Measurement


class Best:
    """The best epoch so far. Only what can change is copied: what is frozen stays as it is.

    `saved` is that of an earlier sitting at first, if there was one.
    """

    def __init__(
        self, network: Network, *, changing: set[str], folder: Path, saved: Saved | None = None
    ) -> None:
        self._network = network
        self._changing = changing  # names in the network's state
        self._folder = folder
        self._state: dict[str, Tensor] = {}
        self._meta: Meta | None = None  # of an epoch that is not on the disk yet
        self._measured = None if saved is None else saved.measured
        self.saved = saved
        self.epochs_done = 0
        self.epoch = 0 if saved is None else saved.epoch  # the best one

    def offer(self, measured: Measurement, meta: Meta) -> bool:
        """Take an epoch's end; whether it is the best so far."""
        self.epochs_done = meta.epoch
        if not measured.is_better_than(self._measured):
            return False
        self._measured, self._meta = measured, meta
        self.epoch = meta.epoch
        state = self._network.state_dict()
        self._state = {name: state[name].clone() for name in self._changing}
        return True

    def keep(self) -> bool:
        """Save the best epoch; False where there is none, or it is on the disk.

        Raise `TrainingError` when the disk refuses; what was saved before stays.
        """
        if self._measured is None or self._meta is None:
            return False
        tensors = {**self._network.state_dict(), **self._state}
        epoch = self._meta.epoch
        path = checkpoint.save(tensors, self._meta, self._folder, self._free_name(epoch))
        self.saved = Saved(path=path, epoch=epoch, measured=self._measured)
        self._meta, self._state = None, {}
        return True

    def _free_name(self, epoch: int) -> str:
        """Return a name that no folder has: one saved before a crash may be in use."""
        name = f"best-{epoch:04d}"
        again = (f"{name}-{number}" for number in count(2))
        return next(each for each in chain([name], again) if not (self._folder / each).exists())
