"""The training loop of the starter: workers, schedule, averaging, checkpoints. Knows no files of
photos and no card.

On a CPU each worker thread takes one core and a share of the batch: two single-threaded halves are
twice as fast as two threads inside every operation, and share a busy machine better.
"""

import copy
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save
from starter_data import Photos
from starter_recipe import Decay, Recipe, planned_decay
from starter_views import mixed, views
from torch import Tensor, nn
from torch.nn import functional

from dragon_app.core.disk import write_file
from dragon_app.core.errors import DragonError

MOMENTUM = 0.9


class Student(nn.Module):
    """A backbone, what stands between it and the classes while it learns, and the classes."""

    def __init__(self, body: nn.Module, *, width: int, classes: int, projector: int) -> None:
        super().__init__()
        self.body = body
        self.head = (
            nn.Linear(width, classes)
            if not projector
            else nn.Sequential(
                nn.Linear(width, projector, bias=False),
                nn.BatchNorm1d(projector),
                nn.ReLU(),
                nn.Linear(projector, classes),
            )
        )

    def forward(self, images: Tensor) -> Tensor:
        """Return class scores (N, C) for normalised images (N, 3, S, S)."""
        scores: Tensor = self.head(self.body(images))
        return scores


class Training:
    """A run: its state, one step at a time. Everything random hangs on seed and step alone.

    Threads: `advance` hands a share of the batch to each worker; they share the parameters and
    nothing else. Only the first worker's BatchNorm statistics are kept.
    """

    def __init__(self, student: Student, photos: Photos, recipe: Recipe) -> None:
        self.recipe = recipe
        self.photos = photos
        self.step = 0
        self.decay = planned_decay(recipe)
        self.device = next(student.parameters()).device
        self.student = student.to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(student).eval()
        count = recipe.workers if self.device.type == "cpu" else 1
        self.replicas = [student, *(_replica(student) for _ in range(count - 1))]
        self.rule = _optimizer(student, recipe)
        self._indices = photos.training()
        self._order = self._indices  # of the epoch, shuffled
        self._epoch = -1
        self._pool = ThreadPoolExecutor(count)

    @property
    def is_over(self) -> bool:
        """Whether the learning rate has come down to nothing."""
        return self.step >= self.decay.end

    @property
    def size_px(self) -> int:
        """The size of the photos at this step."""
        if self.step >= self.decay.start:
            return self.recipe.cooldown_px
        sizes = [p.size_px for p in self.recipe.phases if self.step < p.until_step]
        return sizes[0] if sizes else self.recipe.cooldown_px

    @property
    def lr_factor(self) -> float:
        """The factor on the learning rate at this step."""
        warm = min(1.0, (self.step + 1) / max(1, self.recipe.warmup))
        return warm if self.step < self.decay.start else warm * self.decay.at(self.step)

    def cool_down(self, steps: int) -> None:
        """Start (or restart) the way down now, so that training is over after so many steps."""
        self.decay = Decay(start=self.step, steps=max(1, steps), factor=self.lr_factor)

    def advance(self) -> float:
        """Take one step on the next batch; return its loss."""
        indices = self._batch()
        shares = indices.chunk(len(self.replicas))
        jobs = [
            self._pool.submit(self._learn, replica, share, number, len(share) / len(indices))
            for number, (replica, share) in enumerate(zip(self.replicas, shares, strict=True))
        ]
        loss = sum(job.result() for job in jobs)
        self._gather()
        for group in self.rule.param_groups:
            group["lr"] = self.recipe.lr * self.lr_factor
        self.rule.step()
        self._follow()
        self.step += 1
        return loss

    def _batch(self) -> Tensor:
        """Return the photos of this step: a part of the epoch's own order."""
        batch, count = self.recipe.batch, len(self._indices)
        per_epoch = max(1, count // batch)
        epoch, place = divmod(self.step, per_epoch)
        if self._epoch != epoch:
            generator = torch.Generator().manual_seed(self.recipe.seed * 10_007 + epoch)
            self._order = self._indices[torch.randperm(count, generator=generator)]
            self._epoch = epoch
        return self._order[place * batch : (place + 1) * batch]

    def _learn(self, replica: Student, indices: Tensor, number: int, share: float) -> float:
        """Leave a share of the batch's gradient in a replica; return its part of the loss."""
        if self.device.type == "cpu" and len(self.replicas) > 1:
            torch.set_num_threads(1)
        seed = (self.recipe.seed * 1_000_003 + self.step) * 64 + number
        generator = torch.Generator().manual_seed(seed)
        pixels = self.photos.batch(indices).to(self.device)
        targets = self.photos.targets[indices].to(self.device)
        images = views(pixels, self.size_px, self.recipe.variation, generator)
        loss = self._loss(replica.train(), images, targets, generator) * share
        replica.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        return float(loss.detach())

    def _loss(
        self, replica: Student, images: Tensor, targets: Tensor, generator: torch.Generator
    ) -> Tensor:
        smoothing = self.recipe.smoothing
        other, part = targets, 1.0
        if self.recipe.variation.mixup:
            images, order, part = mixed(images, self.recipe.variation.mixup, generator)
            other = targets[order]
        with torch.autocast(self.device.type, torch.bfloat16):
            scores = replica(images)
        scores = scores.float()  # (n, C)
        loss = functional.cross_entropy(scores, targets, label_smoothing=smoothing) * part
        if part < 1:
            rest = functional.cross_entropy(scores, other, label_smoothing=smoothing)
            loss = loss + rest * (1 - part)
        return loss

    @torch.no_grad()
    def _gather(self) -> None:
        """Add the other workers' gradients to the first's."""
        first = _gradients(self.student)
        for replica in self.replicas[1:]:
            torch._foreach_add_(first, _gradients(replica))

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the average a little towards the weights; it warms up with the steps."""
        decay = min(self.recipe.ema_decay, (1 + self.step) / (10 + self.step))
        mine: list[Tensor] = list(self.average.parameters())
        theirs: list[Tensor] = list(self.student.parameters())
        torch._foreach_lerp_(mine, theirs, 1 - decay)
        pairs = zip(self.average.buffers(), self.student.buffers(), strict=True)
        for kept, seen in pairs:
            if seen.is_floating_point():
                kept.lerp_(seen, 1 - decay)
            else:
                kept.copy_(seen)

    def save(self, path: Path) -> None:
        """Write everything that the next step depends on, as one safetensors file."""
        tensors = {f"student.{key}": value for key, value in self.student.state_dict().items()}
        tensors |= {f"average.{key}": value for key, value in self.average.state_dict().items()}
        for key, parameter in self.student.named_parameters():
            state = self.rule.state.get(parameter, {})
            if state.get("momentum_buffer") is not None:
                tensors[f"momentum.{key}"] = state["momentum_buffer"]
        facts = {
            "step": self.step,
            "decay": asdict(self.decay),
            "recipe": asdict(self.recipe),
        }
        ready = {key: value.detach().cpu().contiguous() for key, value in tensors.items()}
        write_file(path, save(ready, metadata={"facts": json.dumps(facts)}))

    def load(self, path: Path) -> None:
        """Go on from what `save` wrote; raise `DragonError` when the recipe was another."""
        facts = read_facts(path)
        if facts["recipe"] != json.loads(json.dumps(asdict(self.recipe))):
            raise DragonError(f"{path} belongs to another recipe; give the options it began with.")
        tensors = load_file(path)

        def part(name: str) -> dict[str, Tensor]:
            return {
                key.removeprefix(name): value
                for key, value in tensors.items()
                if key.startswith(name)
            }

        self.average.load_state_dict(part("average."))
        own = self.student.state_dict()
        for key, value in part("student.").items():
            own[key].copy_(value)  # in place: the replicas share this storage
        for key, value in part("momentum.").items():
            parameter = self.student.get_parameter(key)
            buffer = torch.empty_like(parameter).copy_(value)
            self.rule.state[parameter] = {"momentum_buffer": buffer}
        self.step = int(facts["step"])
        self.decay = Decay(**facts["decay"])

    def close(self) -> None:
        """Join the workers."""
        self._pool.shutdown()


def read_facts(path: Path) -> dict[str, Any]:
    """Return step, decay and recipe of a checkpoint without its tensors."""
    with safe_open(path, "pt") as file:
        facts: dict[str, Any] = json.loads(file.metadata()["facts"])
    return facts


def _gradients(student: Student) -> list[Tensor]:
    return [p.grad for p in student.parameters() if p.grad is not None]


def _replica(student: Student) -> Student:
    """Return a copy whose parameters are the student's own memory and whose gradients are not."""
    replica = copy.deepcopy(student)
    for copied, own in zip(replica.parameters(), student.parameters(), strict=True):
        copied.data = own.data
    return replica


def _optimizer(student: Student, recipe: Recipe) -> torch.optim.SGD:
    """Return SGD with Nesterov momentum; biases and BatchNorm do not decay."""
    weights = [p for p in student.parameters() if p.ndim > 1]
    others = [p for p in student.parameters() if p.ndim <= 1]
    groups = [
        {"params": weights, "weight_decay": recipe.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.SGD(groups, lr=recipe.lr, momentum=MOMENTUM, nesterov=True, foreach=True)
