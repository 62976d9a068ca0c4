"""Train the backbone that ships with the app, from photos to weights and card. Resumable.

    python scripts/pretrain_starter.py --data ../shared/data/pretrain --run starter-run \\
        --from data/starter/regnet_y_400mf.json --out data/starter

Put a number of steps into RUN/finish (or say `--finish-by 06:00`) and the learning rate comes down
over that many steps from now, whatever was planned. A run that was ended goes on with `--resume`.
"""

import argparse
import datetime
import os
import statistics
import sys
import time
from collections import deque
from dataclasses import fields, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import torch
from starter_data import Photos, open_photos
from starter_export import TERMS, Origin, export
from starter_recipe import Phase, Recipe
from starter_training import Student, Training
from starter_views import Variation, resized
from torch import Tensor

from dragon_app.core.errors import DragonError
from dragon_app.vision.backbone import empty_network, random_network
from dragon_app.vision.sources import Pretrained, starter
from dragon_app.vision.weights import fill

CHECKPOINT = "checkpoint.safetensors"
FINISH = "finish"
SAVE_EVERY_S = 180
TELL_EVERY = 50  # steps
SPEEDS = 7  # the clock is believed when the median of so many says so
LOW_PRIORITY = 19
HELD_OUT_BATCH = 100
BUILD_PX = 64


def main(arguments: list[str] | None = None) -> int:
    """Run the whole recipe; return 0 when weights and card are written."""
    options = _options(arguments)
    if hasattr(os, "nice"):
        os.nice(LOW_PRIORITY)
    try:
        _run(options)
    except DragonError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run(options: argparse.Namespace) -> None:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if device.type == "cpu":
        torch.set_num_threads(1)  # each worker is one
    photos = open_photos(options.data, options.cache or options.run, side_px=options.side)
    recipe = _recipe(options)
    student = _student(options.start, recipe, classes=len(photos.class_names))
    training = Training(student.to(device), photos, recipe)
    clock = _Clock(training, options)
    try:
        if options.resume:
            training.load(options.run / CHECKPOINT)
            print(f"goes on at step {training.step:,}", flush=True)
        while not training.is_over:
            clock.after_step(training.advance())
        clock.save()
    finally:
        training.close()
    top1 = held_out_accuracy(training, photos, size_px=options.input)
    print(f"{top1:.1%} of held-out photos right at {options.input} px")
    origin = Origin(
        data=options.words,
        photos=len(photos.training()),
        classes=len(photos.class_names),
        terms=options.terms,
        started_from=str(options.start or "random weights"),
        hours=clock.hours,
        scores={"held_out_top1": round(top1, 4)},
    )
    card = export(training.average.body, recipe, origin, folder=options.out, input_px=options.input)
    print(f"wrote {card}")


class _Clock:
    """What happens beside the steps: words, checkpoints, the wish to finish."""

    def __init__(self, training: Training, options: argparse.Namespace) -> None:
        self._training = training
        self._run: Path = options.run
        self._finish_by: datetime.datetime | None = options.finish_by
        self._hours_file = options.run / "hours"
        self._hours_before = (
            float(self._hours_file.read_text())
            if options.resume and self._hours_file.is_file()
            else 0.0
        )
        self._began = self._saved = self._told = time.monotonic()
        self._losses: list[float] = []
        self._step_times: deque[float] = deque(maxlen=SPEEDS)  # seconds
        self._is_finishing = False

    @property
    def hours(self) -> float:
        """The hours spent in steps, over all parts of the run."""
        return self._hours_before + (time.monotonic() - self._began) / 3600

    def after_step(self, loss: float) -> None:
        """Tell, save, and see whether the way down shall begin."""
        self._losses.append(loss)
        training = self._training
        if training.step % TELL_EVERY == 0:
            self._tell()
        if time.monotonic() - self._saved > SAVE_EVERY_S:
            self.save()
        wish = self._run / FINISH
        if wish.is_file():
            text = wish.read_text().strip()
            wish.unlink()
            training.cool_down(int(text) if text else training.decay.steps)
            print(f"comes down until step {training.decay.end:,}", flush=True)

    def save(self) -> None:
        """Write the checkpoint and the hours spent."""
        self._training.save(self._run / CHECKPOINT)
        self._hours_file.write_text(f"{self.hours:.4f}\n")
        self._saved = time.monotonic()

    def _tell(self) -> None:
        now = time.monotonic()
        training = self._training
        per_step = (now - self._told) / TELL_EVERY
        self._told = now
        mean = sum(self._losses) / len(self._losses)
        self._losses = []
        print(
            f"{datetime.datetime.now():%H:%M:%S} step {training.step:,} of {training.decay.end:,} "
            f"{training.size_px} px loss {mean:.3f} lr x{training.lr_factor:.2f} "
            f"{training.recipe.batch / per_step:.0f} photos/s",
            flush=True,
        )
        self._step_times.append(per_step)
        if len(self._step_times) == SPEEDS:
            self._look_at_the_clock(statistics.median(self._step_times))

    def _look_at_the_clock(self, step_s: float) -> None:
        """Start the way down so that it ends in time at the present speed, once."""
        training = self._training
        if self._finish_by is None or self._is_finishing or training.step >= training.decay.start:
            return
        left_s = (self._finish_by - datetime.datetime.now()).total_seconds()
        step_s *= max(1.0, (training.recipe.cooldown_px / training.size_px) ** 2)
        if training.decay.steps * step_s >= left_s:
            training.cool_down(min(training.decay.steps, max(1, int(left_s / step_s))))
            self._is_finishing = True
            print(f"comes down until step {training.decay.end:,} to end in time", flush=True)


