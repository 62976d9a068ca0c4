import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from dragon_app.core.config import FinetuneConfig, Freeze
from dragon_app.core.errors import (
    InvalidConfigError,
    NotEnoughImagesError,
    NotFoundError,
    NothingKeptError,
    TrainingError,
    WorkspaceError,
)
from dragon_app.core.ports import Report, ShouldStop
from dragon_app.core.training import RunStatus
from dragon_app.core.types import Split
from dragon_app.storage.runs import RunStore
from dragon_app.wiring import App
from tests.fakes import FakeVision
from tests.photos import incoming_photos
from tests.services.conftest import Gate, finish
from tests.told import epoch_metrics, step_metrics

CONFIG = FinetuneConfig()


def raising(error: BaseException) -> Callable[[Report, ShouldStop], None]:
    def learn(report: Report, should_stop: ShouldStop) -> None:
        raise error

    return learn


def test_a_run_goes_from_the_queue_to_a_model(ready_app: App, vision: FakeVision) -> None:
    run = ready_app.runs.start(replace(CONFIG, epochs=7, seed=5))
    assert run.status is RunStatus.QUEUED
    ended = finish(ready_app, run)
    assert (ended.status, ended.reason, ended.val_accuracy) == (RunStatus.FINISHED, "", 0.75)
    used = FinetuneConfig.from_json(ended.config_json)
    assert used.arithmetic == "float32"  # what was left open
    assert replace(used, arithmetic=CONFIG.arithmetic) == replace(CONFIG, epochs=7, seed=5)
    assert ended.class_names == ("dark", "light")
    assert ready_app.runs.epochs(run.id) == [epoch_metrics(1, epochs=7)]
    assert ready_app.runs.step_losses(run.id) == [(1, 0.5)]
    model = ready_app.workspace.folder / ready_app.workspace.runs.checkpoint_folder(run.id)
    assert (model / "classes.txt").is_file()


def test_training_gets_every_photo_by_its_file(ready_app: App, vision: FakeVision) -> None:
    finish(ready_app, ready_app.runs.start(CONFIG))
    (photos,) = vision.trained_on
    assert photos.class_names == ("dark", "light")
    assert (len(photos.train), len(photos.val)) == (6, 2)
    assert all(photo.path.name == photo.digest for photo in photos.train + photos.val)
    assert all(photo.path.is_file() for photo in photos.train + photos.val)
    assert {photo.target for photo in photos.val} == {0, 1}


def test_too_few_photos_are_said_before_a_run_is_made(app: App) -> None:
    app.dataset.add(incoming_photos(range(2), "dark"))
    with pytest.raises(
        NotEnoughImagesError, match=r"two classes or more; dark needs 1 more photo\."
    ):
        app.runs.start(CONFIG)
    assert app.runs.all() == []


def test_runs_take_their_turn_in_order(ready_app: App, gate: Gate) -> None:
    runs = [ready_app.runs.start(replace(CONFIG, seed=n)) for n in range(3)]
    gate.entered.wait(10)
    states = [ready_app.runs.get(run.id).status for run in runs]
    assert states == [RunStatus.RUNNING, RunStatus.QUEUED, RunStatus.QUEUED]
    assert [run.id for run in ready_app.runs.unfinished()] == [run.id for run in runs]
    gate.opened.set()
    ended = [finish(ready_app, run) for run in runs]
    begun = [run.started_at for run in ended if run.started_at is not None]
    assert begun == sorted(begun)
    assert {run.status for run in ended} == {RunStatus.FINISHED}
    assert ready_app.runs.unfinished() == []


def test_a_waiting_run_is_stopped_at_once(ready_app: App, vision: FakeVision, gate: Gate) -> None:
    first, second = (ready_app.runs.start(CONFIG) for _ in range(2))
    gate.entered.wait(10)
    ready_app.runs.stop(second.id)
    stopped = ready_app.runs.get(second.id)
    assert (stopped.status, stopped.reason) == (RunStatus.STOPPED, "Stopped before it began.")
    gate.opened.set()
    third = ready_app.runs.start(CONFIG)
    finish(ready_app, third)
    assert ready_app.runs.get(first.id).status is RunStatus.FINISHED
    assert ready_app.runs.get(second.id).status is RunStatus.STOPPED
    assert len(vision.trained_on) == 2


