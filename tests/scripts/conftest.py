"""Tiny photos of three colours, in class folders and packed; a recipe of a few steps."""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dragon_app.vision.pair import wait_quietly

SCRIPTS = Path(__file__).parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))
wait_quietly()

COLOURS = {"blue": (40, 60, 200), "green": (40, 180, 60), "red": (200, 40, 40)}
PER_CLASS = 12

Pretrain = Callable[..., int]


def picture(name: str, seed: int) -> Image.Image:
    noise = np.random.default_rng(seed).normal(0, 30, (40, 50, 3))
    pixels = np.clip(noise + np.array(COLOURS[name]), 0, 255).astype(np.uint8)
    return Image.fromarray(pixels)


@pytest.fixture(autouse=True)
def threads_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the scripts from changing the threads of the tests that follow."""
    monkeypatch.setattr("torch.set_num_threads", lambda _: None)


@pytest.fixture
def class_folders(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    for place, name in enumerate(COLOURS):
        (folder / name).mkdir(parents=True)
        for number in range(PER_CLASS):
            picture(name, 100 * place + number).save(folder / name / f"{number:02}.png")
    return folder


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    folder = tmp_path / "packed"
    folder.mkdir()
    parts = [b"", b""]
    rows = []
    for number in range(10):
        data = io.BytesIO()
        picture("blue" if number % 2 else "red", number).save(data, "WEBP", quality=90)
        part = number // 5
        rows.append((part, len(parts[part]), len(data.getvalue()), number % 2))
        parts[part] += data.getvalue()
    for part, content in enumerate(parts):
        (folder / f"images-{part}.bin").write_bytes(content)
    table = np.array(rows)
    np.savez(
        folder / "index.npz",
        part=table[:, 0].astype(np.uint8),
        offset=table[:, 1].astype(np.uint32),
        length=table[:, 2].astype(np.uint16),
        label=table[:, 3].astype(np.uint16),
    )
    (folder / "classes.tsv").write_text("n1\tred\nn2\tblue\n")
    return folder


@pytest.fixture
def pretrain(class_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pretrain:
    """Run the script with a tiny recipe, here; the run's folder is named by its first word."""
    import pretrain_starter

    monkeypatch.setattr("os.nice", lambda _: 0)

    def run(name: str, *more: str) -> int:
        tiny = "--architecture shufflenet_v2_x0_5 --steps 4 --batch 8 --workers 2 --warmup 1"
        sizes = "--sizes 32 --cooldown-px 40 --side 40 --input 40 --projector 16"
        folders = ["--run", str(tmp_path / name), "--out", str(tmp_path / name / "out")]
        options = [*folders, *tiny.split(), *sizes.split(), *more]
        return pretrain_starter.main(["--data", str(class_folders), *options])

    return run
