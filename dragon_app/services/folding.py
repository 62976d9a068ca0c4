"""Few photos measured more surely: each held out in turn, and what more of them would bring."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import DragonError, NotEnoughImagesError
from dragon_app.core.forecast import Forecast, forecast
from dragon_app.core.metrics import accuracy, per_class, wilson_interval
from dragon_app.core.ports import Vision
from dragon_app.core.training import CacheFolder
from dragon_app.services.snapshots import training_photos
from dragon_app.storage.workspace import Workspace

MOST_PHOTOS = 500  # above, the held-out photos tell enough, and this would take minutes
FEWEST = 2  # classes that can be told apart
MORE = 2  # times the photos: what the forecast is asked about
_BUSY = "A training is under way and needs the whole machine. Try again when it is over."


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


class Folding:
    """Scores the photos of runs. Safe from several threads: one computes, the others wait."""

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
        self._one_at_a_time = threading.Lock()

    def score(self, run_id: int) -> Folded:
        """Score the photos of a run with the network it began from; gives way to a training.

        Raise `DragonError` while one is under way, or when there are too many photos or too few.
        """
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
        with self._one_at_a_time:
            if self._is_training():
                raise DragonError(_BUSY)
            try:
                scores = self._vision().fold_scores(
                    FinetuneConfig.from_json(run.config_json),
                    photos,
                    [group_of[photo.digest] for photo in every],
                    cache=CacheFolder(path=self._workspace.cache_folder),
                    should_stop=self._is_training,
                )
            except DragonError as error:
                raise DragonError(_BUSY if self._is_training() else str(error)) from error
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
            more=MORE * len(every),
            ahead=forecast(scores.curves, photos=MORE * learned, measured_on=scores.n),
            weakest=(weakest, found[weakest]["recall"]),
            gone=len(snapshot.samples) - len(left),
        )
