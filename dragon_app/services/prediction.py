"""Trying a model on new photos. Holds one loaded model and swaps the reference; knows no tensor."""

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from dragon_app.core.errors import BadImageError, DragonError, NotFoundError, WeightsError
from dragon_app.core.ports import Pixels, Predictor, Vision
from dragon_app.core.temperature import tempered
from dragon_app.core.training import ClassProbability, LikePhoto, Prediction, Run
from dragon_app.core.vectors import Floats
from dragon_app.imaging.decode import decode_bytes
from dragon_app.services.calibrating import temperature_of
from dragon_app.services.intake import IncomingFile
from dragon_app.services.strangers import Learned, Strangers
from dragon_app.storage.promotions import Promotion
from dragon_app.storage.workspace import Workspace

_BATCH = 32
_READERS = min(8, os.cpu_count() or 1)
_KEPT = 2
_LIKE = 5  # photos that an answer is explained by


@dataclass(frozen=True, slots=True)
class LoadedRun:
    """A run and its model, ready to answer; `folder` is where it was read, in the workspace."""

    run_id: int
    predictor: Predictor
    folder: str
    temperature: float | None  # how sure it may sound; None while nothing is known to tell it by


class Predictions:
    """Answers with a trained run. Safe from several threads: the loaded models are one reference.

    Two are kept, so that two runs can be asked about the same photos in turn.
    """

    def __init__(
        self, workspace: Workspace, vision: Callable[[], Vision], strangers: Strangers
    ) -> None:
        self._workspace = workspace
        self._vision = vision
        self._strangers = strangers
        self._loaded: tuple[LoadedRun, ...] = ()  # the newest comes first
        self._loading = threading.Lock()

    def current_run(self) -> Run | None:
        """Return the run that answers: the promoted one, else the newest finished, else None.

        Where none has finished, that may be one that trains: it answers with its best so far.
        """
        run_id = self._workspace.promotions.champion()
        return None if run_id is None else self._workspace.runs.get(run_id)

    def choose_run(self, run_id: int) -> None:
        """Promote a run: it answers from now on; raise `NotFoundError` when it has no model."""
        self._workspace.runs.checkpoint_folder(run_id)
        self._workspace.promotions.promote(run_id)

    def step_back(self) -> int:
        """Let the run answer again that did before the last promotion; return it.

        Raise `NotFoundError` when no other run did.
        """
        return self._workspace.promotions.step_back()

    def run_before(self) -> int | None:
        """Return the run that a step back leads to; None when there is none."""
        return self._workspace.promotions.before()

    def spare(self) -> Run | None:
        """Return the newest run that can be read, to ask instead of one that answers and cannot.

        None while the one that answers can be read, and when no other can. Loads one model after
        the other until one can be read, which is kept in the place of one that was.
        """
        current = self.current_run()
        if current is None or self._try_to_load(current.id):
            return None
        others = [run for run in self._workspace.runs.all() if run.id != current.id]
        newest_first = sorted(others, key=lambda run: run.id, reverse=True)
        return next((run for run in newest_first if self._try_to_load(run.id)), None)

    def promotions(self) -> list[Promotion]:
        """Return which run answered since when, newest first."""
        return self._workspace.promotions.history()

    def predict(
        self,
        files: Sequence[IncomingFile],
        *,
        run_id: int | None = None,
        top: int | None = None,
        tells_likeness: bool = False,
    ) -> list[Prediction]:
        """Name what is on each photo; a file that cannot be read has an `error` and no classes.

        `milliseconds` is the mean over its batch, with what it waited for the decoding. With
        `tells_likeness` answers say how unlike all it learned the photo is, and what it is like;
        the first of them begin to learn that.
        """
        loaded = self.load(run_id)
        answers: list[Prediction] = []
        for some, read in _read_ahead(files, loaded.predictor.decode_px):
            answers += self._answer_batch(loaded, some, read, top, tells_likeness=tells_likeness)
        return answers

    def load(self, run_id: int | None = None) -> LoadedRun:
        """Return a run's model, the current run's unless one is named; loaded once, then kept.

        While a run trains, that is the best it has saved so far.
        """
        wanted = run_id if run_id is not None else self._workspace.promotions.champion()
        if wanted is None:
            raise NotFoundError("There is no trained model yet. Label some photos and train first.")
        loaded = self._known(self._workspace.runs.checkpoint_folder(wanted))
        if loaded is None:
            with self._loading:  # two first questions at once load one model
                loaded = self._read(wanted)
        if loaded.temperature is None:
            loaded = self._calibrated(loaded)
        return loaded

    def _try_to_load(self, run_id: int) -> bool:
        """Load a run's model; return whether that went well."""
        try:
            self.load(run_id)
        except DragonError:  # it has no model, or that is damaged
            return False
        return True

    def _read(self, run_id: int) -> LoadedRun:
        folder = self._workspace.runs.checkpoint_folder(run_id)
        loaded = self._known(folder)
        if loaded is None:
            try:
                predictor = self._vision().load_predictor(self._workspace.folder / folder)
            except WeightsError:
                if self._workspace.runs.checkpoint_folder(run_id) == folder:
                    raise
                return self._read(run_id)  # a better one took its place meanwhile
            loaded = LoadedRun(run_id, predictor, folder, temperature=None)
            self._loaded = (loaded, *self._loaded)[:_KEPT]
        return loaded

    def _calibrated(self, loaded: LoadedRun) -> LoadedRun:
        """Return a model with its temperature, if its held-out answers are there by now."""
        temperature = temperature_of(self._workspace, loaded.run_id, loaded.folder)
        if temperature is None:
            return loaded
        known = replace(loaded, temperature=temperature)
        with self._loading:
            self._loaded = tuple(known if each is loaded else each for each in self._loaded)
        return known

    def _known(self, folder: str) -> LoadedRun | None:
        return next((each for each in self._loaded if each.folder == folder), None)

    def _answer_batch(
        self,
        loaded: LoadedRun,
        files: Sequence[IncomingFile],
        read: Callable[[], list[Pixels | BadImageError]],
        top: int | None,
        *,
        tells_likeness: bool,
    ) -> list[Prediction]:
        started = time.perf_counter()
        found = dict(enumerate(read()))
        errors = {i: str(each) for i, each in found.items() if isinstance(each, BadImageError)}
        photos = {i: each for i, each in found.items() if not isinstance(each, BadImageError)}
        answers: dict[int, Iterable[float]] = {}
        strange: dict[int, float] = {}
        held_out: int | None = None
        like: dict[int, tuple[LikePhoto, ...]] = {}
        if photos:
            said, vectors = loaded.predictor.look(list(photos.values()))  # (N, C), (N, D)
            rows = tempered(said, loaded.temperature or 1.0)
            learned = None
            if tells_likeness:
                learned = self._strangers.of(loaded.run_id, loaded.folder, loaded.predictor)
            if learned is not None:
                like = dict(zip(photos, self._like(loaded, learned, vectors), strict=True))
                if learned.usual is not None:
                    held_out = len(learned.usual.held_out)
                    shares = map(float, learned.usual.shares(vectors, said))
                    strange = dict(zip(photos, shares, strict=True))
            answers = dict(zip(photos, rows, strict=True))
        milliseconds = (time.perf_counter() - started) * 1000 / len(files)
        return [
            Prediction(
                name=file.name,
                classes=_ranked(loaded.predictor.class_names, answers[i], top)
                if i in answers
                else (),
                milliseconds=milliseconds,
                run_id=loaded.run_id,
                error=errors.get(i, ""),
                strangeness=strange.get(i),
                held_out=held_out if i in strange else None,
                like=like.get(i, ()),
            )
            for i, file in enumerate(files)
        ]

    def _like(
        self, loaded: LoadedRun, learned: Learned, vectors: Floats
    ) -> list[tuple[LikePhoto, ...]]:
        """Return what each photo (N, D) is like, of the photos that are still here."""
        found = learned.nearest(vectors, _LIKE)
        ids = self._workspace.images.ids_by_digest(
            list({sample.digest for row in found for sample in row})
        )
        names = loaded.predictor.class_names
        return [
            tuple(
                LikePhoto(
                    image_id=ids[sample.digest],
                    digest=sample.digest,
                    class_name=names[sample.target],
                )
                for sample in row
                if sample.digest in ids
            )
            for row in found
        ]


