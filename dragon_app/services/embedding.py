"""Photos as vectors, made in the background. Yields to training and measuring, keeps back while
somebody is at work, can be paused.

Nothing begins before somebody has a use for it: torch takes seconds and 700 MB. What was made
before is read from the disk without it.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dragon_app.core.errors import BUG_WORDS, DragonError
from dragon_app.core.ports import Embedder, Vision
from dragon_app.core.presence import REST, Presence
from dragon_app.core.threads import work_in_background
from dragon_app.core.training import CacheFolder
from dragon_app.core.vectors import CHUNK, Floats, Ids, PhotoFile, Vectors
from dragon_app.features.recall import Recall, noted_vectors
from dragon_app.features.shelf import ShelfKey
from dragon_app.storage.workspace import Workspace

BATCH = 32  # photos between two looks at whether others need the machine
SMALL_BATCH = 8  # while somebody is at work
LOOK_S = 1.0  # how often new photos and the end of a training are looked for
RETRY_S = 60.0  # after an error that a person can act on
SHOWN_S = 2.0  # how often those who wait see more vectors
_PAUSED = "embedding_is_paused"
_ASIDE_WORDS = (
    "What was kept of a first look at the photos did not fit together. It was set aside, and they "
    "are looked at again."
)
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """How far it is: photos with a vector, of all; `seconds_left` None when not known."""

    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    is_paused: bool = False
    is_wanted: bool = False
    problem: str = ""


class Embedding:
    """The vectors of a workspace. Safe from several threads; one thread of its own makes them.

    Shared with that thread: `_vectors` and `_looking`, each one reference that it swaps whole,
    and the flags behind `_wake`.
    """

    def __init__(
        self,
        workspace: Workspace,
        vision: Callable[[], Vision],
        *,
        is_busy: Callable[[], bool],
        presence: Presence,
    ) -> None:
        self._workspace = workspace
        self._vision = vision
        self._is_busy = is_busy
        self._presence = presence
        self._cache = CacheFolder(path=workspace.cache_folder)
        self._embedder: Embedder | None = None
        self._noted: ShelfKey | None = None
        self._is_recalled = False
        self._aside = ""  # said until all photos were looked at again
        self._is_closing = threading.Event()
        self._wake = threading.Event()
        self._is_wanted = False
        self._is_paused = False
        self._vectors: Vectors | None = None
        self._looking = Looking()
        self._thread: threading.Thread | None = None
        self._on_more: Callable[[], None] = lambda: None

    def open(self, *, on_more: Callable[[], None]) -> None:
        """Start the thread; `on_more` is told when there are more vectors, from that thread."""
        self._is_paused = self._workspace.suggestions.setting(_PAUSED) == "yes"
        self._on_more = on_more
        self._thread = threading.Thread(target=self._work, name="embedding", daemon=True)
        self._thread.start()

    def close(self, *, timeout_s: float = 30) -> None:
        """End the thread; what was made is kept."""
        self._is_closing.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def want(self) -> None:
        """Begin to look at the photos, if that has not begun."""
        if not self._is_wanted:
            self._is_wanted = True
            self._wake.set()

    def pause(self) -> None:
        """Look at no more photos until `resume`, after a restart too."""
        self._set_paused(is_paused=True)

    def resume(self) -> None:
        """Go on looking at photos."""
        self._set_paused(is_paused=False)

    def looking(self) -> Looking:
        """Return how far it is."""
        return replace(self._looking, is_paused=self._is_paused, is_wanted=self._is_wanted)

    def vectors(self) -> Vectors | None:
        """Return what there is so far; None before the first photo was looked at."""
        return self._vectors

    def _set_paused(self, *, is_paused: bool) -> None:
        self._workspace.suggestions.set_setting(_PAUSED, "yes" if is_paused else "no")
        self._is_paused = is_paused
        self._wake.set()

    def _should_stop(self) -> bool:
        is_idle = not self._is_wanted or self._is_paused or self._is_closing.is_set()
        return is_idle or self._is_busy()

    def _work(self) -> None:
        is_over = False
        try:
            self._take_turns()
            is_over = True
        finally:
            if not is_over:  # a bug: the page says so, and the log what
                _LOG.error("looking at photos failed", exc_info=True)
                self._looking = replace(self._looking, problem=BUG_WORDS)

    def _take_turns(self) -> None:
        wait_s = 0.0
        while not self._is_closing.is_set():
            self._wake.wait(wait_s)
            self._wake.clear()
            wait_s = LOOK_S
            if self._is_wanted and not self._is_recalled:
                self._recall()
            if self._should_stop():
                continue
            try:
                self._look()
            except DragonError as error:
                if not self._should_stop():
                    self._looking = replace(self._looking, problem=str(error))
                    wait_s = RETRY_S

    def _recall(self) -> None:
        """Take up the vectors that lie on the disk from earlier: no network is needed for that."""
        self._is_recalled = True
        self._noted = noted_vectors(self._cache)
        if self._noted is None:
            return
        ids, digests = _parted(self._workspace.suggestions.photos())
        found = _Found(ids, None)
        with Recall(self._cache, self._noted) as shelf:
            self._aside = _ASIDE_WORDS if shelf.was_set_aside else ""
            for start in range(0, len(ids), CHUNK):
                if self._is_closing.is_set():
                    return
                some = [each.tobytes().hex() for each in digests[start : start + CHUNK]]
                rows = shelf.rows(some)
                there = [place for place, row in enumerate(rows) if row is not None]
                if there:
                    put = np.array([rows[place] for place in there])
                    found.put(start + np.array(there), put)
        self._show(found, None)

    def _look(self) -> None:
        """Look at every photo that has no vector yet; let go of those that are gone."""
        ids, digests = _parted(self._workspace.suggestions.photos())
        before = self._vectors
        if before is not None and np.array_equal(ids, before.ids):
            return
        found = _Found(ids, before)
        if not found.is_there.all():
            if self._embedder is None:
                self._presence.keep_loading_back(wait=self._wait, should_stop=self._should_stop)
                if self._should_stop():
                    return
                vision = self._vision()
                work_in_background()  # torch's own threads inherit it
                self._embedder = vision.embedder(self._cache, should_stop=self._should_stop)
                is_other = noted_vectors(self._cache) != self._noted
                if is_other or found.width not in {None, self._embedder.width}:
                    found = _Found(ids, None)  # it makes other numbers of photos
            self._look_at(found, digests, self._embedder)
        if found.is_there.all():
            self._aside = ""
        self._show(found, None)

    def _look_at(self, found: "_Found", digests: NDArray[np.void], embedder: Embedder) -> None:
        todo = np.flatnonzero(~found.is_there)
        began = shown_at = time.monotonic()
        self._show(found, None)
        done, took_s = 0, 0.0
        while done < len(todo):
            self._rest(took_s)
            if self._should_stop():
                break
            batch = SMALL_BATCH if self._presence.is_at_work() else BATCH
            places = todo[done : done + batch]
            files = [self._file(digests[place].tobytes().hex()) for place in places]
            started = time.monotonic()
            found.put(places, embedder.rows(files))
            now = time.monotonic()
            took_s, done = now - started, done + len(places)
            if now - shown_at > SHOWN_S:
                shown_at = now
                self._show(found, (now - began) / done * (len(todo) - done))
        embedder.rest()

    def _rest(self, took_s: float) -> None:
        """Leave half of the time: a network computes outside Python's lock, and low in priority."""
        self._presence.keep_back(took_s / REST, wait=self._wait, should_stop=self._should_stop)

    def _wait(self, rest_s: float) -> None:
        self._wake.wait(rest_s)
        self._wake.clear()

    def _show(self, found: "_Found", seconds_left: float | None) -> None:
        vectors = found.vectors()
        self._looking = Looking(
            done=int(found.is_there.sum()),
            total=len(found.ids),
            seconds_left=seconds_left,
            problem=self._aside,
        )
        if vectors is not None:
            self._vectors = vectors
            self._on_more()

    def _file(self, digest: str) -> PhotoFile:
        return PhotoFile(path=self._workspace.blobs.path(digest), digest=digest)


