from pathlib import Path

from tests.cli.conftest import Shell


def test_a_run_is_promoted_and_stepped_back_from(trained: Shell) -> None:
    trained("train")
    assert trained("promote", 1, "--json").answer == {"run": 1, "before": 2}
    assert trained("status", "--json").answer["try_run"] == 1
    assert trained("step-back").out == "Run 2 answers again.\n"
    assert trained("status", "--json").answer["try_run"] == 2
    assert trained("promote", 1).out == (
        "Run 1 answers from now on. `step-back` returns to run 2.\n"
    )


def test_without_a_promotion_there_is_nothing_to_step_back_from(trained: Shell) -> None:
    outcome = trained("step-back")
    assert (outcome.code, outcome.out) == (2, "")
    assert "none to go back to" in outcome.err


def test_a_run_that_is_not_there_cannot_be_promoted(trained: Shell, tmp_path: Path) -> None:
    outcome = trained("promote", 9)
    assert (outcome.code, outcome.err) == (2, "There is no run 9.\n")
    away = trained("promote", 1, workspace=tmp_path / "away")
    assert (away.code, (tmp_path / "away").exists()) == (2, False)
    assert "no workspace" in away.err
