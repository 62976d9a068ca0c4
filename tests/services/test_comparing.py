import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from dragon_app import wiring
from dragon_app.core.config import FinetuneConfig, Freeze, Optimizer
from dragon_app.core.errors import (
    DragonError,
    InvalidConfigError,
    NotEnoughImagesError,
    NotFoundError,
)
from dragon_app.core.ports import Report, ShouldStop
from dragon_app.core.strategies import Compared
from dragon_app.core.training import FinetuneResult, RunFolders, RunStatus, TrainingPhotos
from dragon_app.services.comparing import Plan, Standing
from dragon_app.wiring import App, Session
from tests.conftest import wait_until
from tests.fakes import FakeVision
from tests.photos import incoming_photos
from tests.services.conftest import Gate
from tests.told import epoch_metrics, finetune_result

PRESENT = FinetuneConfig(epochs=4)
N = 400


@dataclass
class Race(FakeVision):
    """Every run is right on 300 of 400 photos, one that learns more on so many more."""

    gains: dict[Freeze | int, int] = field(default_factory=dict)

    def finetune(
        self,
        config: FinetuneConfig,
        photos: TrainingPhotos,
        folders: RunFolders,
        *,
        report: Report,
        should_stop: ShouldStop,
    ) -> FinetuneResult:
        self.trained_on.append(photos)
        self.learn(report, should_stop)
        hits = 300 + self.gains.get(config.freeze, 0)
        pace = 1.0 if config.freeze is Freeze.BACKBONE else 10.0
        for epoch, share in enumerate((0.5, hits / N), 1):
            report(replace(epoch_metrics(epoch), elapsed_s=pace * epoch, val_accuracy=share))
        folder = folders.checkpoints / "best"
        folder.mkdir(parents=True)
        (folder / "classes.txt").write_text("\n".join(photos.class_names))
        return replace(
            finetune_result(folder, config=config, was_stopped=should_stop()),
            val_accuracy=hits / N,
            val_confusion=((hits, N - hits), (0, 0)),
        )


@pytest.fixture
def vision(monkeypatch: pytest.MonkeyPatch) -> Race:
    race = Race()
    monkeypatch.setattr(wiring, "vision", lambda: race)
    return race


def over(app: App, standing: Standing) -> Standing:
    for run_id in standing.comparison.run_ids:
        app.runs.wait(run_id, poll_s=0.005)
    return app.comparing.get(standing.comparison.id)


def compared(app: App, what: Compared = Compared.STRATEGIES) -> Standing:
    return over(app, app.comparing.start(what, PRESENT))


def known_plan(app: App) -> Plan:
    def is_known() -> bool:
        app.measuring.wait()
        return not app.comparing.plan(Compared.STRATEGIES, PRESENT).is_measuring

    wait_until(is_known)
    return app.comparing.plan(Compared.STRATEGIES, PRESENT)


def test_all_runs_of_a_comparison_learn_from_the_same_photos(
    ready_app: App, vision: Race, gate: Gate
) -> None:
    started = ready_app.comparing.start(Compared.STRATEGIES, PRESENT)
    assert len(started.contenders) == 5
    assert not started.is_over
    gate.entered.wait(10)
    ready_app.dataset.add(incoming_photos(range(20, 24), "dark"))
    gate.opened.set()
    assert over(ready_app, started).is_over
    assert len({photos.snapshot_digest for photos in vision.trained_on}) == 1
    assert len(vision.trained_on) == 5


def test_without_a_clear_winner_the_quickest_of_the_equals_is_named(ready_app: App) -> None:
    standing = compared(ready_app)
    assert standing.winner is not None
    assert standing.winner.run.label == "Head only"
    assert standing.words.startswith("No clear winner: Head only is quickest among the equals.")
    assert [each.seconds for each in standing.contenders] == [2.0, 20.0, 20.0, 20.0, 20.0]
    assert standing.contenders[0].points == ((1.0, 0.5), (2.0, 0.75))
    assert standing.contenders[0].best == (2.0, 0.75)


