from pathlib import Path

import pytest

from dragon_app.core.errors import TrainingError
from dragon_app.core.networks import LrCurve
from dragon_app.core.ports import Report, ShouldStop
from tests.cli.conftest import Shell
from tests.fakes import FakeVision


def test_a_rate_is_found_and_said(shell: Shell, photos: Path) -> None:
    shell("add", photos)
    outcome = shell("find-rate", "--backbone", "regnet_y_400mf", "--json")
    assert outcome.code == 0
    assert outcome.answer.keys() == {"suggestion", "points", "words"}
    assert outcome.answer["suggestion"] == 1e-3
    assert outcome.answer["points"][0] == [1e-5, 1.6]
    assert shell("find-rate").out == "Take --lr 0.001\n"
    assert shell("runs", "--json").answer["runs"] == []
    assert not [line for line in outcome.err.splitlines() if line.startswith(" ")]


def test_no_rate_is_a_failure_with_its_reason(
    shell: Shell, photos: Path, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    flat = LrCurve(points=((1e-5, 1.6),), suggestion=None, words="The loss fell at no rate.")
    monkeypatch.setattr(vision, "find_lr", lambda *_, **__: flat, raising=False)
    shell("add", photos)
    outcome = shell("find-rate")
    assert (outcome.code, outcome.out) == (1, "The loss fell at no rate.\n")


def test_what_goes_wrong_is_said(shell: Shell, photos: Path, vision: FakeVision) -> None:
    def fail(report: Report, should_stop: ShouldStop) -> None:
        raise TrainingError("The memory is full.")

    assert "no workspace" in shell("find-rate").err
    shell("add", photos)
    vision.learn = fail
    outcome = shell("find-rate", "--json")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.endswith("The memory is full.\n")
    assert "cannot be frozen" in shell("find-rate", "--freeze", "9").err
