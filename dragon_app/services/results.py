"""What runs said about each of their held-out photos, and how two runs differ. Knows no tensor."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragon_app.core.errors import BadImageError, NotFoundError, WeightsError
from dragon_app.core.paired import sign_test
from dragon_app.core.ports import Predictor, Vision
from dragon_app.core.reliability import Reliability, reliability
from dragon_app.core.temperature import tempered
from dragon_app.core.types import ImageRecord, Sample, Split
from dragon_app.imaging.decode import decode_file
from dragon_app.services.calibrating import fitted
from dragon_app.storage.workspace import Workspace

_BATCH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One held-out photo: its class when the run began, and what the run said how surely.

    `confidence` is as Try shows it, by the run's temperature.
    """

    digest: str
    target: int
    said: int
    confidence: float

    @property
    def is_right(self) -> bool:
        """Whether the run said the class that the photo had."""
        return self.said == self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a run said about its held-out photos, in the snapshot's order.

    `gone` counts the photos that were removed before the run could be asked.
    """

    class_names: tuple[str, ...]
    answers: tuple[Answer, ...]
    gone: int

    def said(self, answer: Answer) -> str:
        """Return the name of the class that the run said."""
        return self.class_names[answer.said]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How far a run can be taken at its word: as it was measured, and as Try and Results tell it.

    Both are of the photos that the temperature was fitted to: the second flatters a little.
    """

    measured: Reliability
    told: Reliability
    temperature: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredPhoto:
    """An answer beside the photo as it is today; None when that is gone."""

    answer: Answer
    image: ImageRecord | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A photo that two runs name differently: its class then, and what each said how surely."""

    image: ImageRecord | None
    truth: str
    said: tuple[str, str]
    confidence: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Versus:
    """Two runs on the `n` photos that both held out with the same class.

    `right` counts each run's hits there, `only` those that it alone has; `chance` is how likely
    so uneven a split comes about without any difference between the runs.
    """

    n: int
    right: tuple[int, int]
    only: tuple[int, int]
    chance: float
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What a run said, untouched: `rows` (N, C), no numbers where a photo could not be read."""

    class_names: tuple[str, ...]
    samples: Sequence[Sample]
    targets: NDArray[np.int64]  # (N,)
    rows: NDArray[np.float32]
    temperature: float