def held_out_accuracy(training: Training, photos: Photos, *, size_px: int) -> float:
    """Return the share of held-out photos whose class the averaged network gets right."""
    indices = photos.held_out()
    hits = 0
    network = training.average.eval()
    for start in range(0, len(indices), HELD_OUT_BATCH):
        part = indices[start : start + HELD_OUT_BATCH]
        images = resized(photos.batch(part).to(training.device), size_px)
        with torch.no_grad():
            scores: Tensor = network(images)
        hits += int((scores.argmax(1).cpu() == photos.targets[part]).sum())
    return hits / max(1, len(indices))


def _student(start: Path | None, recipe: Recipe, *, classes: int) -> Student:
    """Build the backbone with first weights from a card or at random, and its heads."""
    torch.manual_seed(recipe.seed)
    name = recipe.architecture
    if start is None:
        network = random_network(
            name,
            classes=1,
            image_size_px=BUILD_PX,
            generator=torch.Generator().manual_seed(recipe.seed),
        )
    else:
        network = empty_network(name, classes=1, image_size_px=BUILD_PX)
        fill(network, _weights(start, name), name)
    width = network.head.linear.in_features
    return Student(network.body, width=width, classes=classes, projector=recipe.projector)


def _weights(start: Path, name: str) -> Pretrained:
    own = starter(start) if start.is_dir() else starter(start.parent)
    if own is None or own.backbone != name:
        raise DragonError(f"{start} has no weights for {name}: give a starter's card or folder.")
    return Pretrained(words="", transform=own.transform, path=own.path, sha256_prefix=own.sha256)


def _recipe(options: argparse.Namespace) -> Recipe:
    stable = options.steps - round(options.steps * options.cooldown)
    shares = [float(part.partition(":")[2] or 1) for part in options.sizes]
    until, phases = 0.0, []
    for part, share in zip(options.sizes, shares, strict=True):
        until += share / sum(shares) * stable
        phases.append(Phase(size_px=int(part.partition(":")[0]), until_step=round(until)))
    variation = Variation(**{f.name: getattr(options, f.name) for f in fields(Variation)})
    names = {f.name for f in fields(Recipe)} - {"phases", "variation"}
    return replace(
        Recipe(
            architecture=options.architecture,
            steps=options.steps,
            phases=tuple(phases),
            cooldown_px=options.cooldown_px,
            variation=variation,
        ),
        **{name: getattr(options, name) for name in names},
    )


def _time_today(text: str) -> datetime.datetime:
    """Return the next moment at which a clock shows HH:MM."""
    now = datetime.datetime.now()
    hour, minute = map(int, text.split(":"))
    moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return moment if moment > now else moment + datetime.timedelta(days=1)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--data", type=Path, required=True, help="a packed set or a folder of class folders")
    add("--run", type=Path, required=True, help="folder for checkpoints")
    add("--out", type=Path, required=True, help="folder for weights and card")
    add("--cache", type=Path, help="folder for decoded photos (default: the run's)")
    add("--from", dest="start", type=Path, help="card or folder of earlier starter weights")
    add("--resume", action="store_true", help="go on from the run's checkpoint")
    add("--finish-by", type=_time_today, help="HH:MM; come down earlier if need be")
    add("--words", default="Tiny-ImageNet-200 and mini-ImageNet, 64-72 px", help="for the card")
    add("--terms", default=TERMS, help="for the card")
    add("--side", type=int, default=72, help="size at which photos are kept, px")
    add("--input", type=int, default=96, help="size at which the app shall show photos, px")
    add("--sizes", nargs="+", default=["64:2", "80:1"], help="SIZE_PX:SHARE before the way down")
    _add_recipe(parser)
    return parser.parse_args(arguments)


def _add_recipe(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--architecture", default="regnet_y_400mf", help="of torchvision.models")
    add("--steps", type=int, default=8000)
    add("--cooldown-px", type=int, default=96, help="size on the way down")
    add("--cooldown", type=float, default=0.4, help="share of the steps on the way down")
    add("--batch", type=int, default=128)
    add("--workers", type=int, default=os.cpu_count() or 1)
    add("--lr", type=float, default=0.1)
    add("--warmup", type=int, default=200, help="steps")
    add("--weight-decay", type=float, default=5e-5)
    add("--smoothing", type=float, default=0.0, help="of the labels")
    add("--projector", type=int, default=0, help="width between features and classes; 0: none")
    add("--ema-decay", type=float, default=0.998)
    add("--seed", type=int, default=0)
    add("--smallest-share", type=float, default=0.25, help="of a photo's area in a view")
    add("--stretch", type=float, default=4 / 3)
    add("--degrees", type=float, default=0.0)
    add("--colour", type=float, default=0.2)
    add("--grey", type=float, default=0.0)
    add("--mixup", type=float, default=0.0)


if __name__ == "__main__":
    sys.exit(main())
