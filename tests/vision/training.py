"""A training in a folder, with its cache beside it."""

from collections.abc import Callable
from pathlib import Path

from safetensors.torch import load_file
from torch import Tensor

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.training import (
    CacheFolder,
    FinetuneResult,
    RunFolders,
    TrainingEvent,
    TrainingPhotos,
)
from dragon_app.vision.finetune import finetune


def train(
    config: FinetuneConfig,
    photos: TrainingPhotos,
    folder: Path,
    *,
    events: list[TrainingEvent] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    standing: Path | None = None,
) -> FinetuneResult:
    """Train into a folder; `events` takes what is told."""
    told = events if events is not None else []
    cache = CacheFolder(path=folder.parent / "cache")
    folders = RunFolders(checkpoints=folder, cache=cache, standing=standing)
    return finetune(config, photos, folders, report=told.append, should_stop=should_stop)


def weights(result: FinetuneResult) -> dict[str, Tensor]:
    """Return the tensors of a run's checkpoint."""
    tensors: dict[str, Tensor] = load_file(result.checkpoint / "model.safetensors")
    return tensors
