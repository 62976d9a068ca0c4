"""Runs that rest, are cut off, and go on."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dragon_app import wiring
from dragon_app.core.config import FinetuneConfig, Optimizer
from dragon_app.core.errors import DragonError, InvalidConfigError, NotFoundError
from dragon_app.core.ports import Report, ShouldStop
from dragon_app.core.training import Run, RunStatus
from dragon_app.services import going_on
from dragon_app.wiring import App
from tests.conftest import wait_until
from tests.fakes import FakeVision
from tests.services.conftest import Gate, finish
from tests.told import epoch_metrics, finetune_result, save_standing, step_metrics

CONFIG = FinetuneConfig(epochs=5)


class Sitting:
    """Reports an epoch and a standing, then goes on until it is stopped, or let go."""

    def __init__(self, vision: FakeVision) -> None:
        self._vision = vision
        self.gate = Gate()

    def __call__(self, report: Report, should_stop: ShouldStop) -> None:
        epoch = 1 + len(self._vision.went_on_from)
        report(epoch_metrics(epoch - 1, epochs=5))
        save_standing(self._vision.folders[-1], report, epoch=epoch)
        self.gate(report, should_stop)


@pytest.fixture
def sitting(vision: FakeVision) -> Sitting:
    vision.learn = sitting = Sitting(vision)
    return sitting


def paused(app: App, sitting: Sitting) -> Run:
    run = app.runs.start(CONFIG)
    sitting.gate.entered.wait(10)
    app.runs.pause(run.id)
    return finish(app, run)


def test_a_run_pauses_and_goes_on_from_where_it_stood(
    ready_app: App, vision: FakeVision, sitting: Sitting
) -> None:
    run = paused(ready_app, sitting)
    assert (run.status, run.reason, run.standing_epoch) == (RunStatus.PAUSED, "", 2)
    assert (ready_app.runs.paused(), ready_app.runs.unfinished()) == ([run], [])
    assert not ready_app.runs.is_training()
    sitting.gate.opened.set()
    ready_app.labelling.assign(range(1, 9), 2)
    ended = finish(ready_app, ready_app.runs.resume(run.id))
    assert ended.status is RunStatus.FINISHED
    assert ended.seconds >= run.seconds > 0
    assert vision.went_on_from[0] is None
    assert vision.went_on_from[1] is not None
    assert vision.trained_on[0] == vision.trained_on[1]


def test_a_run_asked_twice_at_once_to_go_on_does_so_once_and_can_be_stopped(
    ready_app: App, vision: FakeVision, sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = paused(ready_app, sitting)
    check_resume = going_on.check_resume

    def overtaken(found: Run) -> None:
        monkeypatch.setattr(going_on, "check_resume", check_resume)
        sitting.gate.entered.clear()
        ready_app.runs.resume(run.id)

    monkeypatch.setattr(going_on, "check_resume", overtaken)
    assert ready_app.runs.resume(run.id).status is RunStatus.QUEUED
    sitting.gate.entered.wait(10)
    ready_app.runs.stop(run.id)
    assert finish(ready_app, run).status is RunStatus.STOPPED
    assert len(vision.trained_on) == 2


def test_a_run_that_waits_pauses_at_once_and_takes_its_turn_again(
    ready_app: App, vision: FakeVision, gate: Gate
) -> None:
    first, second = (ready_app.runs.start(CONFIG) for _ in range(2))
    gate.entered.wait(10)
    ready_app.runs.pause(second.id)
    assert ready_app.runs.get(second.id).status is RunStatus.PAUSED
    assert ready_app.runs.resume(second.id).status is RunStatus.QUEUED
    gate.opened.set()
    assert [finish(ready_app, run).status for run in (first, second)] == [RunStatus.FINISHED] * 2
    assert len(vision.trained_on) == 2


def test_a_paused_run_can_be_stopped_for_good_and_still_go_on(
    ready_app: App, sitting: Sitting
) -> None:
    run = paused(ready_app, sitting)
    ready_app.runs.stop(run.id)
    stopped = ready_app.runs.get(run.id)
    assert (stopped.status, stopped.seconds) == (RunStatus.STOPPED, run.seconds)
    sitting.gate.opened.set()
    assert finish(ready_app, ready_app.runs.resume(run.id)).status is RunStatus.FINISHED


def test_a_stop_while_it_pauses_has_the_last_word(ready_app: App, vision: FakeVision) -> None:
    gate = Gate()

    def learn(report: Report, should_stop: ShouldStop) -> None:
        gate.entered.set()
        wait_until(should_stop)
        ready_app.runs.stop(1)
        ready_app.runs.pause(1)

    vision.learn = learn
    run = ready_app.runs.start(CONFIG)
    gate.entered.wait(10)
    ready_app.runs.pause(run.id)
    assert finish(ready_app, run).status is RunStatus.STOPPED


def test_closing_keeps_where_the_run_stands_and_the_next_start_goes_on(
    folder: Path, ready_app: App, vision: FakeVision, sitting: Sitting
) -> None:
    run = ready_app.runs.start(CONFIG)
    sitting.gate.entered.wait(10)
    ready_app.close()
    reopened = wiring.open_app(folder)
    cut_off = reopened.runs.get(run.id)
    sitting.gate.opened.set()
    ended = finish(reopened, reopened.runs.resume(run.id))
    reopened.close()
    assert cut_off.status is RunStatus.INTERRUPTED
    assert cut_off.can_go_on
    assert ended.status is RunStatus.FINISHED
    assert vision.went_on_from[1] is not None


def killed(app: App, vision: FakeVision, *standings: bytes) -> Run:
    """Leave a run as a crash does: at work in the rows, with a best epoch and standings."""
    store = app.workspace.runs
    run = store.create(CONFIG.to_json(), app.workspace.snapshots.take().id)
    store.begin(run.id)
    folder = app.workspace.run_folder(run.id)
    (folder / "best-0002").mkdir(parents=True)
    store.record(
        run.id,
        progress=run.progress,
        steps=[replace(step_metrics(n), epoch=n) for n in range(1, 5)],
        epochs=[epoch_metrics(n, epochs=5) for n in range(1, 5)],
    )
    result = finetune_result(folder / "best-0002", config=CONFIG)
    store.add_checkpoint(run.id, result, folder=f"runs/{run.id}/best-0002")
    for epoch, data in enumerate(standings, 2):
        save_standing(
            folder,
            lambda event: app.workspace.standings.add(run.id, event),  # type: ignore[arg-type]
            epoch=epoch,
            data=data,
        )
    (folder / ".standing-draft").touch()
    app.close()
    return run


def test_after_a_crash_a_run_has_its_best_epoch_and_goes_on(
    folder: Path, ready_app: App, vision: FakeVision
) -> None:
    run = killed(ready_app, vision, b"two", b"three", b"four")
    reopened = wiring.open_app(folder)
    cut_off = reopened.runs.get(run.id)
    assert cut_off.reason == ("The app ended while this run was training. It can go on in epoch 4.")
    assert reopened.predictions.current_run() == cut_off
    left = {path.name.split("-")[1] for path in reopened.workspace.run_folder(run.id).iterdir()}
    assert left == {"0002", "0003", "0004"}  # the best, and the last two standings
    began: list[list[int]] = []
    vision.learn = lambda report, should_stop: began.append(
        [each.epoch for each in reopened.runs.epochs(run.id)]
    )
    finish(reopened, reopened.runs.resume(run.id))
    reopened.close()
    assert vision.went_on_from[0] is not None
    assert vision.went_on_from[0].name.startswith("standing-0004")
    assert began == [[1, 2, 3]]


@pytest.mark.parametrize(
    ("damage", "came_from", "words"),
    [
        (lambda files: files[-1].write_bytes(b"x"), "standing-0003", "was damaged, so this run"),
        (lambda files: files[-1].unlink(), "standing-0003", "in epoch 3"),
        (lambda files: [file.write_bytes(b"") for file in files], None, "began again"),
    ],
)
def test_a_damaged_standing_gives_way_to_the_one_before(
    folder: Path,
    ready_app: App,
    vision: FakeVision,
    damage: Callable[[list[Path]], object],
    came_from: str | None,
    words: str,
) -> None:
    run = killed(ready_app, vision, b"two", b"three", b"four")
    reopened = wiring.open_app(folder)
    damage(sorted(reopened.workspace.run_folder(run.id).glob("standing-*")))
    told: list[str] = []
    vision.learn = lambda report, should_stop: told.append(reopened.runs.get(run.id).reason)
    ended = finish(reopened, reopened.runs.resume(run.id))
    reopened.close()
    (begun,) = vision.went_on_from
    assert (begun and begun.name[:13]) == came_from
    assert words in told[0]
    assert (ended.status, ended.reason) == (RunStatus.FINISHED, "")


def test_a_run_that_is_over_goes_on_for_more_epochs(
    ready_app: App, vision: FakeVision, sitting: Sitting
) -> None:
    sitting.gate.opened.set()
    run = finish(ready_app, ready_app.runs.start(CONFIG))
    files = list(ready_app.workspace.run_folder(run.id).glob("standing-*"))
    assert len(files) == 1
    longer = finish(ready_app, ready_app.runs.extend(run.id, 3))
    assert (longer.id, longer.status) == (run.id, RunStatus.FINISHED)
    assert FinetuneConfig.from_json(longer.config_json).epochs == run.epochs_done + 3
    assert longer.extended_at == (run.epochs_done,)
    assert vision.went_on_from == [None, files[0]]


@pytest.mark.parametrize("epochs", [0, -1, 1000])
def test_so_many_more_epochs_are_refused_and_nothing_changes(
    ready_app: App, sitting: Sitting, epochs: int
) -> None:
    sitting.gate.opened.set()
    run = finish(ready_app, ready_app.runs.start(CONFIG))
    with pytest.raises(InvalidConfigError, match="pochs"):
        ready_app.runs.extend(run.id, epochs)
    assert ready_app.runs.get(run.id) == run


def test_what_cannot_go_on_says_why(ready_app: App, gate: Gate) -> None:
    running = ready_app.runs.start(CONFIG)
    gate.entered.wait(10)
    assert ready_app.runs.resume(running.id).status is RunStatus.RUNNING
    with pytest.raises(DragonError, match="is not over"):
        ready_app.runs.extend(running.id, 1)
    gate.opened.set()
    finish(ready_app, running)
    with pytest.raises(DragonError, match="is finished"):
        ready_app.runs.resume(running.id)
    with pytest.raises(DragonError, match="saved nothing"):
        ready_app.runs.extend(running.id, 1)
    computed = replace(CONFIG, optimizer=Optimizer.EXACT, epochs=1)
    with pytest.raises(DragonError, match="the best there is"):
        ready_app.runs.extend(finish(ready_app, ready_app.runs.start(computed)).id, 1)
    for ask in (ready_app.runs.pause, ready_app.runs.resume):
        with pytest.raises(NotFoundError):
            ask(99)


def test_while_it_trains_a_run_answers_with_its_best_so_far(
    ready_app: App, vision: FakeVision
) -> None:
    gates = [Gate(), Gate()]

    def learn(report: Report, should_stop: ShouldStop) -> None:
        for epoch, gate in enumerate(gates, 1):
            folder = vision.folders[-1] / f"best-{epoch:04d}"
            folder.mkdir(parents=True)
            (folder / "classes.txt").write_text("dark\nlight")
            report(replace(finetune_result(folder, config=CONFIG), best_epoch=epoch))
            gate(report, should_stop)

    vision.learn = learn
    run = ready_app.runs.start(CONFIG)
    for epoch, gate in enumerate(gates, 1):
        gate.entered.wait(10)
        current = ready_app.predictions.current_run()
        assert current is not None
        assert (current.id, current.status, current.best_epoch) == (run.id, "running", epoch)
        ready_app.predictions.load()
        assert vision.loaded[-1].name == f"best-{epoch:04d}"
        gate.opened.set()
    finish(ready_app, run)
