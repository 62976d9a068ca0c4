"""The loop that beginners are taught, in torch and torchvision alone.

Every epoch reads and varies each photo anew, sends it through the whole network and measures on
the validation photos; the best weights are kept in memory and stored at the end.
"""

import copy
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, models, transforms

from benchmarks.peers.task import LAST_STAGES, Answer, Task, answer, parser, read_task

make: Any = transforms  # not typed
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def loaders(task: Task) -> dict[str, DataLoader[object]]:
    """Return what reads the photos of train and val, batch by batch."""
    to_tensor = [make.ToTensor(), make.Normalize(MEAN, STD)]
    views = {
        "train": [make.RandomResizedCrop(task.size_px), make.RandomHorizontalFlip()],
        "val": [make.Resize(task.resize_px), make.CenterCrop(task.size_px)],
    }
    return {
        part: DataLoader(
            datasets.ImageFolder(str(task.data / part), make.Compose(view + to_tensor)),
            batch_size=task.batch_size,
            shuffle=part == "train",
            num_workers=task.workers,
        )
        for part, view in views.items()
    }


def network(task: Task, classes: int) -> nn.Module:
    """Return the network with a new head, of which the regime's part learns."""
    model: nn.Module = models.get_model(task.architecture, weights=None)
    if task.weights is not None:
        from safetensors.torch import load_file

        tensors = {name: tensor.float() for name, tensor in load_file(task.weights).items()}
        missing, unexpected = model.load_state_dict(tensors, strict=False)
        if unexpected or any(not name.startswith("fc.") for name in missing):
            raise SystemExit(f"The weights in {task.weights} do not fit {task.architecture}.")
    if task.regime != "all":
        model.requires_grad_(False)
    if task.regime == "last":
        model.get_submodule(LAST_STAGES[task.architecture]).requires_grad_(True)
    model.fc = nn.Linear(model.get_submodule("fc").in_features, classes)  # type: ignore[arg-type]
    return model


def train(task: Task) -> Answer:
    """Train as the tutorial does; return how it went."""
    torch.manual_seed(task.seed)
    started = time.perf_counter()
    parts = loaders(task)
    classes = len(parts["train"].dataset.classes)  # type: ignore[attr-defined]
    model = network(task, classes)
    criterion = nn.CrossEntropyLoss()
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(learning, lr=0.001, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=7, gamma=0.1)
    best, best_weights = -1.0, copy.deepcopy(model.state_dict())
    epoch_s, accuracies = [], []
    for _ in range(task.epochs):
        epoch_started = time.perf_counter()
        for part in ("train", "val"):
            model.train(part == "train")
            hits = seen = 0
            for images, targets in parts[part]:
                optimizer.zero_grad()
                with torch.set_grad_enabled(part == "train"):
                    scores = model(images)  # (N, C)
                    loss = criterion(scores, targets)
                    if part == "train":
                        loss.backward()
                        optimizer.step()
                hits += int((scores.argmax(1) == targets).sum())
                seen += len(targets)
            if part == "train":
                scheduler.step()
        accuracies.append(hits / seen)
        if accuracies[-1] > best:
            best, best_weights = accuracies[-1], copy.deepcopy(model.state_dict())
        epoch_s.append(time.perf_counter() - epoch_started)
    torch.save(best_weights, task.store / "best.pt")
    seconds = time.perf_counter() - started
    return Answer(
        seconds=seconds, epoch_s=epoch_s, accuracies=accuracies, note=f"torch {torch.__version__}"
    )


if __name__ == "__main__":
    answer(train(read_task(parser().parse_args())))
