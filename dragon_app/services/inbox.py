"""The fix-it inbox: photos worth another look, in one ranked list, made anew when photos change.

It is made in the background, least urgent of all; nothing waits for it, and asking costs little.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from dragon_app.core.errors import BUG_WORDS, DragonError
from dragon_app.core.inbox import Finding, merge, still_speaking
from dragon_app.core.ports import ShouldStop
from dragon_app.core.threads import work_in_background
from dragon_app.core.types import BatchResult
from dragon_app.services.dataset import Dataset
from dragon_app.services.embedding import Embedding
from dragon_app.services.inspecting import FEWEST, Inspecting
from dragon_app.storage.labels import PERSON
from dragon_app.storage.workspace import Workspace

MOST = 1000  # findings in the list: nobody sees through more before it is made anew
REST = 10  # times as long as making the list took, before it is made anew
_ASK_EVERY_S = 0.2
_LOG = logging.getLogger(__name__)


class InboxStatus(StrEnum):
    """Where the list stands."""

    EMPTY = "empty"  # there is no photo
    FEW = "few"  # labels: only what needs none is listed
    WORKING = "working"
    WAITING = "waiting"  # for a training, or for somebody who paused it
    READY = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxStanding:
    """Where the list stands; `version` grows when it was made anew, `done` of `total` photos."""

    status: InboxStatus
    words: str
    done: int
    total: int
    version: int


class Inbox:
    """The findings of a workspace. Safe from several threads; one of its own makes the list.

    Shared with that thread: `_list`, `_made_of`, `_version`, `_problem` and `_looked_at`, which it
    alone writes, each one reference that is swapped whole; `_open`, of which the last one stays.
    """

    def __init__(
        self,
        workspace: Workspace,
        dataset: Dataset,
        embedding: Embedding,
        inspecting: Inspecting,
        *,
        is_busy: Callable[[], bool],
    ) -> None:
        self._workspace = workspace
        self._dataset = dataset
        self._embedding = embedding
        self._inspecting = inspecting
        self._is_busy = is_busy
        self._list: tuple[Finding, ...] = ()
        self._made_of: object = None
        self._version = 0
        self._problem = ""
        self._looked_at = (0, 0)
        self._rests_until = 0.0
        self._open: tuple[object, tuple[Finding, ...]] = (None, ())
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_closing = threading.Event()

    def standing(self) -> InboxStanding:
        """Return where the list stands, and begin to bring it up to date."""
        total = self._dataset.summary().total
        if not total:
            return self._stands(InboxStatus.EMPTY, "There is no photo yet. Add some on Label.")
        # Asked before the work begins: what ends in between would leave an old list as the newest.
        lacks, is_busy = self._lacks_vectors(), self._is_busy()
        is_at_work = self._begin()
        looking = self._embedding.looking()
        if problem := self._problem or (looking.problem if lacks else ""):
            return self._stands(InboxStatus.WAITING, problem)
        if is_busy and (lacks or self._made_of != self._revision()):
            words = "A training needs the machine. The list is brought up to date after it."
            return self._stands(InboxStatus.WAITING, words)
        if lacks and looking.is_paused:
            return self._stands(InboxStatus.WAITING, "Looking at the photos is paused.")
        if lacks:
            done = min(looking.done, total)
            words = f"Looking at the photos: {done:,} of {total:,}."
            return self._stands(InboxStatus.WORKING, words, done, total)
        if is_at_work:
            return self._stands(InboxStatus.WORKING, "Making the list.", *self._looked_at)
        if not self._has_enough():
            words = f"Label {FEWEST} photos of each of two classes to find wrong labels too."
            return self._stands(InboxStatus.FEW, words)
        words = "" if self.findings() else "Nothing stands out: there is nothing to fix."
        return self._stands(InboxStatus.READY, words)

    def findings(self) -> tuple[Finding, ...]:
        """Return what is still to be looked at, the likeliest to need a fix first.

        Photos that got another class, went into the bin or were found right are left out, and
        reasons whose other photo did so that they hold no more.
        """
        state = (self._version, self._workspace.labels.newest_batch())
        if self._open[0] != state:
            listed = self._list
            now = self._workspace.inbox.asked_about([each.image_id for each in listed])
            same = [f for f in listed if f.image_id in now and now[f.image_id] == f.class_id]
            ids = {other for f in same for reason in f.reasons for other in reason.others}
            others = self._workspace.inbox.classes_of(sorted(ids))
            still = [still_speaking(each, others) for each in same]
            self._open = (state, tuple(each for each in still if each is not None))
        return self._open[1]

    def wait(self, *, report: Callable[[str], None]) -> InboxStanding:
        """Return where the list stands when it is made, or cannot be; report on the way."""
        said = ""
        while (standing := self.standing()).status is InboxStatus.WORKING:
            if standing.words != said:
                said = standing.words
                report(said)
            self._is_closing.wait(_ASK_EVERY_S)
        return standing

    def keep(
        self,
        classes: Mapping[int, int | None],
        *,
        batch: str | None = None,
        who: str = PERSON,
    ) -> BatchResult:
        """Note that photos are right with the class that a person saw, `image id -> class id`."""
        return self._workspace.inbox.keep(classes, batch=batch or uuid.uuid4().hex, who=who)

    def close(self, *, timeout_s: float = 30) -> None:
        """End the thread; the list is made anew when it is next asked for."""
        self._is_closing.set()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _stands(
        self, status: InboxStatus, words: str, done: int = 0, total: int = 0
    ) -> InboxStanding:
        return InboxStanding(
            status=status, words=words, done=done, total=total, version=self._version
        )

    def _has_enough(self) -> bool:
        counts = self._dataset.summary().classes
        enough = [c for c in counts if not c.image_class.is_disabled and c.train + c.val >= FEWEST]
        return len(enough) > 1

    def _lacks_vectors(self) -> bool:
        vectors = self._embedding.vectors()
        there = 0 if vectors is None else len(vectors.ids)
        return self._has_enough() and there < self._dataset.summary().total

    def _revision(self) -> object:
        champion = self._workspace.promotions.champion()
        return (self._dataset.revision(), champion, self._lacks_vectors())

    def _begin(self) -> bool:
        """Start to make the list, if there is a need; return whether it is being made."""
        if self._has_enough():
            self._embedding.want()
        with self._starting:
            if self._thread is not None and self._thread.is_alive():
                return True
            rests = time.monotonic() < self._rests_until
            if rests or self._should_stop() or self._made_of == self._revision():
                return False
            self._thread = threading.Thread(target=self._work, name="inbox", daemon=True)
            self._thread.start()
            return True

    def _should_stop(self) -> bool:
        return self._is_closing.is_set() or self._is_busy()

    def _work(self) -> None:
        work_in_background()
        revision, began = self._revision(), time.monotonic()
        lacks, is_stopped = self._lacks_vectors(), False

        def should_stop() -> bool:
            nonlocal is_stopped
            is_stopped = is_stopped or self._should_stop()
            return is_stopped

        problem = BUG_WORDS
        try:
            self._make(should_stop)
            problem = ""
        except DragonError as error:
            problem = "" if is_stopped else str(error)
        finally:
            if problem == BUG_WORDS:  # the page says so, and the log what
                _LOG.error("making the inbox failed", exc_info=True)
            self._problem = problem
            self._made_of = None if is_stopped else revision  # after a training it begins anew
            took_s = 0.0 if is_stopped or lacks else time.monotonic() - began
            self._rests_until = time.monotonic() + REST * took_s

    def _make(self, should_stop: ShouldStop) -> None:
        vectors = self._embedding.vectors() if self._has_enough() else None
        found = self._inspecting.inspect(
            None if self._lacks_vectors() else vectors,
            report=self._looked,
            should_stop=should_stop,
        )
        self._list = tuple(merge(found.reasons, found.classes)[:MOST])
        self._version += 1

    def _looked(self, done: int, total: int) -> None:
        self._looked_at = (done, total)
