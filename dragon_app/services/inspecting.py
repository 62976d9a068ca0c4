"""Everything that speaks for another look at a photo, gathered from what the app knows of it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dragon_app.core.errors import DragonError
from dragon_app.core.inbox import Kind, Reason
from dragon_app.core.ports import ShouldStop, Vision
from dragon_app.core.suspects import (
    TEST,
    Photos,
    doubted_labels,
    near_duplicates,
    poor_photos,
    strangers,
    trusted,
    unsure,
)
from dragon_app.core.vectors import Floats, Ids, Vectors
from dragon_app.services.history import History
from dragon_app.services.looks import read_looks
from dragon_app.services.results import Results
from dragon_app.storage.workspace import Workspace

FEWEST = 3  # labels of a class before anything can speak against one
MOST_LABELS = 5000  # that the head for photos without a class is fitted to
_PART = 12  # the bits of the flags that tell a photo's part
_PACKED = np.dtype(
    [("id", ">u4"), ("class", ">u4"), ("group", ">u4"), ("flags", ">u4"), ("digest", "V32")]
)
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """All reasons, and the class that each photo outside the bin had."""

    reasons: Sequence[Reason]
    classes: Mapping[int, int | None]


@dataclass(frozen=True, slots=True)
class _Heard:
    """What vectors and labels say: reasons, and how likely each label is, by the photo's id."""

    reasons: Sequence[Reason]
    trust: Mapping[int, float]


class Inspecting:
    """Looks through the photos of a workspace. One thread at a time.

    What the vectors said the last time is kept: it is told again while they are not complete.
    """

    def __init__(
        self,
        workspace: Workspace,
        vision: Callable[[], Vision],
        results: Results,
        history: History,
    ) -> None:
        self._workspace = workspace
        self._vision = vision
        self._results = results
        self._history = history
        self._heard = _Heard((), {})

    def inspect(
        self,
        vectors: Vectors | None,
        *,
        report: Callable[[int, int], None],
        should_stop: ShouldStop,
    ) -> Inspection:
        """Return what there is to say; raise `DragonError` when asked to stop.

        `vectors` are those of all photos, None while some lack one.
        """
        photos, digests = _parted(self._workspace.inbox.photos())
        looks = read_looks(self._workspace, digests, report=report, should_stop=should_stop)
        if should_stop():
            raise DragonError("Looking for what to fix was stopped.")
        if vectors is not None:
            self._heard = self._hear(photos, vectors, should_stop)
        return Inspection(
            reasons=[
                *poor_photos(photos.ids, looks),
                *near_duplicates(photos, self._heard.trust),
                *self._heard.reasons,
                *self._mistakes(photos),
            ],
            classes={
                int(image_id): int(class_id) or None
                for image_id, class_id in zip(photos.ids, photos.class_ids, strict=True)
            },
        )

    def _hear(self, photos: Photos, vectors: Vectors, should_stop: ShouldStop) -> _Heard:
        places = vectors.places(photos.ids)
        photos, places = photos.of(places >= 0), places[places >= 0]
        is_read = vectors.squares[places] > 0
        broken = [
            Reason(kind=Kind.BROKEN, image_id=int(each), weight=0.95)
            for each in photos.ids[~is_read]
        ]
        photos, rows = photos.of(is_read), vectors.rows[places[is_read]]  # (N, D)
        is_labelled = photos.counts & (photos.parts != TEST)
        class_ids, counts = np.unique(photos.class_ids[is_labelled], return_counts=True)
        class_ids = class_ids[counts >= FEWEST]
        if len(class_ids) < 2:
            return _Heard(broken, {})
        is_labelled &= np.isin(photos.class_ids, class_ids)
        labelled = photos.of(is_labelled)
        likely = self._vision().out_of_fold(
            rows[is_labelled],
            np.searchsorted(class_ids, labelled.class_ids),
            labelled.groups,
            classes=len(class_ids),
            should_stop=should_stop,
        )
        return _Heard(
            [
                *broken,
                *doubted_labels(labelled, class_ids, likely),
                *strangers(photos, rows),
                *self._unsure(photos, rows, class_ids, should_stop),
            ],
            trusted(labelled, class_ids, likely),
        )

    def _unsure(
        self, photos: Photos, rows: Floats, class_ids: Ids, should_stop: ShouldStop
    ) -> list[Reason]:
        if not photos.waits.any():
            return []
        known = np.flatnonzero(np.isin(photos.class_ids, class_ids) & (photos.parts != TEST))
        if len(known) > MOST_LABELS:
            known = np.random.default_rng(0).choice(known, MOST_LABELS, replace=False)
        head = self._vision().fit_head(
            rows[known],
            np.searchsorted(class_ids, photos.class_ids[known]),
            classes=len(class_ids),
            start=None,
            should_stop=should_stop,
        )
        return unsure(photos.of(photos.waits), class_ids, head.probabilities(rows[photos.waits]))

    def _mistakes(self, photos: Photos) -> list[Reason]:
        """Return the held-out photos that the run in use answers with another class, worst first.

        What it says is held against the labels of today.
        """
        run_id = self._workspace.promotions.champion()
        if run_id is None or not self._workspace.runs.get(run_id).status.is_final:
            return []
        try:
            answers = self._results.answers(run_id).answers
        except DragonError as error:  # its model is damaged: Results and Try say so
            _LOG.warning("run %s cannot be asked for its mistakes: %s", run_id, error)
            return []
        classes = self._history.classes_of_run(run_id)
        ids = self._workspace.images.ids_by_digest([each.digest for each in answers])
        now = dict(zip(photos.ids.tolist(), photos.class_ids.tolist(), strict=True))
        wrong = [
            (each.confidence, image_id, said)
            for each in answers
            if (said := classes[each.said]) is not None
            and (image_id := ids.get(each.digest)) is not None
            and now.get(image_id, 0) not in {0, said}
        ]
        return [
            Reason(
                kind=Kind.MISTAKE,
                image_id=image_id,
                weight=0.3 + 0.5 * confidence,
                class_id=said,
                sure=confidence,
                run_id=run_id,
                place=place,
            )
            for place, (confidence, image_id, said) in enumerate(sorted(wrong, reverse=True), 1)
        ]


def _parted(packed: bytes) -> tuple[Photos, list[str]]:
    """Return photos as the store packs them, and their digests."""
    rows = np.frombuffer(packed, _PACKED)
    flags = rows["flags"].astype(np.int64)
    photos = Photos(
        ids=rows["id"].astype(np.int64),
        class_ids=rows["class"].astype(np.int64),
        groups=rows["group"].astype(np.int64),
        parts=flags & _PART,
        waits=(rows["class"] == 0) & (flags & 1 == 0),
        counts=flags & 16 > 0,
    )
    return photos, [digest.tobytes().hex() for digest in rows["digest"]]