def test_a_run_at_work_is_stopped_and_keeps_what_it_reached(ready_app: App, gate: Gate) -> None:
    run = ready_app.runs.start(CONFIG)
    gate.entered.wait(10)
    ready_app.runs.stop(run.id)
    stopped = finish(ready_app, run)
    assert (stopped.status, stopped.reason) == (RunStatus.STOPPED, "Stopped by hand.")
    assert ready_app.workspace.runs.checkpoint_folder(run.id)


def test_a_run_stopped_before_it_reached_anything_is_stopped_without_a_model(
    ready_app: App, vision: FakeVision
) -> None:
    gate = Gate()

    def learn(report: Report, should_stop: ShouldStop) -> None:
        gate(report, should_stop)
        raise NothingKeptError("nothing was kept")

    vision.learn = learn
    run = ready_app.runs.start(CONFIG)
    gate.entered.wait(10)
    ready_app.runs.stop(run.id)
    assert finish(ready_app, run).status is RunStatus.STOPPED
    with pytest.raises(NotFoundError):
        ready_app.workspace.runs.checkpoint_folder(run.id)


def test_a_disk_that_refuses_what_a_stop_should_keep_is_told(
    ready_app: App, vision: FakeVision
) -> None:
    gate = Gate()

    def learn(report: Report, should_stop: ShouldStop) -> None:
        gate(report, should_stop)
        raise TrainingError("The disk is full.")

    vision.learn = learn
    run = ready_app.runs.start(CONFIG)
    gate.entered.wait(10)
    ready_app.runs.pause(run.id)
    ended = finish(ready_app, run)
    assert (ended.status, ended.reason) == (RunStatus.FAILED, "The disk is full.")


def test_a_run_that_is_over_stays_as_it_is(ready_app: App) -> None:
    run = finish(ready_app, ready_app.runs.start(CONFIG))
    ready_app.runs.stop(run.id)
    assert ready_app.runs.get(run.id) == run


def test_a_run_that_is_not_there_cannot_be_stopped(ready_app: App) -> None:
    with pytest.raises(NotFoundError):
        ready_app.runs.stop(99)


def test_what_a_person_can_change_is_said_and_the_next_run_goes(
    ready_app: App, vision: FakeVision
) -> None:
    vision.learn = raising(TrainingError("The loss is no number. Lower the learning rate."))
    failed = finish(ready_app, ready_app.runs.start(CONFIG))
    assert failed.status is RunStatus.FAILED
    assert failed.reason == "The loss is no number. Lower the learning rate."
    vision.learn = lambda report, should_stop: None
    assert finish(ready_app, ready_app.runs.start(CONFIG)).status is RunStatus.FINISHED


def test_a_bug_fails_its_run_is_logged_and_the_next_run_goes(
    ready_app: App, vision: FakeVision
) -> None:
    vision.learn = raising(ZeroDivisionError("by zero"))
    failed = finish(ready_app, ready_app.runs.start(CONFIG))
    assert failed.status is RunStatus.FAILED
    assert failed.reason.startswith("Something went wrong inside the app (by zero).")
    assert "ZeroDivisionError" in (ready_app.workspace.folder / "dragon.log").read_text()
    vision.learn = lambda report, should_stop: None
    assert finish(ready_app, ready_app.runs.start(CONFIG)).status is RunStatus.FINISHED


