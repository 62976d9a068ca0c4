"""What a checkpoint needs beyond its weights to be rebuilt by plain torch and torchvision."""

import json
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from dragon_app.core.portable import Portable
from dragon_app.vision import checkpoint
from dragon_app.vision.backbone import surgery

FORMAT = 1
_PACKAGES = ("torch", "torchvision", "safetensors", "pillow", "numpy")


def describe(folder: Path, *, temperature: float) -> Portable:
    """Check a checkpoint as `load` does and describe it; raise `WeightsError` when damaged.

    Scores divided by the temperature are as sure as they should be.
    """
    network, meta = checkpoint.load(folder)
    done = surgery(meta.backbone, meta.transform.crop_px)
    facts = {
        "format": FORMAT,
        "backbone": meta.backbone,
        "options": done.options,
        "head": done.head,
        "is_pooled": done.is_pooled,
        "after_head": done.after_head,
        "width": network.head.linear.in_features,
        "classes": meta.class_names,
        **asdict(meta.transform),
        "begun_from": meta.weights,
        "val_accuracy": meta.val_accuracy,
        "temperature": temperature,
    }
    return Portable(
        weights_file=folder / checkpoint.WEIGHTS,
        facts=json.dumps(facts, indent=1, ensure_ascii=False),
        requirements=tuple(f"{name}>={_release(name)}" for name in _PACKAGES),
    )


def _release(package: str) -> str:
    """Return the first two numbers of a version: what the answers were checked with, or newer."""
    return ".".join(version(package).split(".")[:2])
