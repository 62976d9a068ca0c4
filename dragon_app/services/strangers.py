"""What a run learned from: what is usual for it, and which of its photos a new one is like.

Learned from its own photos in the background, when Try first needs it.

Kept in memory alone: it takes seconds, and nothing waits for it. Until then nothing is strange.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dragon_app.core.errors import BadImageError
from dragon_app.core.likeness import Likeness, fit_likeness
from dragon_app.core.ports import Predictor
from dragon_app.core.threads import work_in_background
from dragon_app.core.types import Sample, Split
from dragon_app.core.usual import Seen, Usual, fit_usual
from dragon_app.core.vectors import Floats
from dragon_app.imaging.decode import decode_file
from dragon_app.storage.workspace import Workspace

_MOST = 1000  # photos of a part: enough to know what is usual, and soon looked at
_BATCH = 16
_KEPT = 2
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Learned:
    """What a run knows of its photos: None where there are too few to say it."""

    usual: Usual | None
    likeness: Likeness | None
    samples: tuple[Sample, ...]  # in the order of `likeness`

    def nearest(self, vectors: Floats, count: int) -> list[list[Sample]]:
        """Return the photos learned from that each of some photos (N, D) is most like."""
        if self.likeness is None:
            return [[] for _ in vectors]
        places = self.likeness.nearest(vectors, count).tolist()
        return [[self.samples[place] for place in row] for row in places]


class Strangers:
    """Knows what the runs that were asked last learned from. Safe from several threads.

    Shared with its thread: `_known`, one reference that is swapped whole.
    """

    def __init__(self, workspace: Workspace, *, is_busy: Callable[[], bool]) -> None:
        self._workspace = workspace
        self._is_busy = is_busy
        self._known: tuple[tuple[str, Learned], ...] = ()  # by checkpoint folder
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_closing = threading.Event()

    def of(self, run_id: int, folder: str, predictor: Predictor) -> Learned | None:
        """Return what a run learned from; None while that is not known.

        The first question begins to learn it, unless the machine trains.
        """
        for known, learned in self._known:
            if known == folder:
                return learned
        with self._starting:
            if not self.is_learning() and not self._is_busy() and not self._is_closing.is_set():
                self._thread = threading.Thread(
                    target=self._learn,
                    args=(run_id, folder, predictor),
                    name="strangers",
                    daemon=True,
                )
                self._thread.start()
        return None

    def is_learning(self) -> bool:
        """Whether it is at work for a run that was asked for: what it is, is known soon."""
        return self._thread is not None and self._thread.is_alive()

    def close(self, *, timeout_s: float = 30) -> None:
        """End the thread."""
        self._is_closing.set()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _learn(self, run_id: int, folder: str, predictor: Predictor) -> None:
        work_in_background()
        snapshot = self._workspace.snapshots.get(self._workspace.runs.get(run_id).snapshot_id)
        (samples, seen), (_, held_out) = (
            self._look(predictor, _some([s for s in snapshot.samples if s.split is split]))
            for split in (Split.TRAIN, Split.VAL)
        )
        if self._is_closing.is_set():
            return
        usual = fit_usual(seen, held_out) if samples else None
        if usual is not None:
            likeness: Likeness | None = usual.likeness
        else:
            likeness = fit_likeness(seen.vectors) if samples else None
        learned = Learned(usual=usual, likeness=likeness, samples=tuple(samples))
        self._known = ((folder, learned), *self._known)[:_KEPT]
        _LOG.info("run %s knows what is usual: %s photos", run_id, len(samples))

    def _look(self, predictor: Predictor, samples: Sequence[Sample]) -> tuple[list[Sample], Seen]:
        """Return those samples that can be read, and what the run makes of them."""
        answers = [np.zeros((0, len(predictor.class_names)), np.float32)]
        vectors: list[Floats] = []
        there: list[Sample] = []
        for start in range(0, len(samples), _BATCH):
            pixels = []
            for sample in samples[start : start + _BATCH]:
                if self._is_closing.is_set():
                    break
                try:
                    path = self._workspace.blobs.path(sample.digest)
                    pixels.append(decode_file(path, shortest_px=predictor.decode_px))
                    there.append(sample)
                except BadImageError:  # removed since, or damaged: the others still count
                    continue
            if pixels:
                rows, some = predictor.look(pixels)
                answers.append(rows)
                vectors.append(some)
        seen = Seen(
            vectors=np.concatenate(vectors) if vectors else np.zeros((0, 1), np.float32),
            probabilities=np.concatenate(answers),
            targets=np.array([sample.target for sample in there], np.int64),
        )
        return there, seen


def _some(samples: Sequence[Sample]) -> Sequence[Sample]:
    """Return at most so many, evenly from all."""
    return samples[:: max(1, -(-len(samples) // _MOST))]
