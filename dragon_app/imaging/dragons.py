"""Dragons in three poses: flying past, sitting, and with wings spread. Knows no landscape."""

from dataclasses import dataclass

import numpy as np

from dragon_app.imaging.light import Colour, Floats, blurred, fill, floats, paint, relief
from dragon_app.imaging.shapes import (
    Path,
    Points,
    Pose,
    curve,
    ellipse,
    mask,
    mirrored,
    moved,
    posed,
    ribbon,
)

Random = np.random.Generator

SCALES: tuple[Colour, ...] = (
    (168, 36, 34), (44, 112, 62), (62, 74, 94), (34, 92, 128), (186, 128, 40), (104, 48, 110),
)  # fmt: skip


_MIDDLE = (65.0, 45.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dragon:
    """A dragon's parts from back to front in a box about 130 x 110, and where it breathes from."""

    far_wing: tuple[Points, ...]
    far_ribs: tuple[Points, ...]
    body: tuple[Points, ...]
    belly: tuple[Points, ...]
    near_wing: tuple[Points, ...]
    ribs: tuple[Points, ...]
    eyes: tuple[Points, ...]
    mouth: tuple[float, float]


def flying(rng: Random) -> Dragon:
    """Return a dragon that flies to the left."""
    wave = rng.normal(0, 4, 3)
    spine: Path = [
        (22, 31, 6), (30, 30, 8), (36, 38, 9), (44, 47, 14), (56, 52, 20), (70, 53, 17),
        (83, 54 + wave[0] / 2, 12), (97, 58 + wave[0], 8), (109, 56 + wave[1], 5),
        (119, 47 + wave[1], 3.2), (128, 42 + wave[2], 1.5),
    ]  # fmt: skip
    legs: list[Path] = [
        [(53, 56, 10), (49, 66, 7), (42, 68, 4.5), (37, 72, 3.5)],
        [(78, 57, 14), (84, 68, 9), (76, 74, 5), (68, 76, 4)],
    ]
    claws = _claws((37, 72), 2.6) + _claws((68, 76), 2.8)
    body = [
        ribbon(spine),
        *map(ribbon, legs),
        *claws,
        *_head((23, 30)),
        *_spikes(spine),
        _spade(spine),
    ]
    beat = rng.uniform(-0.4, 0.3)
    near, ribs = _wing((57, 46), beat, 1.0)
    far, far_ribs = _wing((52, 45), beat + 0.5, 0.92)
    return Dragon(
        far_wing=tuple(far), far_ribs=tuple(far_ribs), body=tuple(body),
        belly=(_belly(spine),), near_wing=tuple(near), ribs=tuple(ribs),
        eyes=(ellipse(20.5, 28.2, 1.1),), mouth=(10.5, 33.5),
    )  # fmt: skip


def sitting(rng: Random) -> Dragon:
    """Return a dragon that sits and looks to the left."""
    lean = rng.normal(0, 2.5)
    spine: Path = [
        (29 + lean, 15, 6), (37 + lean, 14, 8), (44 + lean, 24, 9), (44, 38, 11), (49, 53, 17),
        (57, 68, 22), (67, 82, 22), (82, 93, 12), (99, 95, 8), (113, 91, 5), (120, 80, 3.2),
        (115, 71, 1.5),
    ]  # fmt: skip
    legs: list[Path] = [
        [(50, 58, 10), (46, 74, 7.5), (47, 90, 5.5), (42, 97, 5), (37, 98, 4)],
        [(56, 60, 9), (55, 76, 7), (56, 92, 5), (50, 98, 4.5)],
        [(72, 78, 20), (64, 88, 17), (68, 95, 8), (59, 99, 5)],
    ]
    claws = _claws((37, 98), 2.6) + _claws((59, 99), 2.8) + _claws((50, 98), 2.4)
    body = [
        ribbon(spine), *map(ribbon, legs), *claws, *_head((30 + lean, 14)), *_spikes(spine),
        _spade(spine),
    ]  # fmt: skip
    beat = rng.uniform(-0.4, 0.15)
    near, ribs = _wing((56, 58), beat, 0.92)
    far, far_ribs = _wing((50, 55), beat + 0.45, 0.84)
    return Dragon(
        far_wing=tuple(far), far_ribs=tuple(far_ribs), body=tuple(body),
        belly=(_belly(spine[:7]),), near_wing=tuple(near), ribs=tuple(ribs),
        eyes=(ellipse(27.5 + lean, 12.2, 1.1),), mouth=(17.5 + lean, 17.5),
    )  # fmt: skip


def spread(rng: Random) -> Dragon:
    """Return a dragon seen from before, its wings spread to both sides."""
    sway = rng.normal(0, 5, 2)
    spine: Path = [
        (65, 22, 8), (66, 32, 8), (65, 44, 14), (65, 56, 19), (65, 68, 14),
        (65 + sway[0], 82, 8), (65 + sway[1], 94, 5), (65 - sway[0], 104, 3),
        (66 - sway[1], 112, 1.4),
    ]  # fmt: skip
    side: list[Points] = [
        ribbon([(69, 50, 8), (76, 58, 5), (74, 66, 3.6)]),
        ribbon([(68, 66, 11), (78, 76, 7), (74, 86, 4.5), (77, 90, 3)]),
        *_claws((74, 66), 2.2),
        *_claws((77, 90), 2.4),
        curve([(68, 18), (72, 10), (77, 6), (74, 13), (70, 21)], closed=True),
        curve([(69, 22), (74, 20), (78, 21), (73, 24)], closed=True),
    ]
    snout = curve(
        [(60, 17), (65, 13), (70, 17), (69.5, 24), (67.5, 31), (65, 33), (62.5, 31), (60.5, 24)],
        closed=True,
    )
    body = [ribbon(spine), *side, *mirrored(side, x=65), snout, _spade(spine)]
    right, ribs = _wing((69, 46), rng.uniform(-0.6, 0.0), 0.9)
    eyes = [ellipse(67.4, 20.5, 0.95), ellipse(62.6, 20.5, 0.95)]
    belly = ribbon([(65, 40, 6), (65, 56, 10), (65, 70, 7), (65 + sway[0], 83, 4)])
    return Dragon(
        far_wing=(*right, *mirrored(right, x=65)), far_ribs=(*ribs, *mirrored(ribs, x=65)),
        body=tuple(body), belly=(belly,), near_wing=(), ribs=(),
        eyes=tuple(eyes), mouth=(65, 32),
    )  # fmt: skip


LIKENESSES = (flying, sitting, spread)


def _head(at: tuple[float, float]) -> list[Points]:
    """Return a head with open jaws and swept horns that looks to the left from its neck."""
    skull = curve(
        [
            (4, -4),
            (-2, -5.6),
            (-6, -3),
            (-11, -1.4),
            (-14.5, -1.6),
            (-15.6, 0.8),
            (-13, 2.2),
            (-8, 2.4),
            (-3, 4),
            (3, 4),
        ],
        closed=True,
    )
    jaw = curve(
        [(2, 2.5), (-3, 4.6), (-8, 6), (-12, 6.6), (-11, 8.4), (-5, 8), (1, 6.4), (4, 4)],
        closed=True,
    )
    horns: list[Path] = [
        [(0, -4, 3.4), (6, -8, 2.6), (13, -9, 1.6), (18, -7, 0.4)],
        [(3, -2, 3), (9, -4, 2.2), (14, -4, 1.2), (18, -2, 0.4)],
        [(2, 5, 2.4), (6, 8, 1.4), (9, 9, 0.4)],
    ]
    brow = curve([(-5, -3), (-2, -7), (2, -5.4), (0, -3)], closed=True)
    return moved([skull, jaw, brow, *map(ribbon, horns)], to=at)


def _wing(
    shoulder: tuple[float, float], beat: float, scale: float
) -> tuple[list[Points], list[Points]]:
    """Return a wing's skin and its bones; `beat` turns it forward about the shoulder."""
    elbow, wrist, root = (14, -26), (4, -48), (30, 7)
    tips = [(38, -60), (60, -40), (62, -16), (50, 3)]
    edge: list[tuple[float, float]] = [(0, 0), elbow, wrist]
    previous = tips[0]
    edge.append(previous)
    for tip in [*tips[1:], root]:
        # The skin hangs in an arch between two fingers, drawn in toward the wrist.
        for share in (0.25, 0.5, 0.75):
            arch = 0.22 * np.sin(np.pi * share)
            x = previous[0] + (tip[0] - previous[0]) * share
            y = previous[1] + (tip[1] - previous[1]) * share
            edge.append((x + (wrist[0] - x) * arch, y + (wrist[1] + 30 - y) * arch))
        edge.append(tip)
        previous = tip
    arm: Path = [(-1, 2, 8), (8, -14, 5.5), (*elbow, 5), (9, -38, 4), (*wrist, 4)]
    fingers: list[Path] = [
        [(*wrist, 3.4), ((wrist[0] + x) / 2, (wrist[1] + y) / 2 - 4, 2.4), (x, y, 0.8)]
        for x, y in tips
    ]
    thumb: Path = [(*wrist, 3), (1, -54, 2), (4, -58, 0.4)]
    bones = list(map(ribbon, [arm, thumb, *fingers]))
    skin = [np.array(edge, np.float64)]
    return (
        moved(skin, scale=scale, turn=-beat, to=shoulder),
        moved(bones, scale=scale, turn=-beat, to=shoulder),
    )


def _claws(at: tuple[float, float], size: float) -> list[Points]:
    x, y = at
    ways = ((-1.6, -0.2), (-1.3, 0.9), (-0.4, 1.4))
    return [
        ribbon(
            [
                (x, y, size),
                (x + dx * size, y + dy * size, size * 0.6),
                (x + 1.6 * dx * size, y + 1.7 * dy * size, 0.3),
            ]
        )
        for dx, dy in ways
    ]


def _spikes(spine: Path) -> list[Points]:
    """Return a comb along the upper side of the spine."""
    line = curve(spine, steps=3)
    along = np.gradient(line[:, :2], axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    up = np.column_stack([along[:, 1], -along[:, 0]])
    spikes = []
    for (x, y, wide), (ax, ay), (ux, uy) in list(zip(line, along, up, strict=True))[3:-3]:
        base_x, base_y, tall = x + ux * wide * 0.42, y + uy * wide * 0.42, 2.2 + wide * 0.2
        spikes.append(
            np.array([
                [base_x - ax * 2.4, base_y - ay * 2.4],
                [base_x + ux * tall + ax * 2, base_y + uy * tall + ay * 2],
                [base_x + ax * 2.4, base_y + ay * 2.4],
            ])
        )  # fmt: skip
    return spikes


def _spade(spine: Path) -> Points:
    """Return the arrow at the end of the tail."""
    (x0, y0, _), (x, y, _) = spine[-2:]
    way = np.array([x - x0, y - y0]) / np.hypot(x - x0, y - y0)
    side = np.array([-way[1], way[0]])
    tip = np.array([x, y])
    return np.array([tip - way * 3 + side * 5.5, tip + way * 9, tip - way * 3 - side * 5.5, tip])


def _belly(spine: Path) -> Points:
    """Return the pale underside: a ribbon along the lower edge of neck and trunk."""
    line = curve(spine, steps=4)
    along = np.gradient(line[:, :2], axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    down = np.column_stack([-along[:, 1], along[:, 0]])
    inner = np.column_stack([line[:, :2] + down * line[:, 2:] * 0.24, line[:, 2] * 0.42])
    return ribbon([tuple(row) for row in inner[4:-6]], steps=2)


def paint_dragon(canvas: Floats, dragon: Dragon, colour: Colour, pose: Pose) -> tuple[float, float]:
    """Paint a dragon on a picture; return where its mouth came to lie."""
    tone = floats(colour)
    skin = np.clip(tone * 0.72 + floats((58, 30, 18)), 0, 255)
    pale = np.clip(tone * 0.55 + floats((112, 96, 62)), 0, 255)
    for shapes, surface, depth in (
        (dragon.far_wing, skin * 0.66, 0.5), (dragon.far_ribs, tone * 0.5, 0.5),
        (dragon.body, tone, 1.0), (dragon.belly, pale, 0.4),
        (dragon.near_wing, skin, 0.7), (dragon.ribs, tone * 0.66, 0.6),
    ):  # fmt: skip
        if shapes:
            there = posed(shapes, pose, middle=_MIDDLE)
            _paint_part(canvas, there, surface, swell=depth, width_px=2.2 * pose.scale)
    fill(canvas, posed(dragon.eyes, pose, middle=_MIDDLE), (255, 214, 74))
    (mouth,) = posed((np.array([dragon.mouth]),), pose, middle=_MIDDLE)
    return float(mouth[0, 0]), float(mouth[0, 1])


def _paint_part(
    canvas: Floats, shapes: list[Points], surface: Floats, *, swell: float, width_px: float
) -> None:
    """Paint shapes as one rounded body with a thin dark outline."""
    corners = np.vstack([shape[:, :2] for shape in shapes])
    margin = int(4 * width_px) + 4
    left, top = np.maximum(corners.min(axis=0).astype(int) - margin, 0)
    right, bottom = corners.max(axis=0).astype(int) + margin
    view = canvas[top:bottom, left:right]
    if not view.size:
        return
    cover = mask((view.shape[1], view.shape[0]), moved(shapes, to=(-float(left), -float(top))))
    paint(view, surface * 0.25, np.clip(blurred(cover, 1.1) * 1.5, 0, 1) * 0.75)
    shade = 1 + 2.4 * swell * relief(blurred(cover, max(2.0, width_px)))
    paint(view, np.clip(surface * shade[..., None], 0, 255), cover)
