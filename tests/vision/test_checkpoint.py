"""Checkpoints on the disk."""

import json
from pathlib import Path

import pytest
import torch

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import TrainingError, WeightsError
from dragon_app.vision import checkpoint
from dragon_app.vision.backbone import Network, random_network
from dragon_app.vision.transforms import EvalTransform

META = checkpoint.Meta(
    backbone="squeezenet1_1",
    class_names=("Drache", "Ritter Küniñ"),
    transform=EvalTransform(resize_px=73, crop_px=64, interpolation="bicubic"),
    config=FinetuneConfig(backbone="squeezenet1_1", freeze=2),
    weights="none (random)",
    snapshot_digest="abc",
    epoch=3,
    val_accuracy=0.5,
    val_loss=0.7,
)


@pytest.fixture
def network() -> Network:
    generator = torch.Generator().manual_seed(0)
    return random_network("squeezenet1_1", classes=2, image_size_px=64, generator=generator)


@pytest.fixture
def saved(network: Network, tmp_path: Path) -> Path:
    return checkpoint.save(network.state_dict(), META, tmp_path / "run", "best-0003")


def test_what_was_saved_is_loaded(network: Network, saved: Path) -> None:
    loaded, meta = checkpoint.load(saved)
    assert meta == META
    tensors = network.state_dict()
    assert all(tensor.equal(tensors[name]) for name, tensor in loaded.state_dict().items())


def test_nothing_but_the_checkpoint_is_left(saved: Path) -> None:
    assert list(saved.parent.iterdir()) == [saved]
    assert sorted(path.name for path in saved.iterdir()) == ["meta.json", "model.safetensors"]


def test_saving_again_replaces(network: Network, saved: Path) -> None:
    again = checkpoint.save(network.state_dict(), META, saved.parent, saved.name)
    assert again == saved
    assert list(saved.parent.iterdir()) == [saved]


def test_one_changed_byte_in_the_weights_is_found(saved: Path) -> None:
    path = saved / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"model\.safetensors is missing or damaged"):
        checkpoint.load(saved)


@pytest.mark.parametrize("name", ["meta.json", "model.safetensors"])
def test_a_missing_file_is_named(saved: Path, name: str) -> None:
    (saved / name).unlink()
    with pytest.raises(WeightsError, match=f"{name} is missing or damaged"):
        checkpoint.load(saved)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 1}', '{"format": 1, "config": 3}'])
def test_a_damaged_meta_file_is_named(saved: Path, text: str) -> None:
    (saved / "meta.json").write_text(text)
    with pytest.raises(WeightsError, match=r"meta\.json is missing or damaged"):
        checkpoint.load(saved)


def test_a_checkpoint_of_another_format_is_told_apart_from_damage(saved: Path) -> None:
    facts = json.loads((saved / "meta.json").read_text())
    (saved / "meta.json").write_text(json.dumps({**facts, "format": 99}))
    with pytest.raises(WeightsError, match="another version of the app"):
        checkpoint.load(saved)


@pytest.mark.parametrize("change", [{"class_names": ["a"]}, {"backbone": "nonet"}])
def test_weights_that_do_not_fit_their_meta_are_damaged(
    saved: Path, change: dict[str, object]
) -> None:
    facts = json.loads((saved / "meta.json").read_text())
    (saved / "meta.json").write_text(json.dumps({**facts, **change}))
    with pytest.raises(WeightsError, match="missing or damaged"):
        checkpoint.load(saved)


def test_a_folder_that_cannot_be_written_is_named(network: Network, tmp_path: Path) -> None:
    (tmp_path / "run").touch()
    with pytest.raises(TrainingError, match=r"could not be saved in .*run"):
        checkpoint.save(network.state_dict(), META, tmp_path / "run", "best-0001")
