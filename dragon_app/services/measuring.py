"""What is measured when a person asks: a training's costs, a learning rate. One thing at a time.

A training comes first: while one waits or runs nothing is measured, and one that begins ends the
measurement and waits for it, because both would compute on the same cores.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import BUG_WORDS, DragonError, NotEnoughImagesError
from dragon_app.core.networks import TrainingCosts
from dragon_app.core.ports import Vision
from dragon_app.core.presets import PRESETS
from dragon_app.core.split import missing_photos
from dragon_app.core.threads import work_in_background
from dragon_app.core.training import CacheFolder, Phase, StepMetrics, TrainingEvent
from dragon_app.services.costs import CostBook, costs_key
from dragon_app.services.snapshots import training_photos
from dragon_app.storage.workspace import Workspace

ABANDONED_S = 3.0  # pages and scripts ask again more often
PHOTOS_WHEN_NONE = 200  # costs are for so many while the dataset is empty
# Settings that a measurement was made for; from it the costs of all others follow at once.
_MEASURED = ("backbone", "weights", "weights_file", "image_size_px", "device", "arithmetic")
_LOG = logging.getLogger(__name__)


class MeasureStatus(StrEnum):
    """Where a measurement stands."""

    NONE = "none"
    MEASURING = "measuring"
    READY = "ready"
    BUSY = "busy"  # something else computes; ask again later
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class CostsAnswer:
    """The costs of a training, or in words why they are not there (yet)."""

    status: MeasureStatus
    words: str = ""
    costs: TrainingCosts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSearch:
    """The newest search for a learning rate: (rate, loss) so far, and the rate to take."""

    status: MeasureStatus = MeasureStatus.NONE
    words: str = ""
    done: int = 0
    total: int = 0
    points: tuple[tuple[float, float], ...] = ()
    suggestion: float | None = None


@dataclass(frozen=True, slots=True)
class _Task:
    key: str
    stop: threading.Event
    thread: threading.Thread


class Measuring:
    """The measurements of a workspace. Safe from several threads.

    Shared with the measuring thread: `_rate`, one reference that is swapped whole by that thread
    while a search is on, and `_problem`, what went wrong with the newest costs.
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
        self._cache = CacheFolder(path=workspace.cache_folder)
        self._book = CostBook(workspace.cache_folder / "costs")
        self._starting = threading.Lock()
        self._is_closing = threading.Event()
        self._task: _Task | None = None
        self._asked_at = 0.0  # when somebody last wanted to know what the task measures
        self._problem: tuple[str, str] | None = None
        self._rate = RateSearch()

    def known_costs(self, config: FinetuneConfig) -> TrainingCosts | None:
        """Return the costs when they were measured before; loads no torch."""
        return self._book.read(config, photos=self._photos())

    def speeds(self) -> dict[tuple[str, int], float]:
        """Return the photos per second of what was measured, by backbone and image size."""
        return self._book.speeds()

    def costs(self, config: FinetuneConfig) -> CostsAnswer:
        """Return the costs, or begin to measure them; ask again while they are measured.

        What nobody asks for any more gives way to another question, which else waits its turn.
        """
        known = self.known_costs(config)
        if known is not None:
            return CostsAnswer(status=MeasureStatus.READY, costs=known)
        key = costs_key(config)
        with self._starting:
            if self._problem is not None and self._problem[0] == key:
                words, self._problem = self._problem[1], None  # told once: asking again tries again
                return CostsAnswer(status=MeasureStatus.FAILED, words=words)
            busy = self._busy_words()
            if not busy and self._rate.status is MeasureStatus.MEASURING:
                busy = "The learning rate is being looked for. The costs are measured after that."
            if busy:
                return CostsAnswer(status=MeasureStatus.BUSY, words=busy)
            return CostsAnswer(status=MeasureStatus.MEASURING, words=self._begin_costs(key, config))

    def find_rate(self, config: FinetuneConfig) -> RateSearch:
        """Begin to look for a learning rate on the photos as they are now.

        A search under way goes on and is returned; costs that are being measured give way. Raise
        `NotEnoughImagesError` when a training could not start either.
        """
        missing = missing_photos(self._workspace.classes.counts())
        if missing:
            raise NotEnoughImagesError(f"There is nothing to learn from yet: {'; '.join(missing)}.")
        with self._starting:
            if self._rate.status is MeasureStatus.MEASURING:
                return self._rate
            busy = self._busy_words()
            if busy:
                return RateSearch(status=MeasureStatus.BUSY, words=busy)
            self._rate = RateSearch(status=MeasureStatus.MEASURING, words="Getting ready")
            self._begin("rate", partial(self._search, config))
        return self._rate

    def rate(self) -> RateSearch:
        """Return where the newest search for a learning rate stands."""
        return self._rate

    def stop_rate(self) -> RateSearch:
        """Ask the search to end at its next step."""
        with self._starting:
            if self._rate.status is MeasureStatus.MEASURING and self._task is not None:
                self._task.stop.set()
        return self._rate

    def is_at_work(self) -> bool:
        """Whether something is being measured."""
        task = self._task
        return task is not None and task.thread.is_alive()

    def wait(self, *, timeout_s: float | None = None) -> None:
        """Block until the present measurement has ended."""
        task = self._task
        if task is not None:
            task.thread.join(timeout_s)

    def make_room(self) -> None:
        """End what is being measured and wait for it: a training is about to compute."""
        with self._starting:
            if self._task is not None:
                self._task.stop.set()
                self._task.thread.join()

    def close(self, *, timeout_s: float = 30) -> None:
        """End what is being measured, and measure no more."""
        self._is_closing.set()
        with self._starting:
            if self._task is not None:
                self._task.stop.set()
                self._task.thread.join(timeout_s)

    def _photos(self) -> int:
        counts = self._workspace.classes.counts()
        return sum(count.train + count.val for count in counts) or PHOTOS_WHEN_NONE

    def _busy_words(self) -> str:
        if self._is_closing.is_set():
            return "The app is being closed."
        if self._is_training():
            return "A training is under way and needs the whole machine. Try again when it is over."
        return ""

    def _begin_costs(self, key: str, config: FinetuneConfig) -> str:
        """Measure unless that is being done or has to wait; say which."""
        now = time.monotonic()
        task = self._task
        is_at_work = task is not None and task.thread.is_alive()
        is_this = is_at_work and task is not None and task.key == key
        if is_at_work and not is_this and now - self._asked_at < ABANDONED_S:
            return "Waiting for another measurement to end"
        self._asked_at = now
        if not is_this:
            self._begin(key, partial(self._measure_costs, config))
        return f"Measuring how fast {config.backbone} is on this machine"

    def _begin(self, key: str, work: Callable[[threading.Event], None]) -> None:
        previous, stop = self._task, threading.Event()
        if previous is not None:
            previous.stop.set()

        def take_turn() -> None:
            work_in_background()  # as a training does: whoever labels goes first
            if previous is not None:
                previous.thread.join()
            work(stop)

        thread = threading.Thread(target=take_turn, name="measuring", daemon=True)
        self._task = _Task(key, stop, thread)
        thread.start()

    def _measure_costs(self, config: FinetuneConfig, stop: threading.Event) -> None:
        is_over = False
        try:
            costs = self._ask(config, stop)
            self._book.keep(config, costs)
            for preset in _of_same_measurement(config):
                self._book.keep(preset, self._ask(preset, stop))
            is_over = True
        except DragonError as error:
            is_over = True
            if not stop.is_set():
                self._problem = (costs_key(config), str(error))
        finally:
            if not is_over:  # a bug: nobody may ask for ever
                _LOG.error("the costs of %s were not measured", config.backbone, exc_info=True)
                self._problem = (costs_key(config), BUG_WORDS)

    def _ask(self, config: FinetuneConfig, stop: threading.Event) -> TrainingCosts:
        return self._vision().costs(
            config, photos=self._photos(), cache=self._cache, should_stop=stop.is_set
        )

    def _search(self, config: FinetuneConfig, stop: threading.Event) -> None:
        try:
            photos = training_photos(self._workspace, self._workspace.snapshots.take())
            curve = self._vision().find_lr(
                config, photos, cache=self._cache, report=self._report, should_stop=stop.is_set
            )
            self._rate = replace(
                self._rate,
                status=MeasureStatus.STOPPED if stop.is_set() else MeasureStatus.READY,
                words=curve.words,
                points=curve.points,
                suggestion=curve.suggestion,
            )
        except DragonError as error:
            if stop.is_set():
                words = "The search was stopped."
                self._rate = replace(self._rate, status=MeasureStatus.STOPPED, words=words)
            else:
                self._rate = replace(self._rate, status=MeasureStatus.FAILED, words=str(error))
        finally:
            if self._rate.status is MeasureStatus.MEASURING:  # a bug: nobody may wait for ever
                _LOG.error("looking for a learning rate failed", exc_info=True)
                self._rate = replace(self._rate, status=MeasureStatus.FAILED, words=BUG_WORDS)

    def _report(self, event: TrainingEvent) -> None:
        if isinstance(event, Phase):
            self._rate = replace(self._rate, words=event.words, done=event.done, total=event.total)
        elif isinstance(event, StepMetrics):
            self._rate = replace(
                self._rate,
                words="Trying ever higher rates",
                done=event.step,
                total=event.steps_per_epoch * event.epochs,
                points=(*self._rate.points, (event.lrs[0], event.loss)),
            )


def _of_same_measurement(config: FinetuneConfig) -> Iterator[FinetuneConfig]:
    """Return the presets whose costs follow from the measurement that `config` needed."""
    for preset in PRESETS.values():
        if all(getattr(preset, name) == getattr(config, name) for name in _MEASURED):
            yield preset
