"""A trained network on the disk: a folder with its weights and what is needed to use them.

The folder appears under its name only when it is whole; what is read back is checked.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from dragon_app import __version__
from dragon_app.core.config import FinetuneConfig
from dragon_app.core.disk import make_folder, sync_folder
from dragon_app.core.errors import DragonError, TrainingError, WeightsError
from dragon_app.vision.backbone import Network, empty_network
from dragon_app.vision.transforms import EvalTransform
from dragon_app.vision.weights import file_sha256

WEIGHTS = "model.safetensors"
META = "meta.json"
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """What is known about a checkpoint beside its weights."""

    backbone: str
    class_names: tuple[str, ...]
    transform: EvalTransform
    config: FinetuneConfig
    weights: str  # where the first weights came from, in plain words
    snapshot_digest: str
    epoch: int
    val_accuracy: float
    val_loss: float


def save(state: Mapping[str, Tensor], meta: Meta, folder: Path, name: str) -> Path:
    """Write a network's state as `folder/name`; raise `TrainingError` when the disk refuses."""
    target = folder / name
    partial: Path | None = None
    try:
        make_folder(folder)
        partial = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=folder))
        _write(state, meta, partial)
        if target.exists():
            shutil.rmtree(target)
        partial.chmod(0o755)
        partial.rename(target)
        sync_folder(folder)
    except (OSError, SafetensorError) as error:
        raise TrainingError(
            f"What was learned could not be saved in {folder} ({error}). Make room there."
        ) from error
    finally:
        if partial is not None:
            shutil.rmtree(partial, ignore_errors=True)
    return target


def _write(state: Mapping[str, Tensor], meta: Meta, folder: Path) -> None:
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in state.items()}
    save_file(tensors, folder / WEIGHTS)
    facts = {
        "format": FORMAT,
        "backbone": meta.backbone,
        "class_names": meta.class_names,
        "transform": asdict(meta.transform),
        "config": json.loads(meta.config.to_json()),
        "weights": meta.weights,
        "snapshot_digest": meta.snapshot_digest,
        "epoch": meta.epoch,
        "val_accuracy": meta.val_accuracy,
        "val_loss": meta.val_loss,
        "sha256": file_sha256(folder / WEIGHTS),
        "versions": {
            "dragon_app": __version__,
            "torch": version("torch"),
            "torchvision": version("torchvision"),
        },
    }
    (folder / META).write_text(json.dumps(facts, indent=1, ensure_ascii=False), "utf-8")
    for path in (folder / WEIGHTS, folder / META):
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    sync_folder(folder)


def digest(checkpoint: Path) -> str:
    """Return the SHA-256 of a checkpoint's weights, as it was when they were written."""
    return _read_meta(checkpoint / META)[1]


def load(checkpoint: Path) -> tuple[Network, Meta]:
    """Read a checkpoint on the CPU; raise `WeightsError` when it is absent or damaged."""
    meta, sha256 = _read_meta(checkpoint / META)
    path = checkpoint / WEIGHTS
    try:
        if file_sha256(path) != sha256:
            raise WeightsError(_damaged(path, "its checksum is wrong"))
        tensors = load_file(path)
        network = empty_network(
            meta.backbone,
            classes=len(meta.class_names),
            image_size_px=meta.transform.crop_px,
        )
        network.load_state_dict(tensors, assign=True)
    except WeightsError:
        raise
    except (OSError, SafetensorError, RuntimeError, DragonError) as error:
        raise WeightsError(_damaged(path, str(error).splitlines()[0])) from error
    return network, meta


def _read_meta(path: Path) -> tuple[Meta, str]:
    try:
        facts = json.loads(path.read_text("utf-8"))
        if facts["format"] != FORMAT:
            raise WeightsError(
                f"The model in {path.parent} was saved by another version of the app; train again."
            )
        seen = facts["transform"]
        transform = EvalTransform(
            **{**seen, "mean": tuple(seen["mean"]), "std": tuple(seen["std"])}
        )
        meta = Meta(
            backbone=str(facts["backbone"]),
            class_names=tuple(map(str, facts["class_names"])),
            transform=transform,
            config=FinetuneConfig.from_json(json.dumps(facts["config"])),
            weights=str(facts["weights"]),
            snapshot_digest=str(facts["snapshot_digest"]),
            epoch=int(facts["epoch"]),
            val_accuracy=float(facts["val_accuracy"]),
            val_loss=float(facts["val_loss"]),
        )
        return meta, str(facts["sha256"])
    except WeightsError:
        raise
    except (OSError, ValueError, LookupError, TypeError, DragonError) as error:
        raise WeightsError(_damaged(path, str(error))) from error


def _damaged(path: Path, reason: str) -> str:
    return (
        f"The saved model {path} is missing or damaged ({reason}). Use another run or train again."
    )
