"""What else is to be seen in a fairy-tale landscape: birds, a knight, a mill, a tree, a banner."""

from collections.abc import Callable

import numpy as np

from dragon_app.imaging.light import Colour, Floats, fill, floats, shaded
from dragon_app.imaging.scenery import Mood
from dragon_app.imaging.shapes import Path, Points, Pose, box, curve, ellipse, moved, posed, ribbon

Random = np.random.Generator
Part = tuple[list[Points], Colour]

_DYES: tuple[Colour, ...] = (
    (168, 36, 38), (36, 72, 144), (214, 168, 60), (44, 104, 62), (232, 226, 210), (104, 46, 110),
)  # fmt: skip


def bird(rng: Random) -> list[Part]:
    """Return a large bird in flight to the left: raven, eagle or swan."""
    dark, light, beak = (
        ((30, 32, 40), (52, 54, 66), (60, 56, 50)),
        ((92, 64, 40), (126, 92, 58), (226, 176, 60)),
        ((206, 208, 212), (240, 240, 238), (232, 130, 50)),
    )[int(rng.integers(3))]
    lift = rng.uniform(-0.5, 0.5)

    def wing(x: float, y: float, turn: float) -> list[Points]:
        feathers: list[Path] = [[(0, 4, 12), (10, -8, 10), (14, -22, 7), (22, -38, 4)]]
        for i in range(8):
            share = i / 7
            foot = np.array([4 + 15 * share, 0 - 32 * share])
            way = np.array([np.cos(0.25 - 1.35 * share), np.sin(0.25 - 1.35 * share)])
            end = foot + way * (24 + 16 * share)
            feathers.append([(*foot, 8), (*((foot + end) / 2), 8), (*end, 3)])
        return moved(map(ribbon, feathers), turn=turn, to=(x, y))

    body: list[Path] = [
        [(22, 49, 4), (27, 47, 9), (34, 48, 10), (48, 51, 15), (62, 54, 10), (74, 57, 5)],
        *[[(66, 55, 6), (80, 58 + d, 7), (92, 60 + 2 * d, 5)] for d in (-3, 0, 3)],
    ]
    bill = curve([(25, 44), (18, 47), (14, 50), (18, 51), (25, 51)], closed=True)
    eye = [ellipse(26.5, 46, 1.2)]
    return [
        (wing(46, 48, lift - 0.45), dark), (list(map(ribbon, body)), light), ([bill], beak),
        (eye, (16, 16, 18)), (wing(52, 50, lift), dark),
    ]  # fmt: skip


def knight(rng: Random) -> list[Part]:
    """Return a knight on horseback who rides to the left with his lance."""
    coat: Colour = ((92, 62, 42), (58, 50, 48), (206, 200, 190), (126, 88, 56))[
        int(rng.integers(4))
    ]
    first, second = (_DYES[int(i)] for i in rng.choice(len(_DYES), 2, replace=False))
    far: Colour = shaded(coat, 0.7)
    steel: Colour = (158, 164, 174)
    stride = rng.uniform(-3, 3)
    legs_far: list[Path] = [
        [(40, 60, 9), (34 + stride, 74, 6), (37 + stride, 84, 4.5), (35 + stride, 95, 5)],
        [(78, 58, 12), (84, 74, 7), (80, 84, 4.5), (84 - stride, 95, 5)],
    ]
    legs: list[Path] = [
        [(40, 60, 10), (30 - stride, 70, 7), (27 - stride, 80, 5), (33 - stride, 88, 5)],
        [(76, 58, 14), (76 + stride, 74, 8), (72 + stride, 84, 5), (74 + stride, 96, 5.5)],
    ]
    body: list[Path] = [
        [(34, 52, 18), (48, 56, 22), (64, 55, 21), (78, 53, 22)],
        [(38, 52, 20), (30, 40, 15), (24, 28, 11)],
        [(25, 26, 11), (18, 31, 8.5), (10, 38, 6.5)],
        [(26, 22, 4), (28, 16, 1)],
    ]
    mane: list[Path] = [
        [(28, 22, 5), (36, 34, 7), (42, 46, 5)],
        [(86, 50, 5), (96, 60, 7), (94, 78, 3)],
    ]
    cloth = curve(
        [
            (34, 50), (50, 47), (80, 45), (88, 56), (85, 72), (72, 68), (62, 72), (50, 68),
            (38, 72), (32, 60),
        ],
        closed=True,
    )  # fmt: skip
    rider: list[Path] = [
        [(54, 46, 11), (53, 34, 13), (52, 25, 10)],
        [(55, 46, 8), (50, 58, 6.5), (53, 68, 5), (48, 70, 4)],
    ]
    arm: list[Path] = [[(53, 29, 6), (48, 36, 5), (42, 36, 4.5)]]
    plume: list[Path] = [[(53, 11, 3), (58, 6, 5), (66, 8, 4), (70, 13, 1)]]
    lance: list[Path] = [[(-8, 14, 1), (40, 36, 2.6), (74, 52, 2.2)]]
    pennon = curve([(0, 17), (10, 22), (14, 33), (7, 28), (2, 30)], closed=True)
    return [
        (list(map(ribbon, legs_far)), far), (list(map(ribbon, [*body, *legs])), coat),
        (list(map(ribbon, mane)), far), ([cloth], first), (list(map(ribbon, rider)), steel),
        ([ellipse(51.5, 17, 5.4, 6.4)], steel), ([box(46, 15.4, 52, 17)], (30, 30, 36)),
        (list(map(ribbon, plume)), second), (list(map(ribbon, lance)), (120, 88, 54)),
        ([pennon], second), (list(map(ribbon, arm)), steel),
    ]  # fmt: skip


