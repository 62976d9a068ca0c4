"""The best epoch of a run so far, in memory and, now and then, on the disk."""

import time
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from dragon_app.vision import checkpoint
from dragon_app.vision.backbone import Network
from dragon_app.vision.checkpoint import Meta
from dragon_app.vision.measure import Measurement

SAVE_EVERY_S = 30.0  # should the disk be full in the end, this much is lost; short runs save once


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """An epoch on the disk, and how good it was."""

    path: Path
    epoch: int
    measured: Measurement


class Best:
    """The best epoch so far. Only what can change is copied: what is frozen stays as it is."""

    def __init__(self, network: Network, *, changing: set[str], folder: Path) -> None:
        self._network = network
        self._changing = changing  # names in the network's state
        self._folder = folder
        self._state: dict[str, Tensor] = {}
        self._meta: Meta | None = None
        self._measured: Measurement | None = None
        self._saved_at = time.monotonic()
        self.saved: Saved | None = None
        self.epochs_done = 0
        self.epoch = 0  # the best one

    def offer(self, measured: Measurement, meta: Meta) -> bool:
        """Take an epoch's end; whether it is the best so far."""
        self.epochs_done = meta.epoch
        if not measured.is_better_than(self._measured):
            return False
        self._measured, self._meta = measured, meta
        self.epoch = meta.epoch
        state = self._network.state_dict()
        self._state = {name: state[name].clone() for name in self._changing}
        if time.monotonic() - self._saved_at >= SAVE_EVERY_S:
            self._save(measured, meta)
        return True

    def keep(self) -> None:
        """Bring the network back to the best epoch, if there is one, and save it.

        Raise `TrainingError` when the disk refuses; what was saved before stays.
        """
        if self._measured is None or self._meta is None:
            return
        if self.saved is None or self.saved.epoch != self._meta.epoch:
            state = self._network.state_dict()
            for name, tensor in self._state.items():
                state[name].copy_(tensor)
            self._save(self._measured, self._meta)

    def _save(self, measured: Measurement, meta: Meta) -> None:
        before = self.saved
        path = checkpoint.save(self._network, meta, self._folder, f"best-{meta.epoch:04d}")
        self.saved = Saved(path=path, epoch=meta.epoch, measured=measured)
        self._saved_at = time.monotonic()
        if before is not None:
            checkpoint.delete(before.path)