def test_a_clear_winner_wins_however_slow_and_answers_in_try_once_it_is_used(
    ready_app: App, vision: Race
) -> None:
    vision.gains = {Freeze.ALL_BUT_LAST_STAGE: 90}
    standing = compared(ready_app)
    assert standing.words == "Last stage wins: its interval lies above all the others."
    used = ready_app.comparing.use(standing.comparison.id)
    assert used.label == "Last stage"
    answering = ready_app.predictions.current_run()
    assert answering is not None
    assert answering.id == used.id != ready_app.runs.newest()


def test_comparing_does_not_change_who_answers_in_try(ready_app: App) -> None:
    trained = ready_app.runs.start(PRESENT)
    compared(ready_app)
    answering = ready_app.predictions.current_run()
    assert answering is not None
    assert answering.id == trained.id


def test_there_is_no_winner_before_the_last_run_is_over(ready_app: App, gate: Gate) -> None:
    started = ready_app.comparing.start(Compared.STRATEGIES, PRESENT)
    gate.entered.wait(10)
    wait_until(lambda: ready_app.runs.get(started.comparison.run_ids[0]).status == "running")
    standing = ready_app.comparing.get(started.comparison.id)
    assert standing.words.startswith("0 of 5 done. Head only is being trained;")
    with pytest.raises(NotFoundError, match="no winner"):
        ready_app.comparing.use(started.comparison.id)
    gate.opened.set()


def test_cancelling_ends_every_run_and_no_other(ready_app: App, vision: Race, gate: Gate) -> None:
    started = ready_app.comparing.start(Compared.STRATEGIES, PRESENT)
    other = ready_app.runs.start(PRESENT)
    gate.entered.wait(10)
    ready_app.comparing.cancel(started.comparison.id)
    standing = over(ready_app, started)
    assert {each.run.status for each in standing.contenders} == {RunStatus.STOPPED}
    assert standing.winner is None
    assert "Fewer than two were trained to their end" in standing.words
    gate.opened.set()
    assert ready_app.runs.wait(other.id, poll_s=0.005).status is RunStatus.FINISHED
    assert len(vision.trained_on) == 2  # the first of the comparison, and the other


def test_a_run_that_had_less_than_its_budget_cannot_win(ready_app: App, gate: Gate) -> None:
    started = ready_app.comparing.start(Compared.STRATEGIES, PRESENT)
    gate.entered.wait(10)
    ready_app.runs.stop(started.comparison.run_ids[0])  # at work: it keeps a model
    ready_app.runs.stop(started.comparison.run_ids[3])  # waits
    gate.opened.set()
    standing = over(ready_app, started)
    assert standing.winner is not None
    assert standing.winner.run.label == "Last stage"
    assert standing.words.endswith("not counted: Head only, Everything.")


def test_what_waited_goes_on_after_a_restart_and_what_was_cut_off_says_so(
    folder: Path, vision: Race, gate: Gate
) -> None:
    before = wiring.open_app(folder)
    photos = [*incoming_photos(range(4), "dark"), *incoming_photos(range(4, 8), "light")]
    before.dataset.add(photos)
    started = before.comparing.start(Compared.STRATEGIES, PRESENT)
    gate.entered.wait(10)
    before.close()
    gate.opened.set()
    session = Session(folder)
    session.begin()
    try:
        standing = over(session.app, started)
    finally:
        session.close()
    statuses = [each.run.status for each in standing.contenders]
    assert statuses == [RunStatus.INTERRUPTED, *[RunStatus.FINISHED] * 4]
    assert standing.words.endswith("not counted: Head only.")


def test_the_plan_tells_the_time_in_all_and_begins_nothing(ready_app: App) -> None:
    plan = known_plan(ready_app)
    assert plan.estimates[0].variant.label == "Head only"
    assert plan.epochs == 4
    seconds = [each.seconds for each in plan.estimates]
    assert seconds == [2.5, 6.4, 17.5, 22.0, 22.0]  # by the costs of the fake
    assert plan.seconds == pytest.approx(70.4)
    assert ready_app.runs.all() == []


