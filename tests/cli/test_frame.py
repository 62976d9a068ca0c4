"""What holds for every command: options, endings, and what is loaded for nothing."""

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import app as app_file
from dragon_app import cli, commands, wiring
from dragon_app.core.config import FinetuneConfig
from dragon_app.core.tables import cell
from tests.cli.conftest import Shell
from tests.photos import photo_bytes

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("arguments", [["status", "--colour"], ["fly"], ["serve", "--json"]])
def test_what_is_not_an_option_is_bad_input(
    shell: Shell, folder: Path, arguments: list[str]
) -> None:
    outcome = shell(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert "usage:" in outcome.err
    assert not folder.exists()


@pytest.mark.parametrize("command", ["status", "classes", "runs", "backbones"])
def test_lists_are_shown_in_words_and_as_one_object(trained: Shell, command: str) -> None:
    in_words = trained(command)
    assert (in_words.code, bool(in_words.out.strip()), in_words.err) == (0, True, "")
    assert isinstance(trained(command, "--json").answer, dict)


def test_a_page_that_trains_shows_its_run_to_the_shell(
    shell: Shell, ready_app: wiring.App, photos: Path
) -> None:
    run = ready_app.runs.wait(ready_app.runs.start(FinetuneConfig(epochs=2)).id)
    assert shell("status", "--json").answer["try_run"] == run.id
    assert len(shell("predict", photos, "--json").answer["predictions"]) == 8


def test_serving_a_workspace_in_use_is_refused_in_one_line(shell: Shell, app: wiring.App) -> None:
    outcome = shell("serve", "--no-browser")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.count("\n") == 1
    assert "open in another Dragon" in outcome.err


@pytest.mark.parametrize("name", ["0.png", "a=b.png", "a, b.png", "'quoted'.png", "a\nb.png"])
def test_csv_names_that_compute_nothing_stay_plain(
    trained: Shell, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(photo_bytes(60))
    outcome = trained("predict", tmp_path / name, "--format", "csv")
    names = [row[0] for row in csv.reader(io.StringIO(outcome.out))]
    assert names == ["name", *[name.replace("\n", "\ufffd")] * 2]


@pytest.mark.parametrize("first", "=+-@\t\r")
def test_a_cell_is_quoted_by_its_first_character(first: str) -> None:
    assert cell(f"{first}x") == f"'{first}x"


def test_a_bug_is_not_dressed_up(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(options: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(commands, "run", broken)
    with pytest.raises(ZeroDivisionError):
        shell("status")


def test_a_reader_that_goes_away_ends_the_command_quietly(trained: Shell, folder: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        [sys.executable, "-m", "dragon_app", "--workspace", folder, "runs", "--json"],
        cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, "")


def test_app_py_serves() -> None:
    assert vars(app_file)["main"] is cli.main
    shown = subprocess.run(
        [sys.executable, "app.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "serve [-h]" in shown.stdout
    assert "--no-browser" in shown.stdout
