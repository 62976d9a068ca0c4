"""The best epoch of a run so far, in memory and, now and then, on the disk."""

import time
from pathlib import Path

from torch import Tensor

from dragon_app.vision import checkpoint
from dragon_app.vision.backbone import Network
from dragon_app.vision.checkpoint import Meta
from dragon_app.vision.measure import Measurement

SAVE_EVERY_S = 30.0  # a crash costs so much of a run at most; short runs save once


class Best:
    """The best epoch so far. Only what can change is copied: what is frozen stays as it is."""

    def __init__(self, network: Network, *, changing: set[str], folder: Path) -> None:
        self._network = network
        self._changing = changing  # names in the network's state
        self._folder = folder
        self._state: dict[str, Tensor] = {}
        self._meta: Meta | None = None
        self._saved: Path | None = None
        self._saved_at = time.monotonic()
        self._is_saved = False
        self.measured: Measurement | None = None
        self.epochs_done = 0

    @property
    def epoch(self) -> int:
        """Which epoch is the best; 0 before the first."""
        return self._meta.epoch if self._meta is not None else 0

    def offer(self, measured: Measurement, meta: Meta) -> bool:
        """Take an epoch's end; whether it is the best so far."""
        self.epochs_done = meta.epoch
        if not measured.is_better_than(self.measured):
            return False
        self.measured, self._meta, self._is_saved = measured, meta, False
        state = self._network.state_dict()
        self._state = {name: state[name].clone() for name in self._changing}
        if time.monotonic() - self._saved_at >= SAVE_EVERY_S:
            self._save(meta)
        return True

    def keep(self) -> Path | None:
        """Bring the network back to the best epoch and save it; None when there is none."""
        if self._meta is not None and not self._is_saved:
            state = self._network.state_dict()
            for name, tensor in self._state.items():
                state[name].copy_(tensor)
            self._save(self._meta)
        return self._saved

    def _save(self, meta: Meta) -> None:
        before = self._saved
        name = f"best-{meta.epoch:04d}"
        self._saved = checkpoint.save(self._network, meta, self._folder, name)
        self._saved_at, self._is_saved = time.monotonic(), True
        if before is not None and before != self._saved:
            checkpoint.delete(before)
