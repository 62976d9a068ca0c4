"""Runs that are there already: paused and resumed, trained longer, trained again just so."""

from dataclasses import replace
from pathlib import Path

import pytest

from dragon_app.core.ports import Report, ShouldStop
from tests.cli.conftest import Shell, last_config
from tests.conftest import wait_until
from tests.fakes import FakeVision
from tests.told import save_standing


def test_ctrl_c_pauses_the_run_and_says_how_it_goes_on(
    shell: Shell, photos: Path, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        wait_until(lambda: vision.folders)
        raise KeyboardInterrupt

    def learn(report: Report, should_stop: ShouldStop) -> None:
        wait_until(should_stop)
        save_standing(vision.folders[-1], report, epoch=2)

    vision.learn = learn
    shell("add", photos)
    with monkeypatch.context() as patch:
        patch.setattr("dragon_app.commands.watch", interrupted)
        outcome = shell("train", "--json")
    assert outcome.code == 1
    assert outcome.answer["status"] == "paused"
    assert "Pausing after this batch" in outcome.err
    assert "train --resume 1" in outcome.err
    vision.learn = lambda report, should_stop: None
    again = shell("train", "--resume", "1", "--json")
    assert (again.code, again.answer["run"], again.answer["status"]) == (0, 1, "finished")
    assert vision.went_on_from[0] is None
    assert vision.went_on_from[1] is not None


def test_train_extends_a_run(shell: Shell, photos: Path, vision: FakeVision) -> None:
    vision.learn = lambda report, should_stop: save_standing(vision.folders[-1], report, epoch=2)
    shell("add", photos)
    shell("train", "--epochs", "1", "--unfreeze-after", "0")
    outcome = shell("train", "--extend", "1", "--epochs", "4")
    assert outcome.code == 0, outcome.err
    assert last_config(shell).epochs == 5
    assert len(shell("runs", "--json").answer["runs"]) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--resume", "1"], "is finished"),
        (["--resume", "1", "--lr", "1", "--epochs", "2"], "Leave out: epochs, head lr"),
        (["--resume", "9"], "no run 9"),
        (["--extend", "1"], "--epochs 5"),
        (["--extend", "1", "--epochs", "2"], "saved nothing to go on from"),
        (["--extend", "1", "--epochs", "2", "--seed", "1"], "Leave out: seed"),
        (["--extend", "1", "--resume", "1", "--epochs", "2"], "Leave out"),
    ],
)
def test_a_run_that_cannot_go_on_is_said(trained: Shell, options: list[str], words: str) -> None:
    outcome = trained("train", *options, "--json")
    assert (outcome.code, outcome.out) == (2, "")
    assert words in outcome.err


def test_train_repeats_a_run_just_so(trained: Shell) -> None:
    trained("train", "--seed", "7", "--epochs", "3", "--unfreeze-after", "0")
    assert trained("train", "--again", "2").code == 0
    newest, middle, _ = trained("runs", "--json").answer["runs"]
    assert (newest["repeats"], newest["config"]) == (2, middle["config"])
    assert newest["snapshot"] == middle["snapshot"]
    assert newest["provenance"][0]["origin"]["weights_digest"] == "w1"
    assert newest["provenance"][0]["versions"]["torch"]


def test_train_again_takes_no_settings_and_knows_its_run(trained: Shell) -> None:
    refused = trained("train", "--again", "1", "--epochs", "3")
    assert refused.code == 2
    assert "Leave out: epochs" in refused.err
    assert trained("train", "--again", "9").code == 2


def test_train_again_says_what_differs(trained: Shell, vision: FakeVision) -> None:
    vision.begins_from = replace(vision.begins_from, threads=9)
    outcome = trained("train", "--again", "1")
    assert outcome.code == 0
    assert "threads was 2 then and is 9 now. The numbers may differ." in outcome.err