class _Found:
    """Room for a row of every photo, filled from the first to the last.

    What it shows are views: a reader sees rows that nobody changes any more.
    """

    def __init__(self, ids: Ids, before: Vectors | None) -> None:
        self.ids = ids
        self.is_there = np.zeros(len(ids), bool)
        self._rows: Floats | None = None
        self._squares = np.zeros(len(ids), np.float32)
        if before is not None:
            places = before.places(ids)
            self.is_there = places >= 0
            kept = places[self.is_there]
            self._rows = np.zeros((len(ids), before.rows.shape[1]), np.float32)
            self._rows[self.is_there] = before.rows[kept]
            self._squares[self.is_there] = before.squares[kept]

    @property
    def width(self) -> int | None:
        """How many numbers a row has; None without any."""
        return None if self._rows is None else self._rows.shape[1]

    def put(self, places: Ids, rows: NDArray[np.float16]) -> None:
        """Fill in rows (n, D)."""
        if self._rows is None:
            self._rows = np.zeros((len(self.ids), rows.shape[1]), np.float32)
        self._rows[places] = rows
        self._squares[places] = np.square(self._rows[places]).sum(1)
        self.is_there[places] = True

    def vectors(self) -> Vectors | None:
        """Return the rows up to the first that is missing; None without any."""
        end = len(self.ids) if self.is_there.all() else int(self.is_there.argmin())
        if self._rows is None:
            return None
        return Vectors(ids=self.ids[:end], rows=self._rows[:end], squares=self._squares[:end])


def _parted(photos: bytes) -> tuple[Ids, NDArray[np.void]]:
    """Return the ids (N,) and digests (N,) of photos as the store packs them."""
    rows = np.frombuffer(photos, np.dtype([("id", ">u4"), ("digest", "V32")]))
    return rows["id"].astype(np.int64), rows["digest"]
