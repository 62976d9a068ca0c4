from dataclasses import replace

import pytest

from dragon_app.core.config import FinetuneConfig, WeightsSource
from dragon_app.core.errors import DragonError, NotFoundError, WeightsError
from dragon_app.core.provenance import Origin
from dragon_app.core.training import RunStatus
from dragon_app.wiring import App
from tests.fakes import FakeVision
from tests.photos import incoming_photos
from tests.services.conftest import Gate, finish

CONFIG = FinetuneConfig(seed=5)


def test_a_run_tells_what_went_into_it(ready_app: App, vision: FakeVision) -> None:
    run = finish(ready_app, ready_app.runs.start(CONFIG))
    record = ready_app.repeating.record(run.id)
    (beginning,) = record.beginnings
    assert beginning.origin == vision.begins_from
    assert beginning.machine.cores >= 1
    assert record.run.digest == "d1"
    assert record.run.snapshot_digest == record.snapshot.digest
    assert sorted(record.names.values()) == [f"{seed}.png" for seed in range(8)]


def test_a_run_is_trained_again_on_its_photos_labels_and_settings(
    ready_app: App, vision: FakeVision
) -> None:
    first = finish(ready_app, ready_app.runs.start(CONFIG))
    ready_app.labelling.assign([1, 2], 2)
    ready_app.dataset.add(incoming_photos([20], "dark"))
    assert ready_app.repeating.check(first.id).problems == ()
    assert ready_app.repeating.check(first.id).warnings == ()
    again = finish(ready_app, ready_app.repeating.start(first.id))
    assert (again.repeats, again.snapshot_id) == (first.id, first.snapshot_id)
    assert again.config_json == first.config_json
    assert vision.trained_on[1] == vision.trained_on[0]


def test_photos_that_are_gone_forbid_it(ready_app: App) -> None:
    run = finish(ready_app, ready_app.runs.start(CONFIG))
    ready_app.labelling.bin([1, 2])
    assert ready_app.repeating.check(run.id).problems == ()  # the bin still holds them
    ready_app.labelling.empty_bin(expected=2)
    with pytest.raises(DragonError, match="2 of its 8 photos were removed for good"):
        ready_app.repeating.start(run.id)
    ready_app.dataset.add(incoming_photos(range(2), "light"))
    assert ready_app.repeating.check(run.id).problems == ()  # the same files are the same photos


def test_weights_that_changed_forbid_it(ready_app: App, vision: FakeVision) -> None:
    run = finish(ready_app, ready_app.runs.start(replace(CONFIG, weights=WeightsSource.STARTER)))
    vision.begins_from = replace(vision.begins_from, weights_digest="w2")
    with pytest.raises(DragonError, match="have changed on this machine"):
        ready_app.repeating.start(run.id)
    assert len(ready_app.runs.all()) == 1


def test_weights_that_are_gone_forbid_it(
    ready_app: App, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finish(ready_app, ready_app.runs.start(CONFIG))

    def origin(config: FinetuneConfig) -> Origin:
        raise WeightsError("The file cannot be read.")

    monkeypatch.setattr(vision, "origin", origin)
    assert ready_app.repeating.check(run.id).problems == ("The file cannot be read.",)


def test_the_best_weights_of_then_are_taken_where_there_are_better_ones_now(
    ready_app: App, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finish(ready_app, ready_app.runs.start(CONFIG))

    def origin(config: FinetuneConfig) -> Origin:
        digest = "w1" if config.weights is WeightsSource.STARTER else "w2"
        return replace(vision.begins_from, weights_digest=digest)

    monkeypatch.setattr(vision, "origin", origin)
    again = finish(ready_app, ready_app.repeating.start(run.id))
    assert FinetuneConfig.from_json(again.config_json).weights is WeightsSource.STARTER


def test_another_machine_is_said_and_does_not_forbid_it(ready_app: App, vision: FakeVision) -> None:
    run = finish(ready_app, ready_app.runs.start(CONFIG))
    vision.begins_from = replace(vision.begins_from, threads=8)
    check = ready_app.repeating.check(run.id)
    assert check.problems == ()
    assert check.warnings == ("The number of threads was 2 then and is 8 now.",)
    assert ready_app.repeating.start(run.id).repeats == run.id


def test_a_run_under_way_is_not_repeated(ready_app: App, gate: Gate) -> None:
    run = ready_app.runs.start(CONFIG)
    with pytest.raises(DragonError, match="not over yet"):
        ready_app.repeating.start(run.id)
    gate.opened.set()


def test_a_run_stopped_early_says_that_it_goes_on(ready_app: App, gate: Gate) -> None:
    run = ready_app.runs.start(CONFIG)
    gate.entered.wait(10)
    ready_app.runs.stop(run.id)
    finish(ready_app, run)
    (warning,) = ready_app.repeating.check(run.id).warnings
    assert "ended early" in warning


def test_a_run_that_was_given_more_epochs_says_that_it_went_otherwise(ready_app: App) -> None:
    run = finish(ready_app, ready_app.runs.start(CONFIG))
    ready_app.workspace.runs.take_up(run, run.config_json, extended_at=(2,))
    ready_app.workspace.runs.end(run.id, RunStatus.FINISHED)
    (warning,) = ready_app.repeating.check(run.id).warnings
    assert "more epochs after epoch 2" in warning


def test_a_run_older_than_the_record_says_so(ready_app: App) -> None:
    snapshot = ready_app.workspace.snapshots.take()
    old = ready_app.workspace.runs.create(CONFIG.to_json(), snapshot.id)
    assert ready_app.workspace.runs.end_waiting(old.id, "long ago")
    assert any("older than" in each for each in ready_app.repeating.check(old.id).warnings)
    with pytest.raises(NotFoundError):
        ready_app.repeating.check(99)
