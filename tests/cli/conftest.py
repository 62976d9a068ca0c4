"""Running commands of the shell in this process, with a vision that learns nothing."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dragon_app import reading
from dragon_app.cli import main
from dragon_app.core.config import FinetuneConfig
from tests.fakes import FakeVision
from tests.photos import write_photos


@dataclass(frozen=True)
class Outcome:
    """What a command left: its exit code, what it said, and what it answered."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """The one JSON object on stdout."""
        assert self.out.count("\n") == 1
        return json.loads(self.out)


Shell = Callable[..., Outcome]


@pytest.fixture
def shell(
    folder: Path,
    vision: FakeVision,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Shell:
    """Run a command on the workspace in this process."""
    monkeypatch.setattr(reading, "vision", lambda: vision)
    sleep = time.sleep
    monkeypatch.setattr("dragon_app.commands.time.sleep", lambda seconds: sleep(seconds / 100))

    def run(*arguments: str | Path, workspace: Path = folder) -> Outcome:
        try:
            code = main(["--workspace", str(workspace), *map(str, arguments)])
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        out, err = capsys.readouterr()
        return Outcome(code, out, err)

    return run


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with 4 photos of each of two classes."""
    write_photos(tmp_path / "photos" / "dark", range(4))
    write_photos(tmp_path / "photos" / "light", range(4, 8))
    return tmp_path / "photos"


@pytest.fixture
def trained(shell: Shell, photos: Path) -> Shell:
    """The shell on a workspace with run 1."""
    assert shell("add", photos).code == 0
    assert shell("train").code == 0
    return shell


def last_config(shell: Shell) -> FinetuneConfig:
    """Return the settings of the newest run."""
    newest = shell("runs", "--json").answer["runs"][0]
    return FinetuneConfig.from_json(json.dumps(newest["config"]))
