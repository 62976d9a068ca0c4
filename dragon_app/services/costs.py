"""What trainings cost here, as it was measured. Kept as JSON: looking it up loads no torch."""

import hashlib
import json
import platform
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.disk import write_file
from dragon_app.core.errors import WorkspaceError
from dragon_app.core.networks import FreezeCost, StageInfo, TrainingCosts

# Settings that change what a photo costs, or how much memory a batch takes.
_COUNT = (
    "backbone",
    "weights",
    "weights_file",
    "image_size_px",
    "batch_size",
    "optimizer",
    "augment",
    "device",
    "arithmetic",
)


class CostBook:
    """The measured costs of a workspace. Safe from several threads: files are replaced whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, config: FinetuneConfig, *, photos: int) -> TrainingCosts | None:
        """Return the costs for so many photos; none when they were not measured here."""
        try:
            kept = _costs(json.loads(self._path(config).read_text("utf-8")))
        except (OSError, ValueError, LookupError, TypeError):
            return None
        return scaled(kept, photos)

    def keep(self, config: FinetuneConfig, costs: TrainingCosts) -> None:
        """Remember costs, whatever the number of photos they were measured for.

        Raise `WorkspaceError` when the disk refuses: what is not kept would be measured for ever.
        """
        path = self._path(config)
        try:
            write_file(path, json.dumps(asdict(costs)).encode(), is_durable=False)
        except OSError as error:
            raise WorkspaceError(
                f"What was measured cannot be kept in {path.parent} ({error.strerror}). Make room "
                "there and ask again."
            ) from error

    def speeds(self) -> dict[tuple[str, int], float]:
        """Return the photos per second of what was measured, by backbone and image size."""
        found: dict[tuple[str, int], float] = {}
        for path in self._folder.glob(f"*-{_machine()}.json"):
            try:
                kept = _costs(json.loads(path.read_text("utf-8")))
            except (OSError, ValueError, LookupError, TypeError):
                continue
            found[kept.backbone, kept.image_size_px] = kept.photos_per_s
        return found

    def _path(self, config: FinetuneConfig) -> Path:
        return self._folder / f"{costs_key(config)}-{_machine()}.json"


def costs_key(config: FinetuneConfig) -> str:
    """Return what is the same for all settings with the same costs."""
    settings = json.loads(config.to_json())
    counting = json.dumps([settings[name] for name in _COUNT])
    return hashlib.sha256(counting.encode()).hexdigest()[:16]


def scaled(costs: TrainingCosts, photos: int) -> TrainingCosts:
    """Return the same costs for another number of photos: every second is spent on photos."""
    factor = photos / costs.photos
    return replace(
        costs,
        photos=photos,
        by_frozen=tuple(
            replace(each, once_s=each.once_s * factor, epoch_s=each.epoch_s * factor)
            for each in costs.by_frozen
        ),
    )


def _machine() -> str:
    """Return a short name for this machine and its torch, which together decide the speed."""
    try:
        torch = version("torch")
    except PackageNotFoundError:
        torch = "none"
    facts = f"{platform.node()} {platform.machine()} {torch}"
    return hashlib.sha256(facts.encode()).hexdigest()[:8]


def _costs(kept: dict[str, Any]) -> TrainingCosts:
    stages = tuple(
        StageInfo(**{**each, "modules": tuple(each["modules"])}) for each in kept["stages"]
    )
    by_frozen = tuple(FreezeCost(**each) for each in kept["by_frozen"])
    costs = TrainingCosts(**{**kept, "stages": stages, "by_frozen": by_frozen})
    if costs.photos < 1 or len(by_frozen) != len(stages) + 1:
        raise ValueError(f"costs of {costs.backbone} are incomplete")
    return costs
