from contextlib import closing
from pathlib import Path

import pytest

from dragon_app.wiring import open_app
from tests.cli.conftest import Shell
from tests.fakes import NETWORK


def test_status_counts(trained: Shell, folder: Path) -> None:
    answer = trained("status", "--json").answer
    assert answer["workspace"] == str(folder)
    assert (answer["images"], answer["unlabelled"], answer["classes"]) == (8, 0, 2)
    assert (answer["runs"], answer["training"], answer["try_run"]) == (1, None, 1)
    assert answer["missing"] == []
    assert 0 <= answer["cache_bytes"] < 10_000  # at most how the eight photos look
    assert trained("status").out.startswith("8 photos, 0 unlabelled, 1 runs")


def test_status_says_what_was_set_aside(trained: Shell, folder: Path) -> None:
    stranger = folder / "photos" / "ab" / ("ab" * 32)
    stranger.parent.mkdir(exist_ok=True)
    stranger.write_bytes(b"photo")
    trained("train")  # any command that opens the workspace to write
    words = f"1 file belongs to no photo and lies in {folder / 'set-aside'}. Add that folder"
    assert words in trained("status").out
    assert words in (folder / "dragon.log").read_text()
    assert trained("status", "--json").answer["set_aside"] == 1


def test_classes_are_listed_with_their_parts(trained: Shell) -> None:
    dark, light = trained("classes", "--json").answer["classes"]
    assert (dark["name"], dark["images"], dark["train"], dark["val"]) == ("dark", 4, 3, 1)
    assert light["colour"].startswith("#")
    assert trained("classes").out.splitlines()[0] == "dark: 4 (3 to learn from)"


def test_runs_are_listed_newest_first(trained: Shell) -> None:
    trained("train", "--seed", "5")
    newest, first = trained("runs", "--json").answer["runs"]
    assert (newest["run"], first["run"]) == (2, 1)
    assert (newest["config"]["seed"], newest["status"]) == (5, "finished")
    assert trained("runs").out == "2: finished, 75 % right\n1: finished, 75 % right\n"


def test_a_run_that_was_cut_off_says_how_it_goes_on(trained: Shell, folder: Path) -> None:
    with closing(open_app(folder)) as app:
        app.workspace.runs.cut_off(1, "The app ended while this run was training.")
    words = "1: interrupted, 75 % right; it can go on: train --resume 1\n"
    assert trained("runs").out == words


def test_backbones_are_listed_without_a_workspace(shell: Shell, folder: Path) -> None:
    (network,) = shell("backbones", "--json").answer["backbones"]
    assert (network["name"], network["is_starter"]) == (NETWORK.name, True)
    assert not folder.exists()


def test_a_backbone_shows_its_stages(shell: Shell) -> None:
    answer = shell("backbones", NETWORK.name, "--json").answer
    assert [stage["stage"] for stage in answer["stages"]] == [0, 1, 2, 3, 4]
    assert shell("backbones", NETWORK.name).out.count("\n") == 5


def test_an_unknown_backbone_is_bad_input(shell: Shell) -> None:
    outcome = shell("backbones", "dragonnet", "--json")
    assert (outcome.code, outcome.out) == (2, "")


@pytest.mark.parametrize("command", ["status", "classes", "runs", "predict", "evaluate", "inbox"])
def test_reading_where_there_is_no_workspace_says_so_and_makes_none(
    shell: Shell, folder: Path, photos: Path, command: str
) -> None:
    paths = [photos] if command in {"predict", "evaluate"} else []
    outcome = shell(command, *paths, "--json")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == f"There is no workspace in {folder} yet. Add photos to it first.\n"
    assert not folder.exists()
