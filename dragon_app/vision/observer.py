"""What a run tells the outside and hears from it. Knows no thread, table or widget."""

import time

from dragon_app.core.ports import Report, ShouldStop
from dragon_app.core.provenance import Origin
from dragon_app.core.training import (
    EpochMetrics,
    FinetuneResult,
    Phase,
    SavedStanding,
    StepMetrics,
    Trouble,
)

INTERVAL_S = 0.25


class StoppedError(Exception):
    """Somebody asked the run to stop; ends whatever is under way, never leaves `finetune`."""


class Observer:
    """Passes events on, frequent ones at most four times a second, and watches for a stop."""

    def __init__(self, report: Report, should_stop: ShouldStop) -> None:
        self._report = report
        self._should_stop = should_stop
        self._reported_at = -INTERVAL_S

    def check(self) -> None:
        """Raise `StoppedError` when the run should stop."""
        if self.should_stop():
            raise StoppedError

    def should_stop(self) -> bool:
        """Whether somebody asked the run to stop."""
        return self._should_stop()

    def began(self, origin: Origin) -> None:
        """Say what the run begins from."""
        self._report(origin)

    def phase(self, words: str, done: int = 0, total: int = 0) -> None:
        """Say what is being done; beginnings and ends always, steps between now and then."""
        if done in {0, total} or self._is_time():
            self._report(Phase(words=words, done=done, total=total))

    def is_due(self) -> bool:
        """Whether a step told now would be passed on; ask before working out what to tell."""
        return time.monotonic() - self._reported_at >= INTERVAL_S

    def step(self, metrics: StepMetrics) -> None:
        """Pass on a step, unless one was passed on just now."""
        if self._is_time():
            self._report(metrics)

    def epoch(self, metrics: EpochMetrics) -> None:
        """Pass on an epoch, always."""
        self._report(metrics)

    def kept(self, what: FinetuneResult | SavedStanding) -> None:
        """Pass on what was saved, always: the best epoch until now, or where the run stands."""
        self._report(what)

    def trouble(self, words: str) -> None:
        """Say what the run has trouble with while it goes on; nothing once that is over."""
        self._report(Trouble(words=words))

    def _is_time(self) -> bool:
        now = time.monotonic()
        if now - self._reported_at < INTERVAL_S:
            return False
        self._reported_at = now
        return True
