"""From a folder of photos to a model that names new ones, in the shell and with real networks."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dragon_app.cli import main

COLOURS = {"red": (200, 60, 60), "blue": (60, 60, 200)}


def draw(folder: Path, count: int, *, seed: int) -> None:
    """Write photos of two classes that differ in colour into a folder for each."""
    noise = np.random.default_rng(seed)
    for name, colour in COLOURS.items():
        (folder / name).mkdir(parents=True)
        for n in range(count):
            patches = np.clip(noise.normal(colour, 60, (12, 12, 3)), 0, 255).astype(np.uint8)
            photo = Image.fromarray(patches).resize((96, 80), Image.Resampling.BILINEAR)
            photo.save(folder / name / f"{n}.jpg", quality=90)


def test_photos_are_added_learned_measured_and_named(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def shell(*arguments: str | Path) -> Any:
        code = main(["--workspace", str(folder), *map(str, arguments), "--json"])
        out, err = capsys.readouterr()
        assert code == 0, err
        return json.loads(out)

    draw(tmp_path / "known", 10, seed=1)
    draw(tmp_path / "new", 4, seed=2)
    assert shell("add", tmp_path / "known")["added"] == 20
    run = shell("train", "--preset", "quick", "--weights", "starter", "--image-size", "64")
    assert (run["status"], run["run"]) == ("finished", 1)
    measured = shell("evaluate", tmp_path / "new")
    assert measured["n"] == 8
    assert measured["accuracy"] > 0.5
    named = shell("predict", tmp_path / "new" / "red" / "0.jpg", "--top", "1")
    assert named["predictions"][0]["classes"][0]["name"] == "red"
    assert shell("status")["try_run"] == 1
