"""Where pretrained weights come from and how each reads a photo. Reads no tensors, no network."""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torchvision.models import get_model_weights

from dragon_app.core.config import WeightsSource
from dragon_app.core.errors import WeightsError
from dragon_app.core.networks import StarterInfo
from dragon_app.vision.backbone import DEFAULT_SIZE_PX, check_name, normalises_itself
from dragon_app.vision.transforms import EvalTransform

STARTER_FOLDER = Path(__file__).parents[2] / "data" / "starter"
PLAIN_TRANSFORM = EvalTransform(resize_px=256, crop_px=DEFAULT_SIZE_PX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pretrained:
    """Weights for a backbone without its head, how it reads photos, and plain words on both.

    `path` is none when there are no weights: the backbone starts at random.
    """

    words: str
    transform: EvalTransform
    path: Path | None = None
    sha256_prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """The backbone that comes with the app, as its card describes it."""

    backbone: str
    path: Path
    sha256: str
    transform: EvalTransform
    info: StarterInfo


def starter(folder: Path = STARTER_FOLDER) -> Starter | None:
    """Read the starter's card; none when the app came without one."""
    for card in sorted(folder.glob("*.json")):
        try:
            facts = json.loads(card.read_text())
            seen = facts["input"]
            path = folder / facts["file"]
            return Starter(
                backbone=facts["architecture"].rpartition(".")[2],
                path=path,
                sha256=facts["sha256"],
                transform=EvalTransform(
                    resize_px=seen["resize"],
                    crop_px=seen["crop"],
                    mean=tuple(seen["mean"]),
                    std=tuple(seen["std"]),
                    interpolation=seen["interpolation"].partition(",")[0],
                ),
                info=StarterInfo(
                    megabytes=path.stat().st_size / 1e6,
                    image_size_px=seen["crop"],
                    terms=str(facts["terms"]),
                    probes=_probes(facts),
                ),
            )
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise WeightsError(
                f"The starter's card {card.name} is damaged; fetch the app again."
            ) from error
    return None


def _probes(card: dict[str, Any]) -> tuple[tuple[str, float], ...]:
    """Return what the yardstick said; the early card had numbers alone, and random weights' too."""
    told = card.get("scores", card).get("linear_probe_100_per_class", {})
    shares = {
        name: each["accuracy"] if isinstance(each, dict) else each for name, each in told.items()
    }
    return tuple((name, float(shares[name])) for name in shares if "random" not in name)


def imagenet_weights(name: str) -> Any:
    """Return torchvision's own description of its best ImageNet weights for a backbone."""
    check_name(name)
    weights: Any = get_model_weights(name)
    return weights.DEFAULT


def imagenet_path(name: str) -> Path:
    """Return where torchvision keeps the ImageNet weights of a backbone, present or not."""
    return Path(torch.hub.get_dir()) / "checkpoints" / imagenet_url(name).rpartition("/")[2]


def imagenet_url(name: str) -> str:
    """Return where torchvision's ImageNet weights of a backbone can be fetched."""
    return str(imagenet_weights(name).url)


def is_here(name: str) -> bool:
    """Whether a backbone's ImageNet weights lie on this machine."""
    return imagenet_path(name).is_file()


def imagenet_transform(name: str) -> EvalTransform:
    """Return how torchvision's weights of a backbone read a photo."""
    preset = imagenet_weights(name).transforms()
    seen = EvalTransform(
        resize_px=preset.resize_size[0],
        crop_px=preset.crop_size[0],
        mean=tuple(preset.mean),
        std=tuple(preset.std),
        interpolation=preset.interpolation.value,
    )
    if not normalises_itself(name):
        return seen
    half = (0.5, 0.5, 0.5)
    return replace(seen, mean=half, std=half)


def choose(source: WeightsSource, name: str, file: str | None = None) -> Pretrained:
    """Find the weights that a source means for a backbone; downloads nothing."""
    check_name(name)
    match source:
        case WeightsSource.STARTER:
            return _from_starter(name)
        case WeightsSource.IMAGENET:
            return _from_imagenet(name)
        case WeightsSource.FILE:
            path = Path(file or "")
            words = f"file {path.name}"
            return Pretrained(words=words, transform=imagenet_transform(name), path=path)
        case WeightsSource.NONE:
            return Pretrained(words="none (random)", transform=PLAIN_TRANSFORM)
        case WeightsSource.AUTO:
            return _automatic(name)


def _automatic(name: str) -> Pretrained:
    if is_here(name):
        return _from_imagenet(name)
    own = starter()
    if own is not None and own.backbone == name:
        return _from_starter(name)
    words = f"none (random): no pretrained weights for {name} on this machine"
    return Pretrained(words=words, transform=PLAIN_TRANSFORM)


def _from_starter(name: str) -> Pretrained:
    own = starter()
    if own is None:
        raise WeightsError("This copy of the app has no starter weights; fetch the app again.")
    if own.backbone != name:
        raise WeightsError(
            f"The starter weights fit {own.backbone}, not {name}. Choose the backbone "
            f"{own.backbone}, or ImageNet weights for {name}."
        )
    words = f"starter ({name}, {own.transform.crop_px} px)"
    return Pretrained(words=words, transform=own.transform, path=own.path, sha256_prefix=own.sha256)


def _from_imagenet(name: str) -> Pretrained:
    path = imagenet_path(name)
    if not path.is_file():
        raise WeightsError(
            f"The ImageNet weights of {name} are not on this machine: fetch them first."
        )
    return Pretrained(
        words=f"ImageNet ({name})",
        transform=imagenet_transform(name),
        path=path,
        sha256_prefix=hash_in_name(path.name),
    )


def hash_in_name(name: str) -> str:
    """Return the start of the SHA-256 that torchvision writes into its file names, or nothing."""
    found = re.search(r"-([0-9a-f]{8,})\.", name)
    return found[1] if found else ""
