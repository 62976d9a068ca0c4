"""A model taken away answers as it did in the app, in a process that cannot see the app."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.metrics import percent
from dragon_app.core.temperature import tempered
from dragon_app.imaging.decode import decode_file
from dragon_app.services.packing import Package
from dragon_app.standalone import predict
from dragon_app.vision import checkpoint
from dragon_app.vision.backbone import random_network
from dragon_app.vision.portable import describe
from dragon_app.vision.predictor import load_predictor
from dragon_app.vision.transforms import EvalTransform

CLASSES = ("a", "größer", "c")


def save(folder: Path, backbone: str, *, size_px: int = 64) -> Path:
    """Keep a checkpoint of random weights whose answers differ from photo to photo."""
    generator = torch.Generator().manual_seed(0)
    network = random_network(backbone, classes=3, image_size_px=size_px, generator=generator)
    network.head.linear.weight.data.normal_(generator=generator)
    network.head.mean.normal_(generator=generator)
    meta = checkpoint.Meta(
        backbone=backbone,
        class_names=CLASSES,
        transform=EvalTransform(resize_px=size_px + 9, crop_px=size_px),
        config=FinetuneConfig(backbone=backbone),
        weights="random",
        snapshot_digest="",
        epoch=1,
        val_accuracy=0.5,
        val_loss=0.0,
    )
    return checkpoint.save(network.state_dict(), meta, folder, "best-0001")


def draw_odd_photos(folder: Path) -> list[Path]:
    """Write photos of kinds that are easily read differently."""
    folder.mkdir()
    draw = np.random.default_rng(0).integers
    colours = Image.fromarray(draw(0, 256, (20, 30, 3), np.uint8)).resize((600, 400))
    deep = Image.fromarray(draw(0, 4096, (90, 120), np.uint16))  # of a 12-bit sensor
    exif = Image.Exif()
    exif[0x0112] = 6
    colours.save(folder / "turned.jpg", exif=exif)
    colours.convert("CMYK").save(folder / "cmyk.jpg")
    colours.convert("L").save(folder / "grey.jpg")
    deep.save(folder / "deep.png")
    clear = colours.copy()
    clear.putalpha(colours.getchannel("G"))
    clear.save(folder / "clear.png")
    colours.convert("P").save(folder / "palette.gif", transparency=3)
    colours.resize((2000, 90)).save(folder / "panorama.webp")
    colours.resize((1, 1)).save(folder / "dot.bmp")
    return sorted(folder.iterdir())


def test_unpacked_in_an_empty_folder_it_answers_as_the_app_does(tmp_path: Path) -> None:
    photos = draw_odd_photos(tmp_path / "photos")
    folder = save(tmp_path / "run", "squeezenet1_1")
    model = describe(folder, temperature=2.0)
    weights = model.weights_file.open("rb")
    package = Package(file_name="model.zip", readme="", model=model, weights=weights)
    zipfile.ZipFile(io.BytesIO(b"".join(package.pieces()))).extractall(tmp_path / "away")
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no photo")

    def python(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-X", "utf8", *map(str, arguments)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8")

    assert "No module named 'dragon_app'" in python("-c", "import dragon_app").stderr
    told = python(tmp_path / "away" / "predict.py", *photos, broken, "--json")
    answers = [json.loads(line) for line in told.stdout.splitlines()]
    assert (told.returncode, len(answers)) == (1, len(photos))
    assert "broken.jpg could not be read" in told.stderr

    app = load_predictor(folder, device="cpu")
    read = [decode_file(path, shortest_px=app.decode_px) for path in photos]
    expected = tempered(app.probabilities(read), 2.0)
    found = [[answer["classes"][name] for name in CLASSES] for answer in answers]
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert expected.std(axis=0).max() > 0.01  # they are not all one answer


@pytest.mark.parametrize(
    "backbone", ["shufflenet_v2_x0_5", "googlenet", "mobilenet_v3_small", "swin_t"]
)
def test_every_kind_of_head_is_rebuilt(tmp_path: Path, backbone: str) -> None:
    folder = save(tmp_path, backbone)
    facts = json.loads(describe(folder, temperature=1.0).facts)
    rebuilt = predict.build(facts)
    network, _ = checkpoint.load(folder)
    rebuilt.load_state_dict(network.state_dict())
    images = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        torch.testing.assert_close(rebuilt.eval()(images), network.eval()(images))


@pytest.mark.parametrize("share", [0, 0.005, 0.125, 0.5, 0.9949, 0.995, 0.9996, 1 - 1e-9, 1])
def test_it_says_shares_as_the_app_does(share: float) -> None:
    assert predict.percent(share) == percent(share)