class Results:
    """Reads what runs said. Safe from several threads; `_asking` lets one ask a model at a time."""

    def __init__(self, workspace: Workspace, vision: Callable[[], Vision]) -> None:
        self._workspace = workspace
        self._vision = vision
        self._asking = threading.Lock()

    def answers(self, run_id: int) -> Answers:
        """Return a run's answers; one of an older version is asked now, which may take a while.

        Raise `NotFoundError` when the run has no model.
        """
        said = self._said(run_id)
        known = [bool(np.isfinite(row).all()) for row in said.rows]
        told = tempered(said.rows, said.temperature)
        return Answers(
            class_names=said.class_names,
            answers=tuple(
                _answer(sample, plain, shown)
                for sample, plain, shown, is_known in zip(
                    said.samples, said.rows, told, known, strict=True
                )
                if is_known
            ),
            gone=known.count(False),
        )

    def behind(self, run_id: int, *, target: int, said: int) -> list[AnsweredPhoto]:
        """Return the photos of a class that a run took for a class, the surest first."""
        found = self.answers(run_id)
        if not 0 <= target < len(found.class_names) > said >= 0:
            raise NotFoundError(f"Run {run_id} has no such pair of classes.")
        cell = [each for each in found.answers if (each.target, each.said) == (target, said)]
        cell.sort(key=lambda each: -each.confidence)
        images = self._images(each.digest for each in cell)
        return [AnsweredPhoto(answer=each, image=images.get(each.digest)) for each in cell]

    def calibration(self, run_id: int) -> Calibration:
        """Return how far a run's confidence can be taken at its word."""
        said = self._said(run_id)
        is_known = np.isfinite(said.rows).all(axis=1)
        rows = said.rows[is_known]
        hits = rows.argmax(axis=1) == said.targets[is_known]
        told = tempered(rows, said.temperature)
        return Calibration(
            measured=reliability(rows.max(axis=1), hits),
            told=reliability(told.max(axis=1), hits),
            temperature=said.temperature,
        )

    def versus(self, first: int, second: int) -> Versus:
        """Return how two runs differ on the photos that both held out."""
        one, other = self.answers(first), self.answers(second)
        partners = {each.digest: each for each in other.answers}
        pairs = [
            (each, partner)
            for each in one.answers
            if (partner := partners.get(each.digest)) is not None
            and one.class_names[each.target] == other.class_names[partner.target]
        ]
        differing = [(a, b) for a, b in pairs if one.said(a) != other.said(b)]
        images = self._images(a.digest for a, _ in differing)
        only = (
            sum(a.is_right and not b.is_right for a, b in pairs),
            sum(b.is_right and not a.is_right for a, b in pairs),
        )
        return Versus(
            n=len(pairs),
            right=(sum(a.is_right for a, _ in pairs), sum(b.is_right for _, b in pairs)),
            only=only,
            chance=sign_test(*only),
            disagreements=tuple(
                Disagreement(
                    image=images.get(a.digest),
                    truth=one.class_names[a.target],
                    said=(one.said(a), other.said(b)),
                    confidence=(a.confidence, b.confidence),
                )
                for a, b in differing
            ),
        )

    def _said(self, run_id: int) -> _Said:
        checkpoint = self._workspace.runs.checkpoint_folder(run_id)
        try:
            return self._said_by(checkpoint, run_id)
        except WeightsError:
            if self._workspace.runs.checkpoint_folder(run_id) == checkpoint:
                raise
            return self._said(run_id)  # a better one took its place meanwhile

    def _said_by(self, checkpoint: str, run_id: int) -> _Said:
        run = self._workspace.runs.get(run_id)
        samples = [
            sample
            for sample in self._workspace.snapshots.get(run.snapshot_id).samples
            if sample.split is Split.VAL
        ]
        shape = {"photos": len(samples), "classes": len(run.class_names)}
        rows = self._workspace.answers.get(checkpoint, **shape)
        if rows is None:
            with self._asking:
                rows = self._workspace.answers.get(checkpoint, **shape)
                if rows is None:
                    rows = self._ask(checkpoint, samples, classes=len(run.class_names))
                    self._workspace.answers.put(checkpoint, rows)
        targets = np.array([sample.target for sample in samples], np.int64)
        return _Said(
            class_names=run.class_names,
            samples=samples,
            targets=targets,
            rows=rows,
            temperature=fitted(rows, targets),
        )

    def _images(self, digests: Iterable[str]) -> dict[str, ImageRecord]:
        ids = self._workspace.images.ids_by_digest(list(digests))
        images = self._workspace.images.described(list(ids.values()))
        return {image.digest: image for image in images}

    def _ask(
        self, checkpoint: str, samples: Sequence[Sample], *, classes: int
    ) -> NDArray[np.float32]:
        """Return probabilities (N, C); rows of photos that cannot be read are no numbers."""
        predictor = self._vision().load_predictor(self._workspace.folder / checkpoint)
        rows = np.full((len(samples), classes), np.nan, np.float32)
        for start in range(0, len(samples), _BATCH):
            some = samples[start : start + _BATCH]
            self._ask_batch(predictor, some, rows[start : start + _BATCH])
        return rows

    def _ask_batch(
        self, predictor: Predictor, samples: Sequence[Sample], rows: NDArray[np.float32]
    ) -> None:
        photos = {}
        for place, sample in enumerate(samples):
            path = self._workspace.blobs.path(sample.digest)
            try:
                photos[place] = decode_file(path, shortest_px=predictor.decode_px)
            except BadImageError:  # removed since, or damaged: the others still count
                continue
        if photos:
            rows[list(photos)] = predictor.probabilities(list(photos.values()))


def _answer(sample: Sample, plain: NDArray[np.float32], told: NDArray[np.float32]) -> Answer:
    said = int(
        plain.argmax()
    )  # as it was counted: rounding may make equals of close ones in `told`
    return Answer(
        digest=sample.digest, target=sample.target, said=said, confidence=float(told[said])
    )
