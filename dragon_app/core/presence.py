"""Whether somebody is at work, and how far the background keeps back then. Knows no work.

Low priority is for work outside Python's lock alone: who holds the lock and waits for a core holds
up every label. And it is not enough: so the background leaves time between its turns.
"""

import time
from collections.abc import Callable

from dragon_app.core.ports import ShouldStop

AT_WORK_S = 10.0  # somebody who did something within that time is at work
REST = 4.0  # times what the background took, for whoever is at work
MOST_REST_S = 30.0
LOADING_S = 1.0  # what loading torch counts as: it takes seconds of one core, once
GAP_S = 0.4  # nothing long begins so soon after a key: the next one is likely to come
OVERDUE_S = 2.0  # waited for a gap at most: then it begins between two keys of whoever leaves none


class Presence:
    """When somebody last did something on the page. Safe from several threads.

    Shared between threads: `_last_s`, one number that is swapped whole.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last_s = float("-inf")

    def note(self) -> None:
        """Somebody did something just now."""
        self._last_s = self._clock()

    def is_at_work(self) -> bool:
        """Whether somebody did something a moment ago."""
        return self._clock() - self._last_s < AT_WORK_S

    def keep_back(
        self, took_s: float, *, wait: Callable[[float], object], should_stop: ShouldStop
    ) -> None:
        """Wait for a turn, after work that took so long; at once where nobody is at work.

        Otherwise the background has a fifth of the time, and begins where no key was pressed just
        now. `wait` may end early.
        """
        ended_s = self._clock()
        while (rest_s := self._rest_s(took_s, ended_s)) > 0 and not should_stop():
            wait(rest_s)

    def keep_loading_back(
        self, *, wait: Callable[[float], object], should_stop: ShouldStop
    ) -> None:
        """Wait until torch may be loaded."""
        self.keep_back(LOADING_S, wait=wait, should_stop=should_stop)

    def _rest_s(self, took_s: float, ended_s: float) -> float:
        now_s = self._clock()
        alone_in_s = self._last_s + AT_WORK_S - now_s
        rest_s = min(REST * took_s, MOST_REST_S)
        share_s = ended_s + rest_s - now_s
        overdue_s = min(OVERDUE_S, rest_s)  # short work need not wait long: it hinders for a moment
        gap_s = self._last_s + min(GAP_S, rest_s) - now_s
        return min(max(share_s, min(gap_s, share_s + overdue_s)), alone_in_s)
