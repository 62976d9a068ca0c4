"""fastai's `fit_one_cycle` on the same photos, in an environment of its own:

    python3.11 -m venv FOLDER
    FOLDER/bin/pip install fastai==2.8.12 torch==2.14.1 torchvision==0.29.1 safetensors

The torch and torchvision of that line are the app's own, so that only the loops differ. What is
frozen is frozen by fastai's own `freeze_to`: it leaves the BatchNorm of frozen layers learning.
"""

import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import fastai
import torch
import torchvision
from fastai.callback.core import Callback
from fastai.callback.schedule import Learner  # with fit_one_cycle
from fastai.data.transforms import Normalize
from fastai.metrics import accuracy
from fastai.torch_core import params, set_seed
from fastai.vision.augment import FlipItem, RandomResizedCrop
from fastai.vision.core import imagenet_stats
from fastai.vision.data import ImageDataLoaders
from fastai.vision.learner import vision_learner

from benchmarks.peers.task import LAST_STAGES, Answer, Task, answer, parser, read_task

FROZEN_GROUPS = {"head": -1, "last": -2, "all": 0}


class EpochClock(Callback):  # type: ignore[misc]  # fastai has no types
    """Notes when epochs begin and end."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.started = 0.0

    def before_epoch(self) -> None:
        """Begin."""
        self.started = time.perf_counter()

    def after_epoch(self) -> None:
        """End."""
        self.seconds.append(time.perf_counter() - self.started)


def groups(task: Task, original: torch.nn.Module) -> Any:
    """Return what parts a fastai model into: all stages but the last, the last, the head."""
    last = LAST_STAGES[task.architecture].split(".")
    place = [name for name, _ in original.named_children()].index(last[0])

    def split(model: Any) -> list[Any]:
        stage = model[0][place]
        for name in last[1:]:
            stage = getattr(stage, name)
        within = {id(parameter) for parameter in stage.parameters()}
        before = [each for each in model[0].parameters() if id(each) not in within]
        return [before, list(stage.parameters()), params(model[1])]

    return split


def load_body(learner: Learner, weights: Path, original: torch.nn.Module) -> None:
    """Put the weights into the body, which is the network without its pooling and head."""
    from safetensors.torch import load_file

    tensors = {name: tensor.float() for name, tensor in load_file(weights).items()}
    missing, unexpected = original.load_state_dict(tensors, strict=False)
    if unexpected or any(not name.startswith("fc.") for name in missing):
        raise SystemExit(f"The weights in {weights} do not fit the network.")
    filled = dict(original.named_children())
    names = list(filled)[: len(learner.model[0])]
    for name, module in zip(names, learner.model[0], strict=True):
        module.load_state_dict(filled[name].state_dict())


def train(task: Task) -> Answer:
    """Train as fastai's documentation does; return how it went."""
    started = time.perf_counter()
    set_seed(task.seed)
    data = ImageDataLoaders.from_folder(
        task.data,
        train="train",
        valid="val",
        bs=task.batch_size,
        num_workers=task.workers,
        item_tfms=[RandomResizedCrop(task.size_px), FlipItem()],
        batch_tfms=[Normalize.from_stats(*imagenet_stats)],
        device=torch.device("cpu"),
    )
    build = getattr(torchvision.models, task.architecture)
    original = build()
    clock = EpochClock()
    learner = vision_learner(
        data,
        build,
        pretrained=False,
        normalize=False,
        metrics=accuracy,
        splitter=groups(task, original),
        cbs=[clock],
        path=task.store,
    )
    if task.weights is not None:
        load_body(learner, task.weights, original)
    learner.freeze_to(FROZEN_GROUPS[task.regime])
    with learner.no_bar(), learner.no_logging():
        learner.fit_one_cycle(task.epochs)
    learner.save("last", with_opt=False)
    return Answer(
        seconds=time.perf_counter() - started,
        epoch_s=clock.seconds,
        accuracies=[float(row[-1]) for row in learner.recorder.values],
        note=f"fastai {fastai.__version__}, torch {torch.__version__}",
    )


if __name__ == "__main__":
    answer(train(read_task(parser().parse_args())))
