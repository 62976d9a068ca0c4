"""What a kept model said about the held-out photos of its run: a file beside its weights."""

import io
import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dragon_app.core.disk import write_file

_FILE = "held-out.npy"
_LOG = logging.getLogger(__name__)


class AnswerStore:
    """Keeps answers in the folders of checkpoints, with which they go. Safe from threads."""

    def __init__(self, root: Path) -> None:
        self._root = root  # of the workspace; the folders are told relative to it

    def put(self, checkpoint: str, probabilities: NDArray[np.float32]) -> None:
        """Keep probabilities (N, C) of the held-out photos, in the snapshot's order.

        They can be had again from the model: a disk that is full is not worth an error.
        """
        data = io.BytesIO()
        np.save(data, probabilities.astype(np.float32), allow_pickle=False)
        try:
            write_file(self._root / checkpoint / _FILE, data.getvalue(), is_durable=False)
        except OSError as error:
            _LOG.warning("the answers of %s were not kept: %s", checkpoint, error)

    def has(self, checkpoint: str) -> bool:
        """Whether there are answers, damaged or not."""
        return (self._root / checkpoint / _FILE).is_file()

    def get(self, checkpoint: str, *, photos: int, classes: int) -> NDArray[np.float32] | None:
        """Return probabilities (photos, classes); None when there are none, or they are damaged."""
        try:
            with (self._root / checkpoint / _FILE).open("rb") as file:
                found: NDArray[np.float32] = np.load(file, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        is_right = found.shape == (photos, classes) and found.dtype == np.float32
        return found if is_right else None