def test_the_share_that_learns_is_known_once_the_network_was_measured(ready_app: App) -> None:
    assert compared(ready_app).contenders[0].trainable_share is None
    known_plan(ready_app)
    shares = [each.trainable_share for each in compared(ready_app).contenders]
    assert shares == [3 / 48, 12 / 48, 1, 1, 1]


def test_rates_are_compared_the_same_way(ready_app: App) -> None:
    standing = compared(ready_app, Compared.RATES)
    labels = [each.run.label for each in standing.contenders]
    assert labels == ["Rate 0.00011", "Rate 0.00033", "Rate 0.001", "Rate 0.003", "Rate 0.009"]
    assert standing.winner is not None
    assert standing.winner.run.label == "Rate 0.001"  # of equals the middle one
    newest = ready_app.comparing.newest()
    assert newest is not None
    assert newest.comparison.what is Compared.RATES


def test_what_cannot_be_compared_starts_nothing(app: App) -> None:
    exact = FinetuneConfig(optimizer=Optimizer.EXACT, epochs=1)
    with pytest.raises(NotEnoughImagesError, match="nothing to compare on yet"):
        app.comparing.start(Compared.STRATEGIES, PRESENT)
    with pytest.raises(InvalidConfigError, match="no learning rate"):
        app.comparing.start(Compared.RATES, exact)
    with pytest.raises(InvalidConfigError, match="cannot be frozen"):
        app.comparing.start(Compared.RATES, replace(PRESENT, freeze=9))
    with pytest.raises(NotFoundError, match="no comparison 1"):
        app.comparing.get(1)
    assert app.comparing.newest() is None
    assert app.runs.all() == []


def test_a_run_that_is_trained_longer_has_left_the_race(ready_app: App) -> None:
    standing = compared(ready_app)
    first = standing.contenders[0].run
    longer = replace(PRESENT, epochs=8).to_json()
    ready_app.workspace.runs.take_up(first, longer, extended_at=[2])
    standing = ready_app.comparing.get(standing.comparison.id)
    assert standing.is_over
    assert standing.winner is not None
    assert standing.winner.run.label == "Last stage"
    assert standing.words.endswith("Not trained for the same epochs, so not counted: Head only.")
    assert len(standing.contenders[0].points) == 2
    ready_app.comparing.cancel(standing.comparison.id)
    assert ready_app.runs.get(first.id).status is RunStatus.QUEUED


def test_a_second_comparison_is_refused_until_the_first_is_over(
    ready_app: App, vision: Race
) -> None:
    vision.learn = gate = Gate()
    first = ready_app.comparing.start(Compared.STRATEGIES, PRESENT)
    gate.entered.wait(10)
    refused = r"Comparison 1 is not over: 0 of 5 done\. Let it end, or cancel it in Train"
    with pytest.raises(DragonError, match=refused):
        ready_app.comparing.start(Compared.RATES, PRESENT)
    ready_app.runs.pause(first.comparison.run_ids[1])
    with pytest.raises(DragonError, match="Last stage is paused and can go on"):
        ready_app.comparing.start(Compared.RATES, PRESENT)
    ready_app.comparing.cancel(first.comparison.id)
    over(ready_app, first)
    gate.opened.set()
    second = ready_app.comparing.start(Compared.RATES, PRESENT)
    assert over(ready_app, second).is_over


def test_of_two_comparisons_begun_at_once_one_is_refused(ready_app: App, vision: Race) -> None:
    vision.learn = gate = Gate()
    together = threading.Barrier(4)

    def begin(_: int) -> bool:
        together.wait(10)
        try:
            ready_app.comparing.start(Compared.STRATEGIES, PRESENT)
        except DragonError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        begun = list(pool.map(begin, range(4)))
    assert begun.count(True) == 1
    assert len(ready_app.runs.all()) == 5
    gate.opened.set()
