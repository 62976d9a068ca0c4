"""Name what is on photos with the model that lies beside this file. Needs no other program.

In a shell: `python predict.py PHOTO ...`. In a program: `answer = load()`, then
`answer(Path("a.jpg"))` gives each class a probability.
"""

import argparse
import contextlib
import json
import math
import sys
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageOps
from safetensors.torch import load_file
from torch import Tensor, nn
from torchvision.models import get_model_builder
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional

HERE = Path(__file__).resolve().parent
LONGEST_SIDES = 3  # of a panorama, the middle: this many times its shorter side
DEPTHS = (2**8 - 1, 2**10 - 1, 2**12 - 1, 2**14 - 1, 2**16 - 1)  # what sensors call white
# Pillow lets nearly every kind of error through on damaged files.
UNREADABLE = (OSError, ValueError, SyntaxError, LookupError, TypeError, EOFError, MemoryError)

with contextlib.suppress(ImportError):  # HEIC, where pillow-heif is installed
    from pillow_heif import register_heif_opener

    register_heif_opener()


class Head(nn.Module):
    """The last layer: features, centred and brought to one scale, to scores."""

    mean: Tensor
    scale: Tensor

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("scale", torch.ones(()))
        self.linear = nn.Linear(width, classes)

    def forward(self, features: Tensor) -> Tensor:
        """Return class scores (N, C) for features (N, D)."""
        scores: Tensor = self.linear((features - self.mean) / self.scale)
        return scores


def build(facts: dict[str, Any]) -> nn.Module:
    """Build the network that `model.json` describes; its weights are random."""
    body = get_model_builder(facts["backbone"])(weights=None, **facts["options"])
    pooling = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    body.set_submodule(facts["head"], pooling if facts["is_pooled"] else nn.Identity())
    for name in facts["after_head"]:
        body.set_submodule(name, nn.Identity())
    head = Head(facts["width"], len(facts["classes"]))
    return nn.Sequential(OrderedDict(body=body, head=head))


def load(folder: Path = HERE) -> Callable[[Path], dict[str, float]]:
    """Read the model in a folder; what is returned gives each class a probability."""
    facts = json.loads((folder / "model.json").read_text("utf-8"))
    network = build(facts)
    network.load_state_dict(load_file(folder / "model.safetensors"))
    network.eval()

    def answer(path: Path) -> dict[str, float]:
        images = view(read(path, facts["resize_px"]), facts)  # (1, 3, S, S)
        with torch.inference_mode():
            scores = network(images)[0] / facts["temperature"]  # (C,)
        return dict(zip(facts["classes"], scores.softmax(dim=0).tolist(), strict=True))

    return answer


def view(photo: Image.Image, facts: dict[str, Any]) -> Tensor:
    """Return the middle of a photo as a network reads it, (1, 3, S, S)."""
    pixels = torch.from_numpy(np.array(photo)).permute(2, 0, 1)  # (3, H, W)
    limit = LONGEST_SIDES * min(photo.size)
    pixels = functional.center_crop(pixels, [min(photo.height, limit), min(photo.width, limit)])
    pixels = functional.resize(
        pixels,
        [facts["resize_px"]],
        interpolation=InterpolationMode(facts["interpolation"]),
        antialias=True,
    )
    square = functional.center_crop(pixels, [facts["crop_px"]] * 2)
    normal: Tensor = functional.normalize(square.float() / 255, facts["mean"], facts["std"])
    return normal.unsqueeze(0)


def read(path: Path, shortest_px: int) -> Image.Image:
    """Read a photo upright and in RGB, large ones at a half, a quarter or an eighth."""
    with Image.open(path) as image:
        if image.format in {"JPEG", "MPO"}:
            image.draft(None, (shortest_px, shortest_px))
        image.load()
        upright = ImageOps.exif_transpose(image)
    factor = next((n for n in (8, 4, 2) if min(upright.size) >= n * shortest_px), 1)
    is_plain = upright.mode in {"L", "LA", "RGB", "RGBA", "CMYK"}
    if is_plain and "transparency" not in upright.info:
        return in_colour(upright.reduce(factor))
    return in_colour(upright).reduce(factor)


def in_colour(image: Image.Image) -> Image.Image:
    """Convert to RGB: transparent parts on white, deep greys by their range."""
    if image.mode.startswith("I") or image.mode == "F":
        return Image.fromarray(_to_8_bit(np.asarray(image))).convert("RGB")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        rgb = Image.new("RGB", image.size, "white")
        rgb.paste(layer, mask=layer.getchannel("A"))
        return rgb
    return image.convert("RGB")


def _to_8_bit(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    grey = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(grey.min()), float(grey.max())
    if low >= 0 and values.dtype.kind == "f" and high <= 1:
        low, high = 0.0, 1.0
    elif low >= 0 and high <= DEPTHS[-1]:
        low, high = 0.0, float(next(depth for depth in DEPTHS if high <= depth))
    scaled: np.ndarray[Any, Any] = np.rint((grey - low) * (255 / max(high - low, 1e-30)))
    return scaled.astype(np.uint8)


def percent(share: float) -> str:
    """Return a share in words, never 100 % while something is missing."""
    if 0.995 <= share < 1:
        return f"{math.floor(share * 1000) / 10:g} %"
    return f"{math.floor(share * 100 + 0.5)} %"


def main() -> int:
    """Answer for the photos that the shell names."""
    parser = argparse.ArgumentParser(description="Name what is on photos.")
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    parser.add_argument("--top", type=int, default=3, metavar="K", help="show K classes (3)")
    parser.add_argument("--json", action="store_true", help="all classes, one object a line")
    options = parser.parse_args()
    answer = load()
    read_all = True
    for path in options.photos:
        try:
            found = answer(path)
        except (*UNREADABLE, Image.DecompressionBombError) as error:
            sys.stderr.write(f"{path} could not be read: {error}\n")
            read_all = False
            continue
        ranked = sorted(found.items(), key=lambda each: -each[1])
        words = ", ".join(f"{name} {percent(share)}" for name, share in ranked[: options.top])
        told = json.dumps({"photo": str(path), "classes": found})
        sys.stdout.write(f"{told}\n" if options.json else f"{path}: {words}\n")
    return 0 if read_all else 1


if __name__ == "__main__":
    sys.exit(main())
