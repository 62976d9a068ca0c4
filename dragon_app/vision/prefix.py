"""The frozen part of a network looks at every photo once; what it makes of them is kept."""

from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256

import torch
from torch import Tensor, nn

from dragon_app.features.shelf import ShelfKey
from dragon_app.vision.ahead import ahead
from dragon_app.vision.augmentation import recipe
from dragon_app.vision.course import Course, chunks
from dragon_app.vision.plan import EVAL
from dragon_app.vision.rows import Rows
from dragon_app.vision.splitting import Split, split
from dragon_app.vision.stages import Anatomy

SETTLING_PHOTOS = 512  # enough for the centre and scale of features
FAINTEST = 2.0**-21  # where float16 is down to three bits
WORDS = "Looking at photos"


class _OutOfRangeError(Exception):
    """Numbers that float16 cannot hold, after so many stages."""

    def __init__(self, depth: int) -> None:
        super().__init__(depth)
        self.depth = depth


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """Some photos of one part, and which of them are wanted in each view."""

    part: str
    indices: list[int]
    wanted: dict[str, list[int]]


def look(course: Course) -> None:
    """Fill the rows that the run needs; what cannot be kept is said, and made anew each epoch."""
    course.network.eval()
    for depth in course.plan.depths():
        cut = split(course.network, course.start.parts, depth)
        if cut is None:
            _say_uncached(course, depth, "this network cannot be cut there")
        else:
            course.splits[depth] = cut
    while course.splits:
        _open_rows(course)
        try:
            _fill(course)
        except _OutOfRangeError as error:
            _say_uncached(course, error.depth, "its numbers are out of the range of the cache")
            del course.splits[error.depth]
            course.rows = {key: rows for key, rows in course.rows.items() if key[1] != error.depth}
        else:
            return


def settle_head(course: Course) -> None:
    """Let a head that learns alone take centre and scale from the photos it begins with."""
    if course.plan.frozen(1) < course.plan.stages:
        return
    view = course.plan.views(course.plan.stages)[0]
    rows = course.rows.get(("train", course.plan.stages, view))
    indices = list(range(min(SETTLING_PHOTOS, len(course.train))))
    with torch.no_grad():
        if rows is not None:
            features = rows.batch(indices).float()
        else:
            images = [course.images("train", view, part) for part in chunks(indices)]
            features = torch.cat([course.run(course.network.body, each).float() for each in images])
        course.network.head.settle(features.to(course.device))


def _say_uncached(course: Course, depth: int, why: str) -> None:
    course.observer.phase(f"Without the cache after stage {depth}: {why}")


def _open_rows(course: Course) -> None:
    for depth in course.splits:
        key = ShelfKey(
            weights=digest_of(
                course.config.backbone, course.network.body, course.start.parts, depth
            ),
            depth=depth,
            transform=repr(course.start.transform),
            arithmetic=f"{course.arithmetic} on {course.device.type}",
            view=EVAL,
        )
        for part, views in (("train", course.plan.views(depth)), ("val", [EVAL])):
            for view in views:
                if (part, depth, view) not in course.rows:
                    course.rows[part, depth, view] = _rows(course, key, part, view)


def _rows(course: Course, plain: ShelfKey, part: str, view: str) -> Rows:
    how = recipe(course.config.augment, mirror=course.config.mirror)
    name = view if view == EVAL else f"{view} {how}"
    shelf = course.store.even_shelf(replace(plain, view=name))
    prefix = course.splits[plain.depth].prefix

    def make(indices: list[int]) -> Tensor:
        with torch.no_grad():
            images = course.images(part, view, indices)
            return halved(course.run(prefix, images), plain.depth)

    return Rows(shelf, course.photos(part).digests, make=make, budget=course.budget)


def digest_of(backbone: str, body: nn.Module, parts: Anatomy, depth: int) -> str:
    """Return the sha-256 of the weights and statistics of the first stages."""
    found = sha256(backbone.encode())
    for name, module in body.named_modules():
        if parts.stage_of.get(name, len(parts.stages)) <= depth:
            own = [*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)]
            for each, tensor in own:
                found.update(f"{name}.{each} {tuple(tensor.shape)}".encode())
                found.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
    return found.hexdigest()


def _fill(course: Course) -> None:
    looks = [each for part in ("train", "val") for each in _looks(course, part)]
    total = sum(len(each.indices) for each in looks)
    done = 0

    def load(each: _Look) -> dict[str, Tensor]:
        photos = course.photos(each.part).batch(each.indices, keeps=course.keeps_photos)
        compacts = dict(zip(each.indices, photos, strict=True))
        return {
            view: course.seen(each.part, view, wanted, [compacts[index] for index in wanted])
            for view, wanted in each.wanted.items()
        }

    with torch.no_grad(), closing(ahead(load, looks)) as loaded:
        for each, images in loaded:
            course.observer.phase(WORDS, done, total)
            for view, batch in images.items():
                course.observer.check()
                _make_rows(course, each.part, view, each.wanted[view], batch)
            done += len(each.indices)
    if total:
        course.observer.phase(WORDS, total, total)
    for rows in course.rows.values():
        rows.flush()


def _looks(course: Course, part: str) -> list[_Look]:
    lacking: dict[str, set[int]] = {}
    for (of, _, view), rows in course.rows.items():
        if of == part:
            lacking.setdefault(view, set()).update(rows.missing())
    looks = []
    for indices in chunks(sorted(set().union(*lacking.values()))):
        wanted = {view: [i for i in indices if i in missing] for view, missing in lacking.items()}
        some = {view: found for view, found in wanted.items() if found}
        looks.append(_Look(part=part, indices=indices, wanted=some))
    return looks


def _make_rows(course: Course, part: str, view: str, indices: list[int], images: Tensor) -> None:
    """Compute and keep the rows of each depth; the whole body goes on from the one before."""
    features = images
    before: Split | None = None
    for depth in sorted(course.splits):
        rows = course.rows.get((part, depth, view))
        if rows is not None:
            cut = course.splits[depth]
            step = cut.prefix if before is None else before.upper
            features = course.portions.each(partial(course.run, step), features)
            rows.put(indices, halved(features, depth))
            before = cut


def halved(features: Tensor, depth: int) -> Tensor:
    """Return features as float16 on the CPU; raise where it cannot hold them.

    A photo of which every number is faint would lose its digits: networks with random weights
    that are deep make such ones.
    """
    halved = features.to(torch.float16)
    peaks = features.detach().float().abs().flatten(1).amax(1)  # (N,)
    is_faint = (peaks > 0) & (peaks < FAINTEST)
    if not bool(halved.isfinite().all()) or bool(is_faint.any()):
        raise _OutOfRangeError(depth)
    return halved.cpu().contiguous()
