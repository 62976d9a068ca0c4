"""A checkpoint that answers."""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from dragon_app.core.config import Arithmetic, FinetuneConfig
from dragon_app.core.errors import WeightsError
from dragon_app.core.heat import HeatMethod
from dragon_app.core.ports import Pixels, Predictor
from dragon_app.core.vectors import Floats
from dragon_app.imaging.decode import decode_bytes
from dragon_app.vision import checkpoint
from dragon_app.vision.backbone import random_network
from dragon_app.vision.explain import explain
from dragon_app.vision.predictor import NetworkPredictor, load_predictor
from dragon_app.vision.transforms import EvalTransform


@pytest.fixture
def predictor(tmp_path: Path) -> Predictor:
    return load_predictor(save(tmp_path), device="cpu")


def save(folder: Path, *, trained_in: Arithmetic = Arithmetic.FLOAT32) -> Path:
    """Keep a checkpoint of random weights."""
    generator = torch.Generator().manual_seed(0)
    network = random_network("squeezenet1_1", classes=3, image_size_px=64, generator=generator)
    network.head.linear.weight.data.normal_(generator=generator)
    meta = checkpoint.Meta(
        backbone="squeezenet1_1",
        class_names=("a", "b", "c"),
        transform=EvalTransform(resize_px=73, crop_px=64),
        config=FinetuneConfig(backbone="squeezenet1_1", arithmetic=trained_in),
        weights="",
        snapshot_digest="",
        epoch=1,
        val_accuracy=0.0,
        val_loss=0.0,
    )
    return checkpoint.save(network.state_dict(), meta, folder, f"best-{trained_in}")


def _photos(count: int) -> list[Pixels]:
    numbers = np.random.default_rng(0)
    return [numbers.integers(0, 255, (80 + n, 100, 3), dtype=np.uint8) for n in range(count)]


def test_photos_of_any_size_get_probabilities(predictor: Predictor) -> None:
    rows = predictor.probabilities(_photos(35))
    assert rows.shape == (35, 3)
    assert rows.dtype == np.float32
    assert np.allclose(rows.sum(1), 1, atol=1e-5)
    assert not np.allclose(rows[0], rows[1])


def test_an_answer_does_not_depend_on_the_photos_beside_it(predictor: Predictor) -> None:
    photos = _photos(40)
    together = predictor.probabilities(photos)
    assert np.allclose(predictor.probabilities(photos[33:34]), together[33:34], atol=1e-5)


def test_the_memory_order_that_trained_fastest_changes_no_answer(tmp_path: Path) -> None:
    plain = load_predictor(save(tmp_path), device="cpu")
    for trained_in in (Arithmetic.FLOAT32_LAST, Arithmetic.BFLOAT16_LAST, Arithmetic.BFLOAT16):
        other = load_predictor(save(tmp_path, trained_in=trained_in), device="cpu")
        photos = _photos(3)
        assert np.allclose(other.probabilities(photos), plain.probabilities(photos), atol=1e-5)


def odd_photo(kind: str) -> bytes:
    """Return a photo of a kind that is easily forgotten."""
    colours = Image.effect_noise((90, 60), 80).convert("RGB")
    made: dict[str, tuple[Image.Image, str]] = {
        "one pixel": (Image.new("RGB", (1, 1), "red"), "PNG"),
        "20,000 by 50 pixels": (Image.new("RGB", (20_000, 50), "red"), "PNG"),
        "animated": (colours, "GIF"),
        "CMYK": (colours.convert("CMYK"), "JPEG"),
        "16 bits": (Image.fromarray(np.full((60, 90), 40_000, np.uint16)), "PNG"),
    }
    image, form = made[kind]
    more = {"save_all": True, "append_images": [colours.rotate(180)]} if form == "GIF" else {}
    file = io.BytesIO()
    image.save(file, form, **more)
    return file.getvalue()


@pytest.mark.parametrize(
    "kind", ["one pixel", "20,000 by 50 pixels", "animated", "CMYK", "16 bits"]
)
def test_an_odd_photo_gets_probabilities(predictor: Predictor, kind: str) -> None:
    photo = decode_bytes(odd_photo(kind), shortest_px=predictor.decode_px)
    (row,) = predictor.probabilities([photo])
    assert row.sum() == pytest.approx(1, abs=1e-5)


def test_no_photo_gives_no_row(predictor: Predictor) -> None:
    assert predictor.probabilities([]).shape == (0, 3)


def test_it_tells_its_classes_and_how_large_photos_must_be(predictor: Predictor) -> None:
    assert predictor.class_names == ("a", "b", "c")
    assert predictor.decode_px == 73


def test_several_threads_get_the_same_answers(predictor: Predictor) -> None:
    photos = _photos(4)
    expected = predictor.probabilities(photos)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: predictor.probabilities(photos), range(8)))
    assert all(np.allclose(answer, expected, atol=1e-5) for answer in answers)


def test_an_explanation_waits_until_nobody_else_runs_the_network(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(predictor, NetworkPredictor)
    running = predictor._running
    is_alone: list[bool] = []

    def seen(*asked: Any) -> tuple[Floats, HeatMethod]:
        is_alone.append(running.locked())
        return explain(*asked)

    monkeypatch.setattr("dragon_app.vision.predictor.explain", seen)
    assert predictor.explain(_photos(1)[0], 0).method is HeatMethod.GRAD_CAM
    assert is_alone == [True]
    assert not running.locked()


def test_a_photo_that_may_not_be_written_to_is_read(predictor: Predictor) -> None:
    photo = _photos(1)[0]
    photo.flags.writeable = False
    assert predictor.probabilities([photo]).shape == (1, 3)


def test_a_folder_without_a_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="missing or damaged"):
        load_predictor(tmp_path / "none")
