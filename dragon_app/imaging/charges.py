"""The figures on coats of arms as outlines in a field of 100 x 120. Knows no colour."""

import numpy as np

from dragon_app.imaging.shapes import Path, Points, box, curve, ellipse, mirrored, moved, ribbon


def cross() -> list[Points]:
    """Return a plain cross from edge to edge."""
    return [box(40, -10, 60, 140), box(-10, 40, 110, 60)]


def three_bends() -> list[Points]:
    """Return three stripes that fall from the upper left to the lower right."""
    return [
        np.array([[-60, y - 70], [160, y + 96], [160, y + 114], [-60, y - 52]], np.float64)
        for y in (10, 48, 86)
    ]


def crosslets() -> list[Points]:
    """Return little crosses with crossed arms, strewn in rows."""
    rows = [(18, (20, 50, 80)), (45, (35, 65)), (72, (22, 50, 78)), (98, (36, 64))]
    return [part for y, xs in rows for x in xs for part in _crosslet(x, y)]


def _crosslet(x: float, y: float) -> list[Points]:
    upright = [box(-1.6, -11, 1.6, 12.5), box(-4, -8.2, 4, -5.2), box(-4, 5.4, 4, 8.4)]
    level = [box(-11, -1.6, 11, 1.6), box(-8.2, -4, -5.2, 4), box(5.2, -4, 8.2, 4)]
    return moved([*upright, *level], to=(x, y))


def three_crowns() -> list[Points]:
    """Return three open crowns, two above one."""
    places = [(28, 30), (72, 30), (50, 78)]
    return [part for place in places for part in moved(_crown(), scale=0.88, to=place)]


def _crown() -> list[Points]:
    rim = curve([(-15, 11), (0, 13.5), (15, 11), (15.6, 6), (0, 8.5), (-15.6, 6)], closed=True)
    body = [(-15.4, 7), (-19, -9), (-10, 0), (-7.5, -12), (-2.6, -1.5), (0, -16)]
    points = np.array([*body, *[(-x, y) for x, y in body[-2::-1]], (0, 10)], np.float64)
    pearls = [(-19, -10.5), (-7.5, -13.5), (0, -17.5), (7.5, -13.5), (19, -10.5)]
    return [rim, points, *[ellipse(x, y, 2.3) for x, y in pearls]]


def lion() -> list[Points]:
    """Return a lion rampant that faces left."""
    limbs: list[Path] = [
        [(46, 26, 20), (45, 38, 28), (49, 52, 25), (56, 64, 17), (62, 76, 22), (64, 82, 18)],
        [(42, 40, 15), (32, 41, 10), (24, 35, 8), (19, 26, 7), (14, 21, 8)],
        [(44, 52, 15), (34, 58, 10), (25, 57, 8), (18, 52, 7), (12, 51, 8)],
        [(61, 76, 23), (50, 84, 19), (42, 90, 12), (43, 99, 7.5), (38, 107, 7), (29, 109, 8)],
        [(64, 78, 22), (69, 90, 19), (66, 100, 11), (71, 107, 7.5), (69, 114, 7), (60, 116, 8)],
        [(70, 78, 5), (82, 82, 4.5), (91, 72, 4.5), (84, 58, 4.5), (80, 46, 4.5), (88, 34, 5)],
    ]
    claws: list[Path] = []
    for x, y, turn in ((14, 21, -0.5), (12, 51, 0.1), (29, 109, 0.2), (60, 116, 0.2)):
        for spread in (-0.75, 0.0, 0.75):
            way = np.array([-np.cos(turn + spread), np.sin(turn + spread)])
            claws.append(
                [
                    (x, y, 5),
                    (*(np.array([x, y]) + 4 * way), 4.2),
                    (*(np.array([x, y]) + 8 * way), 0.6),
                ]
            )
    tuft: list[Path] = [
        [(87, 37, 4), (92, 28, 8), (89, 17, 5), (94, 10, 0.5)],
        [(87, 37, 4), (84, 29, 7), (80, 22, 4), (81, 15, 0.5)],
        [(88, 36, 4), (96, 31, 6), (100, 25, 3), (104, 24, 0.5)],
    ]
    return [*map(ribbon, [*limbs, *claws, *tuft]), *_lion_head()]


def _lion_head() -> list[Points]:
    skull = curve(
        [
            (31, 8), (38, 5), (46, 8), (48, 18), (42, 25), (33, 25.5), (29, 27), (25, 25),
            (27, 22.5), (32, 21.5), (30, 19.5), (24, 19), (21.5, 16), (24, 13), (28, 12),
        ],
        closed=True,
    )  # fmt: skip
    ear = curve([(40, 9), (42, 1), (46, 2), (47, 11)], closed=True)
    locks: list[Path] = []
    for x, y, to_x, to_y in (
        (44, 9, 57, 4), (47, 14, 62, 13), (48, 20, 65, 23), (49, 27, 66, 33), (49, 34, 66, 43),
        (47, 41, 62, 52), (38, 30, 28, 31), (39, 36, 29, 44), (42, 44, 34, 52),
    ):  # fmt: skip
        middle_x, middle_y = (x + to_x) / 2, (y + to_y) / 2 - 2.5
        locks.append([(x, y, 11), (middle_x, middle_y, 8), (to_x, to_y, 0.6)])
    return [skull, ear, *map(ribbon, locks)]


