"""One epoch on each of ten architectures, the last stage learning: what is frozen stays."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from dragon_app.core.config import FinetuneConfig, Freeze
from dragon_app.core.training import CacheFolder, RunFolders, TrainingPhotos
from dragon_app.imaging.decode import decode_file
from dragon_app.vision.backbone import anatomy, random_network
from dragon_app.vision.finetune import finetune
from dragon_app.vision.predictor import load_predictor
from tests.architectures import TEN

MakePhotos = Callable[..., TrainingPhotos]

SIZE_PX = 32


def _first_tensors(name: str, *, classes: int, seed: int) -> dict[str, Tensor]:
    network = random_network(
        name,
        classes=classes,
        image_size_px=SIZE_PX,
        generator=torch.Generator().manual_seed(seed),
    )
    return network.state_dict()


def _frozen_tensors(name: str, tensors: Iterable[str]) -> set[str]:
    """Return the tensors of all stages but the last."""
    parts = anatomy(name, SIZE_PX)
    modules = {
        f"body.{module}".rstrip(".")
        for module, stage in parts.stage_of.items()
        if stage < len(parts.stages)
    }
    return {tensor for tensor in tensors if tensor.rpartition(".")[0] in modules}


@pytest.mark.parametrize("name", TEN)
def test_an_epoch_moves_the_last_stage_alone_and_leaves_a_checkpoint_that_answers(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, name: str
) -> None:
    photos = make_photos((5, 4), (1, 1))
    config = replace(
        small, backbone=name, image_size_px=SIZE_PX, epochs=1, freeze=Freeze.ALL_BUT_LAST_STAGE
    )
    before = _first_tensors(name, classes=2, seed=config.seed)
    folders = RunFolders(checkpoints=tmp_path / "run", cache=CacheFolder(path=tmp_path / "cache"))
    result = finetune(config, photos, folders, report=lambda event: None, should_stop=lambda: False)

    after = load_file(result.checkpoint / "model.safetensors")
    moved = {tensor for tensor in before if not after[tensor].equal(before[tensor])}
    frozen = _frozen_tensors(name, before)
    assert frozen
    assert not frozen & moved  # weights and BatchNorm's statistics, bit for bit
    assert "head.linear.weight" in moved
    assert any(tensor.startswith("body.") for tensor in moved)

    predictor = load_predictor(result.checkpoint, device="cpu")
    rows = predictor.probabilities([decode_file(photos.val[0].path)])
    assert rows.shape == (1, 2)
    np.testing.assert_allclose(rows.sum(1), 1, atol=1e-5)
