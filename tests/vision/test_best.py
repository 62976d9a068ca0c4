"""The best epoch of a run."""

from pathlib import Path

import pytest
import torch

from dragon_app.core.config import FinetuneConfig
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


def test_what_was_kept_stays_and_is_not_written_again(network: Network, tmp_path: Path) -> None:
    best = Best(network, changing={HEAD}, folder=tmp_path)
    _offer(best, network, 1, 3)
    assert best.keep()
    assert not best.keep()
    _offer(best, network, 2, 2)
    _offer(best, network, 3, 9)
    assert best.keep()
    assert {path.name for path in tmp_path.iterdir()} == {"best-0001", "best-0002"}
    assert best.saved is not None
    assert (checkpoint.load(best.saved.path)[0].head.linear.weight == 2).all()


def test_an_earlier_sittings_best_counts_and_its_folder_is_not_touched(
    network: Network, tmp_path: Path
) -> None:
    before = Best(network, changing={HEAD}, folder=tmp_path)
    _offer(before, network, 2, 1)
    before.keep()
    best = Best(network, changing={HEAD}, folder=tmp_path, saved=before.saved)
    assert not _offer(best, network, 2, 1.5)
    assert not best.keep()
    assert _offer(best, network, 2, 0.5)
    best.keep()
    assert {path.name for path in tmp_path.iterdir()} == {"best-0002", "best-0002-2"}


def test_without_an_epoch_nothing_is_kept(network: Network, tmp_path: Path) -> None:
    best = Best(network, changing={HEAD}, folder=tmp_path)
    best.keep()
    assert best.saved is None
    assert list(tmp_path.iterdir()) == []
