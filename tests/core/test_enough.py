from dataclasses import replace

import pytest

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.enough import reason_to_end

PATIENT = FinetuneConfig(epochs=20, patience=3)


def ends(config: FinetuneConfig, epoch: int, best: int, share: float = 0.5, begins: int = 1) -> str:
    return reason_to_end(config, epoch=epoch, best_epoch=best, share=share, begins=begins)


def test_a_run_ends_when_its_patience_is_over() -> None:
    assert ends(PATIENT, 6, 4) == ""
    expected = "Stopped after epoch 7: no better for 3 epochs; epoch 4 is kept."
    assert ends(PATIENT, 7, 4) == expected
    assert ends(replace(PATIENT, patience=1), 5, 4).startswith(
        "Stopped after epoch 5: no better for 1 epoch;"
    )


def test_patience_starts_when_deeper_stages_do() -> None:
    config = replace(PATIENT, unfreeze_after=6)
    assert ends(config, 8, 1) == ""
    assert "no better for 8 epochs; epoch 1 is kept" in ends(config, 9, 1)


def test_a_run_that_goes_on_after_its_patience_was_over_has_it_again() -> None:
    assert ends(PATIENT, 9, 4, begins=8) == ""
    assert "no better for 6 epochs" in ends(PATIENT, 10, 4, begins=8)


def test_a_pause_changes_nothing_about_patience() -> None:
    assert [ends(PATIENT, 7, 4, begins=begins) for begins in (1, 5, 6, 7)] == [
        ends(PATIENT, 7, 4)
    ] * 4


def test_a_run_ends_when_it_is_good_enough() -> None:
    config = FinetuneConfig(epochs=20, good_enough=0.95)
    assert ends(config, 2, 2, share=0.949) == ""
    expected = "Stopped after epoch 2: 95.5 % right is good enough; epoch 2 is kept."
    assert ends(config, 2, 2, share=0.955) == expected
    assert "100 % right" in ends(replace(config, good_enough=1.0), 2, 2, share=1.0)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_neither_patience_nor_a_goal_goes_on_to_the_last_epoch(share: float) -> None:
    config = FinetuneConfig(epochs=20)
    assert ends(config, 19, 1, share=share) == ""


def test_the_last_epoch_needs_no_reason() -> None:
    config = replace(PATIENT, good_enough=0.5)
    assert ends(config, 20, 1, share=1.0) == ""
