"""Suggestions: a draft class for every photo that waits for one.

Drafts come from a head that is fitted anew after every change of labels, or from a trained run.
Nothing here is a label: a person accepts.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from dragon_app.core.errors import BUG_WORDS, BadImageError, DragonError, NotFoundError
from dragon_app.core.ports import Predictor, ShouldStop, Vision
from dragon_app.core.presence import Presence
from dragon_app.core.threads import work_in_background
from dragon_app.core.types import BatchResult
from dragon_app.core.vectors import DraftHead, Floats, Ids, Vectors
from dragon_app.imaging.decode import decode_file
from dragon_app.services.drafts import Drafts, cautious, of_enough, read_numbers
from dragon_app.services.embedding import Embedding
from dragon_app.storage.labels import PERSON
from dragon_app.storage.workspace import Workspace

FEWEST = 3  # labels of a class before a head can say anything about it
LOOK_S = 0.5  # how often changes are looked for, and so how often a head is fitted at most
BATCH = 16  # photos that a run looks at between two looks at who else needs the machine
_OFF, _SOURCE = "suggestions_are_off", "suggestions_by_run"
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """Where suggestions stand. `version` grows with every change of them."""

    version: int = 0
    is_on: bool = True
    run_id: int | None = None  # None: by the photos labelled so far
    who: str = ""  # "starter head, 57 labels"
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Fitted:
    head: DraftHead
    class_ids: Ids  # (C,), of the head's rows


class Suggesting:
    """The suggestions of a workspace. Safe from several threads; one of its own makes them.

    Shared with that thread: `_fitted`, one reference that is swapped whole; `_version`, `_who` and
    `_problem`, which it alone writes; the choices, which it alone reads.
    """

    def __init__(
        self,
        workspace: Workspace,
        vision: Callable[[], Vision],
        embedding: Embedding,
        *,
        is_busy: Callable[[], bool],
        presence: Presence,
    ) -> None:
        self._workspace = workspace
        self._store = workspace.suggestions
        self._vision = vision
        self._embedding = embedding
        self._is_busy = is_busy
        self._presence = presence
        self._is_closing = threading.Event()
        self._wake = threading.Event()
        self._is_off = False
        self._run_id: int | None = None
        self._drafts = Drafts(self._store)
        self._fitted: _Fitted | None = None
        self._version = 0
        self._who = ""
        self._problem = ""
        self._is_loaded = False
        self._seen: tuple[object, ...] = ()
        self._made_of = ""  # what an earlier process made the drafts of: then no head is fitted
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Start to look for labels to learn from."""
        self._is_off = self._store.setting(_OFF) == "yes"
        source = self._store.setting(_SOURCE)
        self._run_id = int(source) if source else None
        self._embedding.open(on_more=self._wake.set)
        self._thread = threading.Thread(target=self._work, name="suggesting", daemon=True)
        self._thread.start()

    def close(self, *, timeout_s: float = 30) -> None:
        """Suggest no more; what was suggested is kept."""
        self._is_closing.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout_s)
        self._embedding.close(timeout_s=timeout_s)

    def suggested(self) -> Suggested:
        """Return where suggestions stand."""
        return Suggested(
            version=self._version,
            is_on=not self._is_off,
            run_id=self._run_id,
            who=self._who,
            problem=self._problem,
        )

    def drafts(self) -> bytes:
        """Return the drafts, three 32-bit numbers each: id, class and confidence of 1000.

        Not only of photos that wait: also of some that got a class or went to the bin just now.
        """
        return b"" if self._is_off else self._store.drafts()

    def turn_on(self) -> None:
        """Suggest again."""
        self._choose(is_off=False)

    def turn_off(self) -> None:
        """Suggest nothing, and take what was suggested away."""
        self._choose(is_off=True)

    def suggest_by(self, run_id: int | None) -> None:
        """Let a trained run suggest, or None: the photos labelled so far."""
        if run_id is not None:
            self._workspace.runs.checkpoint_folder(run_id)
        self._store.set_setting(_SOURCE, "" if run_id is None else str(run_id))
        self._run_id = run_id
        self._wake.set()

    def accept(self, classes: Mapping[int, int], *, batch: str | None = None) -> BatchResult:
        """Label photos as suggested, each `image id -> class id` that the person saw: one step."""
        return self._store.accept(classes, batch=batch or uuid.uuid4().hex, who=PERSON)

    def head(self) -> DraftHead | None:
        """Return the head that the drafts were last made by; None before one was fitted."""
        fitted = self._fitted
        return None if fitted is None else fitted.head

    def _choose(self, *, is_off: bool) -> None:
        self._store.set_setting(_OFF, "yes" if is_off else "no")
        self._is_off = is_off
        self._wake.set()

    def _work(self) -> None:
        is_over = False
        try:
            self._who, self._made_of = self._drafts.take_up()
            while not self._is_closing.is_set():
                self._take_turn()
                self._wake.wait(LOOK_S)
                self._wake.clear()
            self._drafts.leave(repr(self._seen))
            is_over = True
        finally:
            if not is_over:  # a bug: the page says so, and the log what
                _LOG.error("suggesting failed", exc_info=True)
                self._problem = BUG_WORDS

    @contextmanager
    def _kept_back(self) -> Iterator[None]:
        """Compute, then leave the machine to whoever is at work; a choice meanwhile ends the rest.

        Only what computes belongs inside: a wait in there would be rested for, too.
        """
        should_stop, began = self._is_chosen_anew(), time.monotonic()
        yield
        took_s = time.monotonic() - began
        self._presence.keep_back(took_s, wait=self._wait, should_stop=should_stop)

    def _loaded(self) -> Vision:
        if not self._is_loaded:
            should_stop = self._is_chosen_anew()
            self._presence.keep_loading_back(wait=self._wait, should_stop=should_stop)
            self._is_loaded = True
        return self._vision()

    def _wait(self, rest_s: float) -> None:
        self._wake.wait(rest_s)
        self._wake.clear()

    def _is_chosen_anew(self) -> ShouldStop:
        chosen = self._is_off, self._run_id
        return lambda: self._is_closing.is_set() or chosen != (self._is_off, self._run_id)

    def _take_turn(self) -> None:
        """Bring the drafts up to date, if anything changed since they were made."""
        vectors = self._embedding.vectors()
        seen = (
            self._is_off,
            self._run_id,
            self._workspace.labels.newest_batch(),
            self._workspace.images.newest(),
            0 if vectors is None else len(vectors.ids),
            [(each.id, each.is_disabled) for each in self._workspace.classes.all()],
        )
        if seen == self._seen:
            return
        try:
            if self._is_off:
                self._tell(self._drafts.clear(), "")
                is_done = True
            elif self._run_id is None:
                is_done = self._by_labels(vectors, is_as_left=repr(seen) == self._made_of)
            else:
                is_done = self._by_run(self._run_id)
            self._problem = ""
        except DragonError as error:
            self._problem = "" if self._is_closing.is_set() else str(error)
            is_done = True  # not tried again before something changed
        if is_done:
            self._seen = seen

    def _by_labels(self, vectors: Vectors | None, *, is_as_left: bool) -> bool:
        labels = of_enough(read_numbers(self._store.labelled(), 2), FEWEST)
        class_ids = np.unique(labels[:, 1])
        if len(class_ids) < 2 or not self._store.waiting():  # torch stays away
            self._fitted = None
            self._tell(self._drafts.clear(), "")
            return True
        self._embedding.want()
        if vectors is None or is_as_left:
            return True
        places = vectors.places(labels[:, 0])
        labels, places = labels[places >= 0], places[places >= 0]
        if len(np.unique(labels[:, 1])) < len(class_ids):
            return True  # more vectors are on their way
        before = self._fitted
        is_same = before is not None and np.array_equal(before.class_ids, class_ids)
        vision = self._loaded()
        with self._kept_back():
            head = vision.fit_head(
                vectors.rows[places],
                np.searchsorted(class_ids, labels[:, 1]),
                classes=len(class_ids),
                start=before.head if before is not None and is_same else None,
                should_stop=self._is_closing.is_set,
            )
            self._fitted = _Fitted(head, class_ids)
            waiting, at = vectors.known(read_numbers(self._store.waiting(), 1)[:, 0])
            who = f"starter head, {len(labels):,} labels"
            likely = cautious(head.probabilities(vectors.rows[at]), len(labels))
            self._tell(self._drafts.put(waiting, class_ids, likely, who), who)
        return True

    def _by_run(self, run_id: int) -> bool:
        """Let a run look at the photos that wait; return whether it came to the end."""
        folder = self._workspace.folder / self._workspace.runs.checkpoint_folder(run_id)
        who = f"run {run_id}"
        waiting = read_numbers(self._store.waiting(), 1)[:, 0]
        self._tell(self._drafts.keep(waiting, who), who)
        todo = self._drafts.lacking(waiting)
        if not len(todo):
            return True
        vision = self._loaded()
        work_in_background()
        predictor = vision.load_predictor(folder)
        ids = {each.name: each.id for each in self._workspace.classes.all() if not each.is_disabled}
        columns = [i for i, name in enumerate(predictor.class_names) if name in ids]
        class_ids = np.array([ids[predictor.class_names[i]] for i in columns], np.int64)
        if not len(columns):
            raise NotFoundError(f"Run {run_id} knows none of the classes that there are now.")
        for start in range(0, len(todo), BATCH):
            if self._must_give_way(run_id):
                return False
            with self._kept_back():
                likely, some = self._predict(predictor, todo[start : start + BATCH])
                self._tell(self._drafts.add(some, class_ids, likely[:, columns], who), who)
        return True

    def _must_give_way(self, run_id: int) -> bool:
        is_other = self._is_off or self._run_id != run_id
        return is_other or self._is_closing.is_set() or self._is_busy()

    def _predict(self, predictor: Predictor, ids: Ids) -> tuple[Floats, Ids]:
        found, photos = [], []
        for image in self._workspace.images.described([int(each) for each in ids]):
            path = self._workspace.blobs.path(image.digest)
            try:
                photos.append(decode_file(path, shortest_px=predictor.decode_px))
            except BadImageError:
                continue  # it stays without a draft
            found.append(image.id)
        return predictor.probabilities(photos), np.array(found, np.int64)

    def _tell(self, is_changed: bool, who: str) -> None:
        if is_changed or who != self._who:
            self._who = who
            self._version += 1