def _read_ahead(
    files: Sequence[IncomingFile], shortest_px: int
) -> Iterator[tuple[Sequence[IncomingFile], Callable[[], list[Pixels | BadImageError]]]]:
    """Yield batches with what waits for their photos; the next is read while one is answered."""
    read = partial(_read, shortest_px=shortest_px)
    if len(files) == 1:
        yield files, lambda: [read(files[0])]
        return
    with ThreadPoolExecutor(_READERS, thread_name_prefix="reading") as pool:
        coming = pool.map(read, files[:_BATCH])
        for start in range(0, len(files), _BATCH):
            present = coming
            coming = pool.map(read, files[start + _BATCH : start + 2 * _BATCH])
            yield files[start : start + _BATCH], partial(list, present)


def _read(file: IncomingFile, shortest_px: int) -> Pixels | BadImageError:
    try:
        return decode_bytes(file.read(), shortest_px=shortest_px)
    except BadImageError as error:
        return error


def _ranked(
    names: Sequence[str], row: Iterable[float], top: int | None
) -> tuple[ClassProbability, ...]:
    scored = zip(names, map(float, row), strict=True)
    ranked = sorted(scored, key=lambda pair: pair[1], reverse=True)
    return tuple(ClassProbability(name=name, probability=p) for name, p in ranked[:top])
