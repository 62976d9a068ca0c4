"""What gives classes away besides what is on the photos. Their pixels are read once: of a run's
photos in the background when it ends. What is made of that takes a tenth of a second.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dragon_app.core.errors import DragonError
from dragon_app.core.metrics import percent
from dragon_app.core.shortcuts import FEWEST, Cue, Shortcut, shortcuts
from dragon_app.core.threads import work_in_background
from dragon_app.core.types import ImageRecord
from dragon_app.core.vectors import Floats, Ids
from dragon_app.services.looks import read_tints
from dragon_app.storage.workspace import Workspace

MOST = 1000  # photos that are looked at, evenly from all
_ASK_EVERY_S = 0.5  # whether a training is over
_LOG = logging.getLogger(__name__)
_SUBJECT = {
    Cue.SIZE: "Size",
    Cue.BRIGHTNESS: "Brightness",
    Cue.BORDER: "The colour of the border",
    Cue.COLOUR: "How colourful it is",
}
_VARIED = {
    Cue.SIZE: "of other sizes and shapes",
    Cue.BRIGHTNESS: "in other light",
    Cue.BORDER: "with other borders or backgrounds, or cut the border away",
    Cue.COLOUR: "that are more and less colourful",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """A shortcut in words, what to do, photos of the class that show it and others that do not."""

    cue: Cue
    class_name: str
    found: float
    spared: float
    words: str
    advice: str
    typical: tuple[ImageRecord, ...]
    others: tuple[ImageRecord, ...]

    def facts(self) -> dict[str, Any]:
        """Return what is no photo as JSON."""
        return {
            "cue": self.cue,
            "class": self.class_name,
            "found": self.found,
            "spared": self.spared,
            "words": self.words,
            "advice": self.advice,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcuts:
    """What was found among `photos` photos; without `is_enough` they are too few to tell."""

    photos: int
    is_enough: bool
    warnings: tuple[Warned, ...]

    @property
    def words(self) -> str:
        """What was found, in one sentence."""
        if not self.is_enough:
            return (
                f"Label {FEWEST} photos that differ, of each of two classes, to see whether "
                "something plain gives a class away."
            )
        if not self.warnings:
            return (
                f"Neither size, brightness, colourfulness nor border alone tells a class from the "
                f"others ({self.photos:,} photos)."
            )
        return " ".join(each.words for each in self.warnings)

    def facts(self) -> dict[str, Any]:
        """Return what was found in general as JSON."""
        return {"words": self.words, "photos": self.photos, "is_enough": self.is_enough}


class ShortcutFinder:
    """Looks for shortcuts among photos and their classes. Safe from several threads.

    Shared with its threads, one at a time: `_wanted`, the runs whose photos are to be read, under
    `_lock`, and `_read`, those whose were.
    """

    def __init__(self, workspace: Workspace, *, is_busy: Callable[[], bool]) -> None:
        """Photos are not read while `is_busy`."""
        self._workspace = workspace
        self._is_busy = is_busy
        self._lock = threading.Lock()
        self._wanted: deque[int] = deque()
        self._read: set[int] = set()
        self._is_closing = threading.Event()
        self._thread: threading.Thread | None = None

    def of_run(self, run_id: int) -> Shortcuts:
        """Look at the photos of a run that are still here, with the classes they had then.

        Takes seconds where they were not read before. Raise `NotFoundError` when there is no such
        run.
        """
        return self._find(self._classes_of(run_id))

    def of_today(self) -> Shortcuts:
        """Look at the photos that have a class in use now; takes seconds the first time."""
        unused = {each.name for each in self._workspace.classes.all() if each.is_disabled}
        kept = self._workspace.images.kept(is_labelled=True)
        named = {each.digest: each.class_name for each in kept}
        return self._find({d: name for d, name in named.items() if name not in unused})

    def seen_of_run(self, run_id: int) -> Shortcuts | None:
        """Do as `of_run` where its photos were read; else return None and begin to read them."""
        if run_id in self._read:
            return self.of_run(run_id)
        self._workspace.runs.get(run_id)
        self.read_photos(run_id)
        return None

    def read_photos(self, run_id: int) -> None:
        """Read the photos of a run in the background, after those that were asked for before."""
        with self._lock:
            if run_id in self._wanted or self._is_closing.is_set():
                return
            self._wanted.append(run_id)
            if len(self._wanted) == 1:
                self._begin()

    def close(self, *, timeout_s: float = 30) -> None:
        """End the thread."""
        with self._lock:
            self._is_closing.set()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _begin(self) -> None:
        """Read the photos of the first run in a thread of its own: a bug ends no other's."""
        args = [self._wanted[0]]
        self._thread = threading.Thread(target=self._work, args=args, name="shortcuts", daemon=True)
        self._thread.start()

    def _work(self, run_id: int) -> None:
        work_in_background()
        is_bug = True
        try:
            while not self._is_closing.is_set():
                if not self._is_busy() and self._read_all(run_id):
                    break
                self._is_closing.wait(_ASK_EVERY_S)
            is_bug = False
        finally:
            if is_bug:  # who asks runs into the same, and the log says what
                _LOG.error("the photos of run %s were not read", run_id, exc_info=True)
            with self._lock:
                self._wanted.popleft()
                if not self._is_closing.is_set():
                    self._read.add(run_id)
                    if self._wanted:
                        self._begin()

    def _read_all(self, run_id: int) -> bool:
        """Read what was not read before; return whether nothing interrupted it."""
        was_stopped = False

        def should_stop() -> bool:
            nonlocal was_stopped
            was_stopped = was_stopped or self._is_closing.is_set() or self._is_busy()
            return was_stopped

        try:
            images = self._images_of(self._classes_of(run_id))
            digests = [each.digest for each in images]
            read_tints(self._workspace, digests, should_stop=should_stop)
        except DragonError as error:  # who asks is told the same
            _LOG.warning("the photos of run %s were not read: %s", run_id, error)
        return not was_stopped

    def _classes_of(self, run_id: int) -> dict[str, str]:
        run = self._workspace.runs.get(run_id)
        samples = self._workspace.snapshots.get(run.snapshot_id).samples
        return {each.digest: run.class_names[each.target] for each in samples}

    def _images_of(self, class_of: dict[str, str]) -> list[ImageRecord]:
        digests = list(class_of)
        digests = digests[:: max(1, -(-len(digests) // MOST))]
        known = self._workspace.images.ids_by_digest(digests)
        return self._workspace.images.described(sorted(known.values()))

    def _find(self, class_of: dict[str, str]) -> Shortcuts:
        images = self._images_of(class_of)
        tints = read_tints(self._workspace, [each.digest for each in images])  # (N, 6)
        is_read = np.isfinite(tints).all(axis=1)  # (N,)
        images = [images[place] for place in np.flatnonzero(is_read)]
        tints = tints[is_read]
        names = sorted({class_of[each.digest] for each in images})
        targets = np.array([names.index(class_of[each.digest]) for each in images], np.int64)
        groups = np.array([each.group_id for each in images], np.int64)
        pairs = np.unique(np.stack([targets, groups], 1), axis=0)
        cues = _cues(images, tints)
        return Shortcuts(
            photos=len(images),
            is_enough=int((np.bincount(pairs[:, 0]) >= FEWEST).sum()) > 1 if len(pairs) else False,
            warnings=tuple(
                _warned(each, cues, targets, names, images)
                for each in (shortcuts(cues, targets, groups) if images else [])
            ),
        )


def _cues(images: Sequence[ImageRecord], tints: Floats) -> dict[Cue, Floats]:
    sizes = np.array([(each.width_px, each.height_px) for each in images], np.float32)
    return {
        Cue.SIZE: sizes.reshape(-1, 2),
        Cue.BRIGHTNESS: tints[:, :1],
        Cue.COLOUR: tints[:, 1:2],
        Cue.BORDER: tints[:, 2:],
    }


def _warned(
    shortcut: Shortcut,
    cues: dict[Cue, Floats],
    targets: Ids,
    names: Sequence[str],
    images: Sequence[ImageRecord],
) -> Warned:
    name = names[shortcut.target]
    rest = [each for each in names if each != name]
    others = rest[0] if len(rest) == 1 else "the other classes"
    is_own = targets == shortcut.target
    numbers = cues[shortcut.cue]
    difference = _difference(
        shortcut.cue, np.median(numbers[is_own], axis=0), np.median(numbers[~is_own], axis=0)
    )
    also = "".join(f" So does this: {_SUBJECT[each].lower()}." for each in shortcut.also)
    return Warned(
        cue=shortcut.cue,
        class_name=name,
        found=shortcut.found,
        spared=shortcut.spared,
        words=(
            f"{_SUBJECT[shortcut.cue]} alone tells {name} from {others}: that finds "
            f"{percent(shortcut.found)} of its photos, and takes "
            f"{percent(1 - shortcut.spared)} of the others for it. {difference}{also}"
        ),
        advice=(
            f"Unless that is what makes it {name}, a model may learn it instead of what is on the "
            f"photos, and fail where it differs. Add photos of {name} "
            f"{_VARIED[shortcut.cue]}, or photos of {others} that are like these."
        ),
        typical=tuple(images[place] for place in shortcut.typical),
        others=tuple(images[place] for place in shortcut.others),
    )


def _difference(cue: Cue, own: Floats, other: Floats) -> str:
    """Say how the middle photo of a class differs from the middle one of the others."""
    match cue:
        case Cue.SIZE:
            return (
                f"Its photos mostly have about {own[0]:.0f} x {own[1]:.0f} pixels, the others "
                f"{other[0]:.0f} x {other[1]:.0f}."
            )
        case Cue.BRIGHTNESS:
            return f"Its photos are {'darker' if own[0] < other[0] else 'lighter'}."
        case Cue.COLOUR:
            return f"Its photos are {'greyer' if own[0] < other[0] else 'more colourful'}."
        case Cue.BORDER:
            return "The edges of its photos have a colour of their own."
