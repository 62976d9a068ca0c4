"""What only a process of its own can show."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.photos import photo_bytes

ROOT = Path(__file__).resolve().parents[2]


def process(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dragon_app", "--workspace", folder, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )


def test_no_command_is_bad_input(shell: Shell) -> None:
    assert shell().code == 2


def test_a_process_answers_in_ascii_whatever_its_names(folder: Path, photos: Path) -> None:
    (photos / "light").rename(photos / "Löwe ドラゴン")
    (photos / "Löwe ドラゴン" / os.fsdecode(b"caf\xe9.png")).write_bytes(photo_bytes(60))
    added = process("add", photos, "--json", folder=folder)
    assert (added.returncode, json.loads(added.stdout)["added"]) == (0, 9)
    shown = process("classes", folder=folder)
    assert shown.returncode == 0
    assert "L\\xf6we" in shown.stdout


def test_a_process_that_fails_says_one_sentence(folder: Path) -> None:
    outcome = process("status", folder=folder)
    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert outcome.stderr == f"There is no workspace in {folder} yet. Add photos to it first.\n"


@pytest.mark.parametrize("command", [[], ["add"], ["train"], ["serve"]])
def test_help_is_given_without_loading_anything_heavy(command: list[str]) -> None:
    code = (
        "import sys\n"
        "from dragon_app.cli import main\n"
        "try:\n"
        "    main([*sys.argv[1:], '--help'])\n"
        "finally:\n"
        "    heavy = {'torch', 'gradio', 'sqlite3', 'sqlite_utils', 'PIL', 'numpy'}\n"
        "    sys.stderr.write(' '.join(sorted(heavy & set(sys.modules))))\n"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", code, *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert "usage:" in outcome.stdout


def test_too_old_a_python_is_said_in_one_sentence() -> None:
    code = (
        "import runpy, sys\n"
        "sys.version_info = (3, 10, 2)\n"
        "runpy.run_module('dragon_app', run_name='__main__')\n"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 2
    assert outcome.stderr.startswith("Dragon needs Python 3.11 or newer")
    assert outcome.stderr.count("\n") == 1
