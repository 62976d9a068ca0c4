"""The machine's limit: the decodes, forward passes and training steps a regime cannot do without.

Each is timed bare, in the arithmetic that is fastest for it, and counted up: the photos are
decoded once, the frozen part sees each view once, the rest sees all in every epoch.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch
from torch import nn
from torchvision import models

from benchmarks.bare import decode_seconds, forward_pace, training_pace
from benchmarks.peers.task import Task, parser, read_task
from dragon_app.vision.plan import VIEWS

ROUNDS = 4
STEM = ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3")
LAST = ("layer4", "avgpool")


def costs(task: Task) -> tuple[dict[str, float], str]:
    """Return the least seconds of each regime for ResNet-18, and the paces in words."""
    if task.architecture != "resnet18":
        raise SystemExit("The limit is reckoned for ResNet-18 alone.")
    train, val = ([*(task.data / part).glob("*/*")] for part in ("train", "val"))
    decoding = decode_seconds([*train, *val], task.resize_px)

    torch.manual_seed(0)
    model = models.resnet18(weights=None, num_classes=5)
    stem = nn.Sequential(*(model.get_submodule(name) for name in STEM))
    last = nn.Sequential(
        *(model.get_submodule(name) for name in LAST), nn.Flatten(), model.get_submodule("fc")
    )
    images = torch.randn(task.batch_size, 3, task.size_px, task.size_px)
    with torch.no_grad():
        maps = stem.eval()(images)  # (N, 256, S / 16, S / 16)
    looks = forward_pace(model, images, rounds=ROUNDS)
    begins = forward_pace(stem, images, rounds=ROUNDS)
    ends = forward_pace(last, maps, rounds=ROUNDS)
    last_steps = training_pace(last, maps, rounds=ROUNDS)
    steps = training_pace(model, images, rounds=ROUNDS)

    once, varied = len(train) + len(val), VIEWS * len(train) + len(val)
    ending = task.epochs * (len(train) / last_steps.per_s + len(val) / ends.per_s)
    whole = task.epochs * (len(train) / steps.per_s + len(val) / looks.per_s)
    seconds = {
        "head": decoding + once / looks.per_s,
        "head-views": decoding + varied / looks.per_s,
        "last": decoding + once / begins.per_s + ending,
        "last-views": decoding + varied / begins.per_s + ending,
        "all": decoding + whole,
    }
    paces = {
        "forward": looks,
        "forward without the last stage": begins,
        "forward of the last stage": ends,
        "training steps of the last stage": last_steps,
        "training steps of everything": steps,
    }
    words = [f"{once / decoding:.0f} decodes/s"]
    words += [f"{name} {pace.per_s:.0f}/s ({pace.arithmetic})" for name, pace in paces.items()]
    return seconds, "; ".join(words)


if __name__ == "__main__":
    seconds_by_regime, paces_in_words = costs(read_task(parser().parse_args()))
    print(json.dumps({"seconds": seconds_by_regime, "note": paces_in_words}), flush=True)
