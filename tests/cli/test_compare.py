from dataclasses import replace
from pathlib import Path

import pytest

from dragon_app.core.errors import TrainingError
from dragon_app.core.networks import BackboneInfo
from dragon_app.core.ports import Report, ShouldStop
from tests.cli.conftest import Shell
from tests.conftest import wait_until
from tests.fakes import NETWORK, FakeVision


def test_strategies_are_compared_and_a_table_is_printed(shell: Shell, photos: Path) -> None:
    shell("add", photos)
    outcome = shell("compare", "--epochs", "2", "--seed", "5")
    assert outcome.code == 0, outcome.err
    lines = outcome.out.splitlines()
    assert lines[0].split() == ["right", "likely", "seconds", "learns"]
    assert lines[1].startswith("Head only       75 %   30 to 95 %")
    assert lines[-1].startswith("No clear winner:")
    assert "2 epochs each, one after the other, on the same photos. About" in outcome.err
    runs = shell("runs", "--json").answer["runs"]
    assert len(runs) == 5
    assert {(run["config"]["epochs"], run["config"]["seed"]) for run in runs} == {(2, 5)}


def test_what_starts_from_nothing_is_said_before(
    shell: Shell, photos: Path, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    def backbone(name: str) -> BackboneInfo:
        return replace(NETWORK, name=name, is_starter=name == NETWORK.name)

    monkeypatch.setattr(vision, "backbone", backbone)
    shell("add", photos)
    words = "It starts from nothing"
    told = shell("compare", "--weights", "none", "--epochs", "2").err.splitlines()
    assert told[0].startswith(f"{words}. That needs many photos")
    assert "2 epochs each" in told[1]
    absent = shell("compare", "--backbone", "resnet18", "--epochs", "2").err
    assert f"{words}: there are no weights for resnet18" in absent
    assert words not in shell("compare", "--epochs", "2").err


def test_rates_are_compared_for_scripts(shell: Shell, photos: Path) -> None:
    shell("add", photos)
    outcome = shell("compare", "--what", "rates", "--epochs", "2", "--json")
    assert outcome.code == 0
    assert outcome.answer.keys() == {"comparison", "what", "winner", "is_clear", "words", "runs"}
    assert outcome.answer["winner"] in {run["run"] for run in outcome.answer["runs"]}
    assert [run["label"] for run in outcome.answer["runs"]][2] == "Rate 0.001"


def test_without_a_winner_the_command_fails(shell: Shell, photos: Path, vision: FakeVision) -> None:
    def fail(report: Report, should_stop: ShouldStop) -> None:
        raise TrainingError("The memory is full.")

    assert "no workspace" in shell("compare").err
    shell("add", photos)
    assert "no learning rate" in shell("compare", "--what", "rates", "--preset", "quick").err
    vision.learn = fail
    outcome = shell("compare")
    assert (outcome.code, outcome.out.splitlines()[1].split()) == (
        1,
        ["Head", "only", "failed", "6", "%"],
    )
    assert "The memory is full." in outcome.err


def test_ctrl_c_ends_every_run_of_the_comparison(
    shell: Shell, photos: Path, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        wait_until(lambda: vision.trained_on)
        raise KeyboardInterrupt

    vision.learn = lambda report, should_stop: wait_until(should_stop)
    monkeypatch.setattr("dragon_app.contest._watch", interrupted)
    shell("add", photos)
    outcome = shell("compare", "--json")
    assert (outcome.code, outcome.answer["winner"]) == (1, None)
    assert {run["status"] for run in outcome.answer["runs"]} == {"stopped"}
