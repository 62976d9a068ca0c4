"""What ships: half-precision weights without a classifier, and a card that says where they are
from. Trains nothing.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import save
from starter_recipe import Recipe
from starter_views import MEAN, STD
from torch import Tensor, nn

from dragon_app.core.disk import write_file

MARGIN = 1.14  # of the photo's shorter side over the crop, as the first starter had it
TERMS = "ImageNet terms: non-commercial research and education"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the weights come from, in words and numbers, for the card."""

    data: str
    photos: int
    classes: int
    terms: str
    started_from: str
    hours: float
    scores: dict[str, object]


def export(body: nn.Module, recipe: Recipe, origin: Origin, *, folder: Path, input_px: int) -> Path:
    """Write `ARCHITECTURE.safetensors` and its card; return the card's path."""
    weights = save(half_precision(body.state_dict()))
    name = recipe.architecture
    write_file(folder / f"{name}.safetensors", weights)
    card = {
        "architecture": f"torchvision.models.{name}",
        "file": f"{name}.safetensors",
        "sha256": hashlib.sha256(weights).hexdigest(),
        "dtype": "float16",
        "contains": "state_dict without the classifier",
        "input": {
            "mean": MEAN,
            "std": STD,
            "resize": round(input_px * MARGIN),
            "crop": input_px,
            "interpolation": "bilinear, antialias",
        },
        "data": {
            "photos": origin.data,
            "count": origin.photos,
            "classes": origin.classes,
        },
        "terms": origin.terms,
        "from": origin.started_from,
        "recipe": asdict(recipe),
        "seed": recipe.seed,
        "hours": round(origin.hours, 2),
        "scores": origin.scores,
    }
    target = folder / f"{name}.json"
    write_file(target, (json.dumps(card, indent=1) + "\n").encode())
    return target


def half_precision(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return numbers as float16 and counters as they are."""
    largest = torch.finfo(torch.float16).max
    return {
        name: (tensor.clamp(-largest, largest).half() if tensor.is_floating_point() else tensor)
        .detach()
        .cpu()
        .contiguous()
        for name, tensor in tensors.items()
    }
