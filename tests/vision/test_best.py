"""The best epoch of a run."""

from pathlib import Path

import pytest
import torch

from dragon_app.core.config import FinetuneConfig
from dragon_app.vision import best as best_module
from dragon_app.vision import checkpoint
from dragon_app.vision.backbone import Network, random_network
from dragon_app.vision.best import Best
from dragon_app.vision.checkpoint import Meta
from dragon_app.vision.measure import Measurement
from dragon_app.vision.transforms import EvalTransform

NAME = "shufflenet_v2_x0_5"
HEAD = "head.linear.weight"


@pytest.fixture
def network() -> Network:
    generator = torch.Generator().manual_seed(0)
    return random_network(NAME, classes=2, image_size_px=32, generator=generator)


def _offer(best: Best, network: Network, epoch: int, loss: float) -> bool:
    """Let the head become the epoch's number, and offer it."""
    network.head.linear.weight.data.fill_(epoch)
    measured = Measurement(loss=loss, confusion=((1, 1), (0, 2)))
    meta = Meta(
        backbone=NAME,
        class_names=("a", "b"),
        transform=EvalTransform(resize_px=36, crop_px=32),
        config=FinetuneConfig(),
        weights="none",
        snapshot_digest="",
        epoch=epoch,
        val_accuracy=measured.accuracy,
        val_loss=loss,
    )
    return best.offer(measured, meta)


def test_the_best_epoch_is_kept_not_the_last(network: Network, tmp_path: Path) -> None:
    best = Best(network, changing={HEAD}, folder=tmp_path)
    offers = [_offer(best, network, epoch, loss) for epoch, loss in enumerate((3, 1, 2), 1)]
    assert offers == [True, True, False]
    assert list(tmp_path.iterdir()) == []
    best.keep()
    assert best.saved is not None
    kept, meta = checkpoint.load(best.saved.path)
    assert (meta.epoch, best.saved.epoch, best.saved.measured.loss) == (2, 2, 1)
    assert best.epochs_done == 3
    assert (kept.head.linear.weight == 2).all()


def test_a_long_run_saves_on_its_way_and_deletes_what_was_worse(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(best_module, "SAVE_EVERY_S", 0.0)
    best = Best(network, changing={HEAD}, folder=tmp_path)
    for epoch, loss in enumerate((3, 2, 1), 1):
        _offer(best, network, epoch, loss)
        assert [path.name for path in tmp_path.iterdir()] == [f"best-{epoch:04d}"]
    network.head.linear.weight.data.fill_(9)
    best.keep()
    assert best.saved is not None
    assert (checkpoint.load(best.saved.path)[0].head.linear.weight == 3).all()


def test_without_an_epoch_nothing_is_kept(network: Network, tmp_path: Path) -> None:
    best = Best(network, changing={HEAD}, folder=tmp_path)
    best.keep()
    assert best.saved is None
    assert list(tmp_path.iterdir()) == []
