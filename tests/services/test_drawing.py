"""A sample goes on without whoever asked for it."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dragon_app import wiring
from dragon_app.core.errors import BUG_WORDS, DragonError, NotFoundError, WorkspaceError
from dragon_app.core.ports import Pixels
from dragon_app.imaging import sample
from dragon_app.wiring import App
from tests.conftest import wait_until

CLASSES, PER_CLASS = 2, 18  # three stretches


class Pencil:
    """Draws as many pictures as a test allows, then waits for more."""

    def __init__(self) -> None:
        self._allowed = threading.Semaphore(0)

    def allow(self, pictures: int) -> None:
        self._allowed.release(pictures)

    def draw(self, index: int, number: int) -> Pixels:
        assert self._allowed.acquire(timeout=20)
        return np.random.default_rng([index, number]).integers(0, 255, (40, 40, 3), np.uint8)


@pytest.fixture
def pencil(monkeypatch: pytest.MonkeyPatch) -> Pencil:
    made = Pencil()
    small = replace(sample.SAMPLES["dragons"], per_class=PER_CLASS, draw=made.draw)
    monkeypatch.setitem(sample.SAMPLES, "dragons", small)
    return made


def totals(app: App) -> list[int]:
    return [each.total for each in app.dataset.summary().classes]


def test_a_sample_arrives_whole(app: App, pencil: Pencil) -> None:
    begun = app.drawing.start("dragons")
    assert (begun.done, begun.total, begun.is_over) == (0, CLASSES * PER_CLASS, False)
    pencil.allow(12)
    wait_until(lambda: app.drawing.progress(begun.id).done == 12)
    now = app.drawing.now()
    assert now is not None
    assert now.added == 12
    assert now.seconds_left is not None
    with pytest.raises(DragonError, match="being drawn already"):
        app.drawing.start("dragons")
    pencil.allow(24)
    wait_until(lambda: app.drawing.now() is None)
    ended = app.drawing.progress(begun.id)
    assert (ended.added, ended.is_stopped, ended.problem) == (36, False, "")
    assert totals(app) == [PER_CLASS] * CLASSES
    with pytest.raises(NotFoundError):
        app.drawing.progress(begun.id + 1)


def test_stop_leaves_the_classes_even_and_is_final(app: App, pencil: Pencil) -> None:
    begun = app.drawing.start("dragons")
    app.drawing.stop(begun.id)
    pencil.allow(12)  # it was at them, or is not any more
    wait_until(lambda: app.drawing.now() is None)
    ended = app.drawing.progress(begun.id)
    assert ended.is_stopped
    assert totals(app) in ([], [6, 6])
    app.drawing.take_up()
    assert app.drawing.now() is None


def test_what_was_being_drawn_goes_on_when_the_app_is_opened_again(
    app: App, folder: Path, pencil: Pencil
) -> None:
    begun = app.drawing.start("dragons")
    pencil.allow(12)
    wait_until(lambda: app.drawing.progress(begun.id).done == 12)
    closing = threading.Thread(target=app.close)
    closing.start()
    pencil.allow(12)  # it may be at the second stretch
    closing.join()
    again = wiring.open_app(folder)
    try:
        pencil.allow(24)
        again.drawing.take_up()
        wait_until(lambda: again.drawing.now() is None)
        assert again.drawing.progress(1).done == CLASSES * PER_CLASS
        assert totals(again) == [PER_CLASS] * CLASSES
        assert again.dataset.summary().total == CLASSES * PER_CLASS
        again.drawing.take_up()
        assert again.drawing.now() is None
    finally:
        again.close()


def test_a_full_disk_ends_it_in_words_and_the_next_start_tries_again(
    app: App, pencil: Pencil, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise WorkspaceError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(app.dataset, "_check_space", full)
        begun = app.drawing.start("dragons")
        wait_until(lambda: app.drawing.now() is None)
    ended = app.drawing.progress(begun.id)
    assert (ended.problem, ended.is_stopped, totals(app)) == ("The disk is full.", False, [])
    pencil.allow(36)
    app.drawing.take_up()
    wait_until(lambda: app.drawing.now() is None)
    assert totals(app) == [PER_CLASS] * CLASSES


def test_a_disk_too_full_for_the_note_does_not_keep_the_app_from_starting(
    app: App, folder: Path, pencil: Pencil, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.workspace.suggestions.set_setting("sample_being_drawn", "dragons 1")
    app.close()
    again = wiring.Session(folder)
    store = again.app.workspace.suggestions
    set_setting = store.set_setting

    def full(name: str, words: str) -> None:
        if name == "sample_being_drawn":
            raise WorkspaceError("The disk is full.")
        set_setting(name, words)

    try:
        monkeypatch.setattr(store, "set_setting", full)
        pencil.allow(CLASSES * PER_CLASS)
        again.begin()
        wait_until(lambda: again.app.drawing.now() is None)
        assert again.app.drawing.progress(1).problem == "The disk is full."
    finally:
        again.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_is_told_and_the_log_has_details(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(app.dataset, "_check_space", bug)
    begun = app.drawing.start("dragons")
    wait_until(lambda: app.drawing.now() is None)
    assert app.drawing.progress(begun.id).problem == BUG_WORDS
    assert "ZeroDivisionError: a bug" in (app.workspace.folder / "dragon.log").read_text()


def test_another_sample_is_not_drawn(app: App) -> None:
    with pytest.raises(NotFoundError, match="knights, dragons"):
        app.drawing.start("castles")


@pytest.mark.parametrize("noted", ["castles 1", "dragons", "dragons 0", "dragons 99", "dragons -1"])
def test_a_note_that_means_nothing_is_let_go(app: App, noted: str) -> None:
    app.workspace.suggestions.set_setting("sample_being_drawn", noted)
    app.drawing.take_up()
    assert app.drawing.now() is None
