"""Whose turn it is: the runs that wait for the worker, the one at work, and how it is to end.

Knows no row and no thread; `lock` lets others change a run's rows and its turn as one.
"""

import threading
from dataclasses import dataclass, replace

from dragon_app.core.training import RunStatus

End = tuple[RunStatus, str]  # how a run ends, and why in words
STOPPED: End = RunStatus.STOPPED, "Stopped by hand."
PAUSED: End = RunStatus.PAUSED, ""
CLOSED: End = RunStatus.INTERRUPTED, "The app was closed while this run was training."


@dataclass(frozen=True, slots=True, kw_only=True)
class _AtWork:
    run_id: int
    end: End | None = None  # how it was asked to end


class Turns:
    """The runs that wait or are at work, lowest number first: in the order that pages show.

    Shared between the worker and all that ask. Whoever changes a run's state holds `lock` from the
    look at it until row and turn agree again, so that no request falls between the two. A question
    alone takes no lock: a page is not to wait for a disk.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._changed = threading.Condition(self.lock)
        self._waiting: set[int] = set()
        self._at_work: _AtWork | None = None  # swapped whole
        self._asked = threading.Event()  # the loop polls it at each batch
        self._is_closed = False

    def add(self, run_id: int) -> None:
        """Let a run wait for its turn; nothing changes for one that waits already."""
        with self.lock:
            self._waiting.add(run_id)
            self._changed.notify_all()

    def leave(self, run_id: int) -> None:
        """Let a run wait no longer."""
        with self.lock:
            self._waiting.discard(run_id)

    def next(self) -> int | None:
        """Wait for a run and put it to work; None once all is closed."""
        with self.lock:
            self._changed.wait_for(lambda: self._waiting or self._is_closed)
            if self._is_closed:
                return None
            run_id = min(self._waiting)
            self._asked.clear()
            self._at_work = _AtWork(run_id=run_id)
            self._waiting.discard(run_id)
            return run_id

    def done(self) -> None:
        """Tell that the run at work is over."""
        with self.lock:
            self._at_work = None

    def close(self) -> None:
        """Put no other run to work, and ask the one at work to end, if nobody did."""
        with self.lock:
            self._is_closed = True
            if self._at_work is not None and self._at_work.end is None:
                self.ask(self._at_work.run_id, CLOSED)
            self._changed.notify_all()

    def ask(self, run_id: int, end: End) -> bool:
        """Ask the run at work to end so at its next batch; whether it is at work.

        A stop has the last word: no pause takes it back.
        """
        with self.lock:
            now = self._at_work
            if now is None or now.run_id != run_id:
                return False
            if now.end is None or end is not PAUSED:
                self._at_work = replace(now, end=end)
                self._asked.set()
            return True

    def end(self, run_id: int) -> End | None:
        """Return how the run at work was asked to end; None for one that was not."""
        now = self._at_work
        return None if now is None or now.run_id != run_id else now.end

    def should_end(self) -> bool:
        """Whether the run at work was asked to end."""
        return self._asked.is_set()

    def has(self, run_id: int) -> bool:
        """Whether a run waits or is at work."""
        is_waiting, now = run_id in self._waiting, self._at_work  # it goes to work before it leaves
        return is_waiting or (now is not None and now.run_id == run_id)

    def any(self) -> bool:
        """Whether some run waits or is at work."""
        return bool(self._waiting) or self._at_work is not None