def test_a_bug_in_what_follows_a_run_leaves_it_finished_and_is_logged(
    ready_app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(run_id: int) -> None:
        raise ZeroDivisionError(f"after run {run_id}")

    monkeypatch.setattr(ready_app.runs._trainer, "_on_over", bug)
    runs = [ready_app.runs.start(CONFIG) for _ in range(2)]
    finish(ready_app, runs[1])  # so that the first is quite over
    ended = ready_app.runs.get(runs[0].id)
    assert (ended.status, ended.reason) == (RunStatus.FINISHED, "")
    assert (
        "ZeroDivisionError: after run 1" in (ready_app.workspace.folder / "dragon.log").read_text()
    )


def test_a_run_that_cannot_go_on_keeps_its_best_epoch_and_says_why(
    ready_app: App, vision: FakeVision
) -> None:
    vision.reason = "The loss became nan in epoch 2."
    ended = finish(ready_app, ready_app.runs.start(CONFIG))
    assert (ended.status, ended.reason) == (RunStatus.FAILED, vision.reason)
    assert ended.best_epoch == 2
    assert ready_app.workspace.runs.checkpoint_folder(ended.id)


def test_what_a_failed_run_measured_is_kept(ready_app: App, vision: FakeVision) -> None:
    def learn(report: Report, should_stop: ShouldStop) -> None:
        report(step_metrics(2, loss=0.25))
        report(epoch_metrics(1))
        raise ZeroDivisionError

    vision.learn = learn
    run = finish(ready_app, ready_app.runs.start(CONFIG))
    assert ready_app.runs.step_losses(run.id) == [(1, 0.5), (2, 0.25)]
    assert ready_app.runs.epochs(run.id) == [epoch_metrics(1)]


def test_a_disk_that_is_full_fails_the_run_and_the_next_goes(
    ready_app: App, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise WorkspaceError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(RunStore, "record", full)
        failed = finish(ready_app, ready_app.runs.start(CONFIG))
        assert (failed.status, failed.reason) == (RunStatus.FAILED, "The disk is full.")
    assert finish(ready_app, ready_app.runs.start(CONFIG)).status is RunStatus.FINISHED


def test_the_queue_goes_on_when_a_failure_cannot_even_be_written(
    ready_app: App, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = threading.Event()

    def full(*_: object, **__: object) -> None:
        tried.set()
        raise WorkspaceError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(RunStore, "end", full)
        ready_app.runs.start(CONFIG)
        tried.wait(10)
    assert finish(ready_app, ready_app.runs.start(CONFIG)).status is RunStatus.FINISHED


def test_a_photo_that_is_gone_fails_the_run_in_words(ready_app: App) -> None:
    ready_app.dataset.photo_file(1).unlink()
    failed = finish(ready_app, ready_app.runs.start(CONFIG))
    assert failed.status is RunStatus.FAILED
    assert "is gone from the workspace" in failed.reason


def test_labels_changed_during_a_run_do_not_touch_it(
    ready_app: App, vision: FakeVision, gate: Gate
) -> None:
    first, second = (ready_app.runs.start(CONFIG) for _ in range(2))
    gate.entered.wait(10)
    ready_app.labelling.assign(range(1, 9), 2)
    ready_app.labelling.rename_class(1, "night")
    gate.opened.set()
    finish(ready_app, first)
    ended = finish(ready_app, second)
    assert vision.trained_on[0] == vision.trained_on[1]
    assert ended.class_names == ("dark", "light")


def test_more_frozen_stages_than_there_are_is_refused(ready_app: App) -> None:
    ready_app.runs.check(replace(CONFIG, freeze=5))
    ready_app.runs.check(replace(CONFIG, freeze=Freeze.NOTHING))
    with pytest.raises(InvalidConfigError, match="has 5 stages; 6 cannot be frozen"):
        ready_app.runs.check(replace(CONFIG, freeze=6))


def test_an_unknown_network_is_not_found(ready_app: App) -> None:
    with pytest.raises(NotFoundError):
        ready_app.runs.check(replace(CONFIG, backbone="dragonnet"))


def test_photos_kept_for_testing_are_not_trained_on(ready_app: App, vision: FakeVision) -> None:
    kept = replace(incoming_photos([50], "dark")[0], split=Split.TEST)
    ready_app.dataset.add([kept])
    finish(ready_app, ready_app.runs.start(CONFIG))
    assert len(vision.trained_on[0].train + vision.trained_on[0].val) == 8


def test_a_run_that_learned_enough_is_finished_and_says_why(
    ready_app: App, vision: FakeVision
) -> None:
    vision.enough = "Stopped after epoch 1: 96 % right is good enough; epoch 1 is kept."
    run = finish(ready_app, ready_app.runs.start(FinetuneConfig()))
    assert (run.status, run.reason) == (RunStatus.FINISHED, vision.enough)
