import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from dragon_app.core.config import FinetuneConfig, WeightsSource
from dragon_app.core.errors import WeightsError
from dragon_app.vision.origin import origin_of
from dragon_app.vision.sources import starter


def test_weights_are_known_by_the_digest_of_their_file() -> None:
    own = starter()
    assert own is not None
    told = origin_of(FinetuneConfig(backbone=own.backbone, weights=WeightsSource.STARTER))
    assert told.weights_digest == hashlib.sha256(own.path.read_bytes()).hexdigest() == own.sha256


def test_random_weights_have_no_digest(small: FinetuneConfig) -> None:
    told = origin_of(small)
    assert (told.weights_digest, told.device) == ("", "cpu")
    assert told.threads == torch.get_num_threads()


def test_weights_that_are_gone_are_said_in_words(small: FinetuneConfig, tmp_path: Path) -> None:
    gone = replace(small, weights=WeightsSource.FILE, weights_file=str(tmp_path / "w.safetensors"))
    with pytest.raises(WeightsError, match="cannot be read"):
        origin_of(gone)
    with pytest.raises(WeightsError, match="not on this machine"):
        origin_of(replace(small, weights=WeightsSource.IMAGENET))