def lion_tongue() -> list[Points]:
    """Return what is red on the lion: its tongue."""
    return [ribbon([(31, 21, 3), (25, 21.4, 2.6), (20, 24, 2.6), (18, 22, 0.5)])]


def lion_lines() -> list[Points]:
    """Return what is engraved on the lion: the eye and lines of muscle and mane."""
    lines: list[Path] = [
        [(35, 12.5, 0.6), (37, 11.8, 2.4), (39, 12.5, 0.6)],
        [(43, 14, 0.5), (50, 15, 1.4), (56, 14, 0.4)],
        [(44, 21, 0.5), (52, 22.5, 1.4), (58, 23, 0.4)],
        [(43, 29, 0.5), (51, 30, 1.4), (58, 33, 0.4)],
        [(44, 37, 0.5), (51, 38, 1.4), (58, 43, 0.4)],
        [(51, 70, 0.4), (57, 66, 1.5), (65, 68, 1.2), (70, 74, 0.4)],
        [(58, 84, 0.4), (57, 90, 1.4), (52, 95, 0.4)],
        [(47, 49, 0.4), (52, 55, 1.4), (52, 62, 0.4)],
    ]
    return list(map(ribbon, lines))


def eagle_lines() -> list[Points]:
    """Return what is engraved on the eagle: eyes, feathers, scales of the breast."""
    half: list[Path] = [[(35, 17, 0.6), (36.5, 16.6, 2.2), (38, 17, 0.6)]]
    for x, top, bottom, lean in (
        (38, 50, 80, -3), (32.5, 46, 80, -1), (27, 41, 78, 0.5), (21.5, 35, 72, 2), (16, 29, 64, 2)
    ):  # fmt: skip
        half.append(
            [(x, top, 0.5), (x - lean / 2, (top + bottom) / 2, 1.5), (x - lean, bottom, 0.5)]
        )
    half.append([(47, 90, 0.4), (44.5, 99, 1.3), (43, 106, 0.4)])
    for y in (50, 57, 64, 71):
        half.append([(43, y - 2, 0.4), (46, y + 1.5, 1.3), (50, y - 1.5, 1.0)])
    sides = list(map(ribbon, half))
    return [*sides, *mirrored(sides, x=50)]


def crown_lines() -> list[Points]:
    """Return what is engraved on the three crowns: the upper edge of the rim, and its jewels."""
    edge = ribbon([(-14.5, 6.5, 1), (0, 8.6, 1.2), (14.5, 6.5, 1)])
    jewels = [ellipse(x, y, 1.2) for x, y in ((-9, 3), (0, 4), (9, 3))]
    places = [(28, 30), (72, 30), (50, 78)]
    return [part for place in places for part in moved([edge, *jewels], scale=0.88, to=place)]


def double_eagle() -> list[Points]:
    """Return an eagle displayed with two heads."""
    half: list[Path] = [
        [(48, 44, 12), (42, 34, 9), (41, 26, 7.5), (37, 19, 8.5), (34, 18, 9)],
        [(37, 15.5, 5), (30, 16, 5), (25, 18.5, 3), (23.5, 23, 0.6)],
        [(36, 20.5, 3.5), (31, 21, 2.4), (28, 22.5, 0.5)],
        [(46, 52, 13), (35, 45, 11), (21, 32, 9), (12, 20, 7), (14, 11, 5), (20, 8, 1)],
        [(46, 78, 13), (38, 86, 8), (31, 92, 4.5)],
        *[[(31, 92, 4), (31 + dx, 92 + dy, 3), (31 + 1.7 * dx, 93 + 2 * dy, 0.5)]
          for dx, dy in ((-5, -1.5), (-4, 3), (0.5, 4.5), (4.5, 2.5))],
    ]  # fmt: skip
    arm = curve([(42, 50), (34, 46), (22, 34), (13, 22)], steps=2)
    feathers = (
        (44, -0.10), (50, -0.07), (50, -0.02), (47, 0.04), (41, 0.10), (34, 0.16), (26, 0.22)
    )  # fmt: skip
    for (x, y), (length, lean) in zip(arm[::-1], feathers, strict=True):
        to_x, to_y = x + length * np.sin(lean), y + length * np.cos(lean)
        half.append([(x, y, 5), ((x + to_x) / 2, (y + to_y) / 2, 7), (to_x, to_y - 2, 5)])
    for lean, length in ((-0.42, 30), (-0.2, 34)):
        to_x, to_y = 50 + length * np.sin(lean), 80 + length * np.cos(lean)
        half.append([(50, 78, 5), ((50 + to_x) / 2, (80 + to_y) / 2, 8), (to_x, to_y - 3, 7)])
    sides = list(map(ribbon, half))
    body = ribbon([(50, 38, 9), (50, 50, 19), (50, 64, 19), (50, 80, 10), (50, 92, 6)])
    tail = ribbon([(50, 80, 5), (50, 98, 8), (50, 113, 7)])
    return [*sides, *mirrored(sides, x=50), body, tail]
