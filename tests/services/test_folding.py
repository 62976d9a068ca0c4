import threading

import pytest

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import DragonError, NotEnoughImagesError, TrainingError
from dragon_app.core.ports import Report, ShouldStop
from dragon_app.services import folding
from dragon_app.services.folding import Fold, Folded
from dragon_app.wiring import App
from tests.conftest import wait_until
from tests.fakes import FakeVision
from tests.photos import incoming, photo_bytes
from tests.services.conftest import Gate, finish


def score(app: App, run_id: int) -> Folded:
    """Measure a run and wait for what is found."""
    app.folding.start(run_id)
    wait_until(lambda: not app.folding.now(run_id).is_measuring)
    found = app.folding.now(run_id).found
    assert found is not None
    return found


def test_few_photos_are_each_held_out_in_turn(ready_app: App, vision: FakeVision) -> None:
    run = finish(ready_app, ready_app.runs.start(FinetuneConfig()))
    found = score(ready_app, run.id)
    assert (found.n, found.right, found.weakest) == (8, 0.75, ("light", 0.5))
    assert found.low < 0.75 < found.high
    assert (found.more, found.ahead.photos) == (16, 12)
    assert found.ahead.right > 0.75
    assert len(vision.groups) == 8


def test_photos_that_look_alike_are_held_out_together(ready_app: App, vision: FakeVision) -> None:
    ready_app.dataset.add([incoming(photo_bytes(1, brighter=20), class_name="dark")])
    run = finish(ready_app, ready_app.runs.start(FinetuneConfig()))
    score(ready_app, run.id)
    assert len(vision.groups) == 9
    assert len(set(vision.groups)) == 8


def test_a_training_goes_first(ready_app: App, gate: Gate) -> None:
    run = ready_app.runs.start(FinetuneConfig())
    with pytest.raises(DragonError, match="A training is under way"):
        ready_app.folding.start(run.id)
    gate.opened.set()


def test_many_photos_need_no_folds(ready_app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    run = finish(ready_app, ready_app.runs.start(FinetuneConfig()))
    monkeypatch.setattr(folding, "MOST_PHOTOS", 7)
    with pytest.raises(DragonError, match="small sets, of at most 7 photos; run 1 had 8"):
        ready_app.folding.start(run.id)


def test_photos_removed_for_good_since_are_left_out(ready_app: App, vision: FakeVision) -> None:
    run = finish(ready_app, ready_app.runs.start(FinetuneConfig()))
    ready_app.labelling.bin([1])
    ready_app.labelling.empty_bin(expected=1)
    assert score(ready_app, run.id).gone == 1
    assert len(vision.groups) == 7


def test_a_run_with_one_class_left_says_so(ready_app: App) -> None:
    run = finish(ready_app, ready_app.runs.start(FinetuneConfig()))
    ready_app.labelling.bin([1, 2, 3, 4])
    ready_app.labelling.empty_bin(expected=4)
    with pytest.raises(NotEnoughImagesError, match="photos of run 1 were removed for good"):
        ready_app.folding.start(run.id)


def until_stopped(report: Report, should_stop: ShouldStop) -> None:
    """Compute until somebody says stop, and say so as the real one does."""
    wait_until(should_stop)
    raise TrainingError("The scoring was stopped.")


def test_it_goes_on_without_whoever_asked_until_it_is_stopped(
    ready_app: App, vision: FakeVision
) -> None:
    runs = [finish(ready_app, ready_app.runs.start(FinetuneConfig())) for _ in range(2)]
    first, second = (run.id for run in runs)
    vision.learn = until_stopped
    assert ready_app.folding.start(first).is_measuring
    assert ready_app.folding.start(first).is_measuring  # as before
    assert ready_app.folding.now(first).is_measuring
    assert ready_app.folding.now(second) == Fold(run_id=second)
    with pytest.raises(DragonError, match=f"Run {first} is being measured"):
        ready_app.folding.start(second)
    ready_app.folding.stop(second)
    assert ready_app.folding.now(first).is_measuring
    ready_app.folding.stop(first)
    wait_until(lambda: not ready_app.folding.now(first).is_measuring)
    assert ready_app.folding.now(first) == Fold(run_id=first)


def test_a_training_that_begins_meanwhile_ends_it_in_words(
    ready_app: App, vision: FakeVision
) -> None:
    run = finish(ready_app, ready_app.runs.start(FinetuneConfig()))
    entered = threading.Event()

    def learn(report: Report, should_stop: ShouldStop) -> None:
        if not entered.is_set():
            entered.set()
            until_stopped(report, should_stop)
        wait_until(lambda: not ready_app.folding.now(run.id).is_measuring)

    vision.learn = learn
    ready_app.folding.start(run.id)
    wait_until(entered.is_set)
    ready_app.runs.start(FinetuneConfig())
    wait_until(lambda: not ready_app.folding.now(run.id).is_measuring)
    assert "A training is under way" in ready_app.folding.now(run.id).problem
