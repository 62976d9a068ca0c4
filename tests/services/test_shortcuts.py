import logging
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import NotFoundError
from dragon_app.core.ports import Pixels
from dragon_app.core.shortcuts import Cue
from dragon_app.imaging.decode import decode_file
from dragon_app.services.intake import IncomingFile
from dragon_app.services.shortcuts import Shortcuts
from dragon_app.wiring import App
from tests.conftest import wait_until
from tests.photos import framed_bytes, incoming, photo_bytes
from tests.services.conftest import Gate, finish

Draw = Callable[[int], bytes]


def files(name: str, seeds: range, draw: Draw = photo_bytes) -> list[IncomingFile]:
    return [incoming(draw(seed), f"{seed}.png", class_name=name) for seed in seeds]


def add(app: App, draw: Draw) -> None:
    app.dataset.add([*files("Rose", range(12)), *files("Tulip", range(20, 32), draw)])


def found(app: App, draw: Draw) -> Shortcuts:
    add(app, draw)
    return app.shortcuts.of_today()


def test_plain_photos_are_warned_of_nothing(app: App) -> None:
    told = found(app, photo_bytes)
    assert (told.is_enough, told.warnings, told.photos) == (True, (), 24)
    assert told.words.startswith("Neither size, brightness, colourfulness nor border alone")


@pytest.mark.parametrize(
    ("draw", "cue", "words"),
    [
        (lambda seed: photo_bytes(seed, size=(64, 40)), Cue.SIZE, "about 64 x 40 pixels"),
        (lambda seed: photo_bytes(seed, share=0.4), Cue.BRIGHTNESS, "Tulip from Rose"),
        (framed_bytes, Cue.BORDER, "The colour of the border alone tells"),
    ],
)
def test_what_alone_gives_a_class_away_is_told_with_photos(
    app: App, draw: Draw, cue: Cue, words: str
) -> None:
    told = found(app, draw)
    warned = next(each for each in told.warnings if each.class_name == "Tulip")
    assert warned.cue is cue
    assert words in warned.words
    assert {int(image.name.split(".")[0]) >= 20 for image in warned.typical} == {True}
    assert {int(image.name.split(".")[0]) < 20 for image in warned.others} == {True}
    assert "Add photos of Tulip" in warned.advice


def test_few_photos_show_nothing(app: App) -> None:
    assert app.shortcuts.of_today().words.startswith("Label 8 photos that differ")
    app.dataset.add([*files("Rose", range(3)), *files("Tulip", range(20, 23), framed_bytes)])
    told = app.shortcuts.of_today()
    assert (told.is_enough, told.warnings) == (False, ())


def test_a_run_is_judged_by_its_photos_as_far_as_they_are_here(app: App) -> None:
    found(app, framed_bytes)
    run = finish(app, app.runs.start(FinetuneConfig()))
    app.labelling.assign(list(range(13, 25)), None)  # since then nothing is a tulip
    app.labelling.bin([1])
    app.labelling.empty_bin(expected=1)
    assert not app.shortcuts.of_today().is_enough
    told = app.shortcuts.of_run(run.id)
    assert told.photos == 23
    assert told.warnings[0].cue is Cue.BORDER
    with pytest.raises(NotFoundError):
        app.shortcuts.of_run(99)


def test_the_photos_of_a_run_are_read_when_it_ends(app: App) -> None:
    add(app, framed_bytes)
    run = finish(app, app.runs.start(FinetuneConfig()))
    wait_until(lambda: app.shortcuts.seen_of_run(run.id))
    told = app.shortcuts.seen_of_run(run.id)
    assert told == app.shortcuts.of_run(run.id)
    with pytest.raises(NotFoundError):
        app.shortcuts.seen_of_run(99)


def test_they_are_read_after_a_training_that_began_meanwhile(
    app: App, monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    add(app, framed_bytes)
    run = app.runs.start(FinetuneConfig())
    assert gate.entered.wait(10)
    asked: list[str] = []
    waited: list[str] = []

    def is_busy() -> bool:
        waited.append(threading.current_thread().name)
        return app.runs.is_training()

    def decode(path: Path, *, shortest_px: int) -> Pixels:
        asked.append(path.name)
        return decode_file(path, shortest_px=shortest_px)

    monkeypatch.setattr("dragon_app.services.looks.decode_file", decode)
    monkeypatch.setattr(app.shortcuts, "_is_busy", is_busy)
    assert app.shortcuts.seen_of_run(run.id) is None
    assert app.shortcuts.seen_of_run(run.id) is None
    wait_until(lambda: waited.count("shortcuts") > 1)  # it came round again without reading
    assert asked == []
    gate.opened.set()
    wait_until(lambda: app.shortcuts.seen_of_run(run.id))
    told = app.shortcuts.seen_of_run(run.id)
    assert told is not None
    assert told.warnings
    assert len(asked) == 24


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_ends_the_reading_of_one_run_and_is_logged(
    app: App, monkeypatch: pytest.MonkeyPatch, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    add(app, framed_bytes)
    runs = [app.runs.start(FinetuneConfig()) for _ in range(2)]
    assert gate.entered.wait(10)
    classes_of = app.shortcuts._classes_of

    def fail_for_the_first(run_id: int) -> dict[str, str]:
        if run_id == runs[0].id:
            raise ZeroDivisionError("a bug")
        return classes_of(run_id)

    monkeypatch.setattr(app.shortcuts, "_classes_of", fail_for_the_first)
    assert [app.shortcuts.seen_of_run(run.id) for run in runs] == [None, None]
    with caplog.at_level(logging.ERROR, logger="dragon_app"):
        gate.opened.set()
        wait_until(lambda: app.shortcuts.seen_of_run(runs[1].id))
    (told,) = caplog.records
    assert told.getMessage() == f"the photos of run {runs[0].id} were not read"
    assert told.exc_info is not None
    with pytest.raises(ZeroDivisionError):  # who asks hears of it, and does not wait for ever
        app.shortcuts.seen_of_run(runs[0].id)
