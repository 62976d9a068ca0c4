"""Pictures of fairy-tale landscapes, with a dragon or without one."""

import numpy as np

from dragon_app.core.ports import Pixels
from dragon_app.imaging.bystanders import LARGE, flock, knight, place
from dragon_app.imaging.dragons import (
    LIKENESSES,
    SCALES,
    flying,
    paint_dragon,
    sitting,
)
from dragon_app.imaging.fire import breathe_fire
from dragon_app.imaging.knights import picture_size
from dragon_app.imaging.light import Colour, Floats, lit, shaded
from dragon_app.imaging.scenery import MOODS, Mood, Random, landscape
from dragon_app.imaging.shapes import Pose

DRAGON_OR_NOT = ("dragon", "no dragon")

_OFTEN = (0.34, 0.26, 0.24, 0.16)  # how often it is day, morning, dusk, night


def draw_tale(kind: int, number: int) -> Pixels:
    """Draw picture `number`, with a dragon (0) or without (1); always the same for a number."""
    rng = np.random.default_rng((2, kind, number))
    size = picture_size(rng)
    mood = MOODS[int(rng.choice(len(MOODS), p=_OFTEN))]
    canvas, ground = landscape(rng, size, mood)
    if rng.random() < 0.4:
        flock(canvas, rng, mood)
    if kind == 0:
        _with_dragon(canvas, rng, mood, ground)
    elif rng.random() < 0.88:
        _with_bystander(canvas, rng, mood, ground)
    return lit(canvas, rng)


def _with_dragon(canvas: Floats, rng: Random, mood: Mood, ground: float) -> None:
    height, width = canvas.shape[:2]
    likeness = LIKENESSES[int(rng.integers(len(LIKENESSES)))]
    is_mirrored = bool(rng.random() < 0.5)
    scale = min(width, height) * rng.uniform(0.78, 1.02) / 110
    turn = float(rng.normal(0, 0.05 if likeness is sitting else 0.16))
    y = ground - 42 * scale if likeness is sitting else height * rng.uniform(0.4, 0.54)
    centre = (width * rng.uniform(0.42, 0.58), float(max(y, 52 * scale)))
    pose = Pose(centre=centre, scale=scale, turn=turn, is_mirrored=is_mirrored)
    if rng.random() < 0.25 and height > 260:
        beside = (width * (0.14 if is_mirrored else 0.86), height * 0.88)
        small = Pose(centre=beside, scale=height / 480, is_mirrored=not is_mirrored)
        place(canvas, knight(rng), mood, small)
    mouth = paint_dragon(canvas, likeness(rng), _colour(rng, mood), pose)
    if likeness in {flying, sitting} and rng.random() < 0.45:
        angle = rng.normal(0.12, 0.12)
        way = angle if is_mirrored else np.pi - angle
        breathe_fire(canvas, rng, mouth, angle=way, length=scale * 42)


def _colour(rng: Random, mood: Mood) -> Colour:
    colour = SCALES[int(rng.integers(len(SCALES)))]
    red, green, blue = (int(np.clip(c + rng.normal(0, 12), 8, 235)) for c in colour)
    return shaded((red, green, blue), 0.9 if mood.is_night else 1)


def _with_bystander(canvas: Floats, rng: Random, mood: Mood, ground: float) -> None:
    height, width = canvas.shape[:2]
    kind = int(rng.integers(len(LARGE)))
    scale = min(width, height) * rng.uniform(0.32, 0.54) / 100
    y = height * rng.uniform(0.4, 0.52) if kind == 0 else ground + 0.06 * height - 47 * scale
    pose = Pose(
        centre=(width * rng.uniform(0.36, 0.64), float(max(y, 50 * scale))),
        scale=scale,
        is_mirrored=bool(rng.random() < 0.5),
    )
    place(canvas, LARGE[kind](rng), mood, pose)
