"""A sample drawn in the background: it arrives whole without the page that asked for it, and goes
on when the app is opened again.
"""

import logging
import threading
import time
from dataclasses import dataclass, replace

from dragon_app.core.errors import BUG_WORDS, DragonError, NotFoundError
from dragon_app.imaging.sample import SAMPLES
from dragon_app.services.dataset import Dataset
from dragon_app.services.sample import add_sample, find_sample
from dragon_app.storage.workspace import Workspace

_AT_ONCE = 12  # pictures between two looks at Stop
_ASKED = "sample_being_drawn"  # its key and the number to go on with, or nothing
_WAIT_S = 30.0
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Where a drawing stands, in pictures; `problem` is why it ended early.

    `seconds_left` is None while not known.
    """

    id: int
    sample: str = ""
    done: int = 0
    total: int = 0
    added: int = 0
    duplicates: int = 0
    seconds_left: float | None = None
    is_over: bool = False
    is_stopped: bool = False
    problem: str = ""


class Drawing:
    """Draws samples into a workspace, one at a time. Safe from several threads.

    Shared with the thread that draws: `_now`, one reference swapped whole, `_stop`, `_is_closing`.
    """

    def __init__(self, workspace: Workspace, dataset: Dataset) -> None:
        self._workspace = workspace
        self._dataset = dataset
        self._starting = threading.Lock()
        self._stop = threading.Event()
        self._is_closing = threading.Event()
        self._now = Drawn(id=0, is_over=True)
        self._thread: threading.Thread | None = None

    def start(self, key: str) -> Drawn:
        """Begin to draw a sample, every class labelled; raise while another is being drawn."""
        find_sample(key)
        return self._start(key, first=1, is_noted=False)

    def take_up(self) -> None:
        """Go on with what was being drawn when the workspace was last closed.

        Writes nothing before its thread does: a full disk must not keep the app from starting.
        """
        key, _, number = (self._workspace.suggestions.setting(_ASKED) or "").partition(" ")
        first = int(number) if number.isdecimal() else 0
        if key in SAMPLES and 1 <= first <= SAMPLES[key].per_class:
            self._start(key, first=first, is_noted=True)

    def now(self) -> Drawn | None:
        """Return what is being drawn, None when nothing is."""
        now = self._now
        return None if now.is_over else now

    def progress(self, drawing_id: int) -> Drawn:
        """Return where a drawing stands; `NotFoundError` when a newer one came."""
        now = self._now
        if now.id != drawing_id:
            raise NotFoundError(f"There is no drawing {drawing_id} any more.")
        return now

    def stop(self, drawing_id: int) -> None:
        """Stop between a few pictures; every class then has as many, and they stay."""
        self.progress(drawing_id)
        self._stop.set()

    def close(self) -> None:
        """Stop for now: `take_up` goes on with it."""
        self._is_closing.set()
        if self._thread is not None:
            self._thread.join(_WAIT_S)

    def _start(self, key: str, *, first: int, is_noted: bool) -> Drawn:
        with self._starting:
            if not self._now.is_over:
                raise DragonError("A sample is being drawn already. Wait for it, or press Stop.")
            self._stop.clear()
            sample = find_sample(key)
            classes = len(sample.class_names)
            if not is_noted:
                self._note(f"{key} {first}")
            self._now = Drawn(
                id=self._now.id + 1,
                sample=key,
                done=(first - 1) * classes,
                total=sample.per_class * classes,
            )
            self._thread = threading.Thread(target=self._work, args=(key, first), name="drawing")
            self._thread.start()
            return self._now

    def _work(self, key: str, first: int) -> None:
        problem = BUG_WORDS
        try:
            self._draw(key, first)
            problem = ""
        except DragonError as error:
            problem = str(error)
        finally:
            if problem == BUG_WORDS:  # the page says so, and the log what
                _LOG.error("%s were not drawn", key, exc_info=True)
            is_stopped = self._stop.is_set() and self._now.done < self._now.total
            self._now = replace(self._now, is_over=True, is_stopped=is_stopped, problem=problem)

    def _draw(self, key: str, first: int) -> None:
        sample = find_sample(key)
        classes = len(sample.class_names)
        step = max(1, round(_AT_ONCE / classes))
        began, before = time.monotonic(), self._now.done
        for number in range(first, sample.per_class + 1, step):
            if self._stop.is_set():
                break
            if self._is_closing.is_set():
                return
            last = min(sample.per_class, number + step - 1)
            result = add_sample(self._dataset, key, first=number, last=last)
            self._note(f"{key} {last + 1}")
            now, done = self._now, last * classes
            each_s = (time.monotonic() - began) / (done - before)
            self._now = replace(
                now,
                done=done,
                added=now.added + result.added,
                duplicates=now.duplicates + result.duplicates,
                seconds_left=each_s * (now.total - done),
            )
        self._note("")

    def _note(self, words: str) -> None:
        self._workspace.suggestions.set_setting(_ASKED, words)
