"""Few photos measured more surely: each held out in turn, and what more of them would bring."""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import BUG_WORDS, DragonError, NotEnoughImagesError
from dragon_app.core.forecast import Forecast, forecast
from dragon_app.core.metrics import accuracy, per_class, wilson_interval
from dragon_app.core.ports import Vision
from dragon_app.core.threads import work_in_background
from dragon_app.core.training import CacheFolder, Run, TrainingPhotos
from dragon_app.services.snapshots import training_photos
from dragon_app.storage.workspace import Workspace

MOST_PHOTOS = 500  # above, the held-out photos tell enough, and this would take minutes
FEWEST = 2  # classes that can be told apart
MORE = 2  # times the photos: what the forecast is asked about
_BUSY = "A training is under way and needs the whole machine. Try again when it is over."
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The photos of a run that are left to be held out, with their groups."""

    run: Run
    photos: TrainingPhotos
    groups: tuple[int, ...]
    gone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """How good a last layer is on photos that were each held out; `ahead` with `more` in all.

    `low` and `high` are Wilson's interval for `n` photos: repeats add no photo. `weakest` is the
    class whose photos are found least often, and how often. `gone` photos of the run were removed
    for good since: they are not among the `n`.
    """

    n: int
    right: float
    low: float
    high: float
    more: int
    ahead: Forecast
    weakest: tuple[str, float]
    gone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """Where the measuring of a run stands: at work, with what it `found`, or with a `problem`.

    With none of them it was not asked for, or was stopped.
    """

    run_id: int
    is_measuring: bool = False
    found: Folded | None = None
    problem: str = ""


class Folding:
    """Scores the photos of runs, one at a time. Safe from several threads.

    Shared with the thread that scores: `_now`, one reference swapped whole, and `_stop`.
    """

    def __init__(
        self,
        workspace: Workspace,
        vision: Callable[[], Vision],
        *,
        is_training: Callable[[], bool],
    ) -> None:
        self._workspace = workspace
        self._vision = vision
        self._is_training = is_training
        self._starting = threading.Lock()
        self._stop = threading.Event()
        self._now = Fold(run_id=0)
        self._thread: threading.Thread | None = None

    def start(self, run_id: int) -> Fold:
        """Begin to score the photos of a run with the network it began from.

        It gives way to a training. Raise `DragonError` while one is under way or another run is
        scored, or when there are too many photos or too few.
        """
        asked = self._photos_of(run_id)
        with self._starting:
            if self._now.is_measuring:
                if self._now.run_id == run_id:
                    return self._now
                raise DragonError(
                    f"Run {self._now.run_id} is being measured. Wait for it, or stop it there."
                )
            if self._is_training():
                raise DragonError(_BUSY)
            self._stop.clear()
            self._now = Fold(run_id=run_id, is_measuring=True)
            self._thread = threading.Thread(
                target=self._work, args=[asked], name="folding", daemon=True
            )
            self._thread.start()
            return self._now

    def now(self, run_id: int) -> Fold:
        """Return where the measuring of a run stands; of the newest one its end is known, too."""
        now = self._now
        return now if now.run_id == run_id else Fold(run_id=run_id)

    def stop(self, run_id: int) -> None:
        """Stop the measuring of a run, if it is at work."""
        if self._now.run_id == run_id:
            self._stop.set()

    def close(self, *, timeout_s: float = 30) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _work(self, asked: _Asked) -> None:
        work_in_background()
        over = Fold(run_id=asked.run.id, problem=BUG_WORDS)
        try:
            over = Fold(run_id=asked.run.id, found=self._score(asked))
        except DragonError as error:
            problem = "" if self._stop.is_set() else _BUSY if self._is_training() else str(error)
            over = Fold(run_id=asked.run.id, problem=problem)
        finally:
            if over.problem == BUG_WORDS:  # the page says so, and the log what
                _LOG.error("run %s was not measured", asked.run.id, exc_info=True)
            self._now = over

    def _photos_of(self, run_id: int) -> _Asked:
        run = self._workspace.runs.get(run_id)
        snapshot = self._workspace.snapshots.get(run.snapshot_id)
        known = self._workspace.images.ids_by_digest([each.digest for each in snapshot.samples])
        left = tuple(each for each in snapshot.samples if each.digest in known)
        counts = Counter(each.target for each in left)
        if sum(count > 1 for count in counts.values()) < FEWEST:
            raise NotEnoughImagesError(
                f"Too many photos of run {run_id} were removed for good: two of each of two "
                "classes are needed. Train again with the photos of today."
            )
        photos = training_photos(self._workspace, replace(snapshot, samples=left))
        every = [*photos.train, *photos.val]
        if len(every) > MOST_PHOTOS:
            raise DragonError(
                f"This is for small sets, of at most {MOST_PHOTOS} photos; run {run_id} had "
                f"{len(every):,}. Its held-out photos tell enough."
            )
        images = self._workspace.images.described(list(known.values()))
        group_of = {image.digest: image.group_id for image in images}
        return _Asked(
            run=run,
            photos=photos,
            groups=tuple(group_of[photo.digest] for photo in every),
            gone=len(snapshot.samples) - len(left),
        )

    def _score(self, asked: _Asked) -> Folded:
        run = asked.run
        scores = self._vision().fold_scores(
            FinetuneConfig.from_json(run.config_json),
            asked.photos,
            asked.groups,
            cache=CacheFolder(path=self._workspace.cache_folder),
            should_stop=lambda: self._stop.is_set() or self._is_training(),
        )
        if not scores.n:
            raise NotEnoughImagesError("Every class needs photos that differ from one another.")
        right = accuracy(scores.confusion)
        low, high = wilson_interval(round(right * scores.n), scores.n)
        found = per_class(scores.confusion, run.class_names)
        measured = [name for name in run.class_names if found[name]["n"]]
        weakest = min(measured, key=lambda name: found[name]["recall"])
        learned, _ = scores.curves[0][-1]  # photos: the others were held out
        return Folded(
            n=scores.n,
            right=right,
            low=low,
            high=high,
            more=MORE * len(asked.groups),
            ahead=forecast(scores.curves, photos=MORE * learned, measured_on=scores.n),
            weakest=(weakest, found[weakest]["recall"]),
            gone=asked.gone,
        )