def windmill(rng: Random) -> list[Part]:
    """Return a mill with four sails."""
    wall: Colour = ((206, 196, 178), (150, 112, 82))[int(rng.integers(2))]
    tower = np.array([[38, 100], [43, 44], [57, 44], [62, 100]], np.float64)
    cap = curve([(40, 46), (43, 35), (50, 31), (57, 35), (60, 46)])
    turn = rng.uniform(0, np.pi / 2)
    sails, spars = [], []
    for quarter in range(4):
        way = turn + quarter * np.pi / 2
        sails += moved([box(6, 0.5, 42, 9)], turn=way, to=(50, 42))
        spars += moved(
            [box(0, -0.9, 43, 0.9), *[box(x, 0, x + 0.8, 9) for x in (6, 15, 24, 33, 41)]],
            turn=way,
            to=(50, 42),
        )
    return [
        ([tower], wall), ([cap], (116, 58, 46)),
        ([box(46, 84, 54, 100), box(47.5, 60, 52.5, 67)], (70, 52, 40)),
        (sails, (226, 216, 190)), (spars, (84, 64, 48)), ([ellipse(50, 42, 2.6)], (60, 46, 36)),
    ]  # fmt: skip


def great_tree(rng: Random) -> list[Part]:
    """Return an old tree with a wide crown."""
    leaf: Colour = ((74, 112, 46), (156, 96, 36), (56, 92, 58))[int(rng.integers(3))]
    trunk: list[Path] = [
        [(50, 100, 18), (50, 84, 11), (49, 66, 9), (46, 50, 6)],
        [(50, 72, 8), (60, 58, 6), (68, 48, 4)],
        [(49, 74, 7), (38, 60, 5), (32, 52, 3)],
    ]
    parts: list[Part] = [(list(map(ribbon, trunk)), (88, 62, 44))]
    for shade, count, rise in ((0.74, 12, 0.0), (0.95, 12, -3.0), (1.16, 9, -7.0)):
        spots = [
            ellipse(50 + 26 * r * np.cos(a), 36 + rise + 19 * r * np.sin(a), rng.uniform(7, 12))
            for a, r in zip(
                rng.uniform(0, 2 * np.pi, count), rng.uniform(0.2, 1, count), strict=True
            )
        ]
        parts.append((spots, shaded(leaf, shade)))
    return parts


def banner(rng: Random) -> list[Part]:
    """Return a swallow-tailed banner that flies from a pole."""
    first, second = (_DYES[int(i)] for i in rng.choice(len(_DYES), 2, replace=False))
    x = np.linspace(30, 92, 30)
    wave = 4 * np.sin((x - 30) / rng.uniform(7, 12) + rng.uniform(0, 6)) * (x - 30) / 40

    def strip(top: float, bottom: float, notch: float) -> Points:
        upper = np.column_stack([x, top + wave])
        lower = np.column_stack([x, bottom + wave])[::-1]
        middle = [[x[-1] - notch, (top + bottom) / 2 + wave[-1]]] if notch else []
        return np.vstack([upper, *([middle] if middle else []), lower])

    return [
        ([box(28, 4, 31, 112)], (112, 82, 52)), ([ellipse(29.5, 3, 3)], (222, 178, 70)),
        ([strip(10, 52, 16)], first), ([strip(26, 36, 3)], second),
    ]  # fmt: skip


LARGE: tuple[Callable[[Random], list[Part]], ...] = (bird, knight, windmill, great_tree, banner)


def place(canvas: Floats, parts: list[Part], mood: Mood, pose: Pose) -> None:
    """Paint parts, drawn in a box of 100 x 100, in a pose and in the hour's light."""
    light = floats((0.42, 0.48, 0.66)) if mood.is_night else floats((1, 1, 1))
    for shapes, colour in parts:
        fill(canvas, posed(shapes, pose, middle=(50, 50)), floats(colour) * light)


def flock(canvas: Floats, rng: Random, mood: Mood) -> None:
    """Paint a handful of far birds."""
    height, width = canvas.shape[:2]
    x, y = rng.uniform(0.15, 0.85) * width, rng.uniform(0.1, 0.45) * height
    shapes: list[Points] = []
    for _ in range(int(rng.integers(3, 9))):
        span, rise = rng.uniform(4, 9), rng.uniform(1.5, 4)
        at = (x + rng.normal(0, width * 0.1), y + rng.normal(0, height * 0.06))
        strokes: list[Path] = [
            [(side * span, -rise, 0.6), (side * span * 0.5, -rise * 1.2, 1.6), (0, 0, 1.8)]
            for side in (-1, 1)
        ]
        shapes += moved(map(ribbon, strokes), to=at)
    fill(canvas, shapes, (150, 156, 176) if mood.is_night else (48, 46, 56), 0.9)
