"""Curves and silhouettes for drawn pictures: points in, smooth masks out. Knows no subject."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Points = NDArray[np.float64]  # (N, 2) x and y, y downwards
Path = Sequence[Sequence[float]]  # rows of x, y, or of x, y, width

_SMOOTHING = 3  # polygons are drawn this many times larger and averaged down


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Where a figure stands in a picture: its middle in pixels, pixels per unit, turn (radians)."""

    centre: tuple[float, float]
    scale: float
    turn: float = 0.0
    is_mirrored: bool = False


def posed(shapes: Iterable[Points], pose: Pose, *, middle: tuple[float, float]) -> list[Points]:
    """Return shapes, drawn about a middle, as a pose puts them into a picture."""
    home = moved(shapes, to=(-middle[0], -middle[1]))
    there = moved(home, scale=pose.scale, turn=pose.turn, to=pose.centre)
    return mirrored(there, x=pose.centre[0]) if pose.is_mirrored else there


def curve(path: Path, *, closed: bool = False, steps: int = 8) -> Points:
    """Return a Catmull-Rom curve through the rows of a path; further columns run along with it."""
    knots = np.asarray(path, dtype=np.float64)
    around = (
        np.vstack([knots[-1:], knots, knots[:2]])
        if closed
        else np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    )
    t = np.arange(steps)[:, None] / steps
    a, b, c, d = around[:-3], around[1:-2], around[2:-1], around[3:]
    pieces = 0.5 * (
        2 * b[:, None]
        + (c - a)[:, None] * t
        + (2 * a - 5 * b + 4 * c - d)[:, None] * t**2
        + (3 * b - a - 3 * c + d)[:, None] * t**3
    )  # (pieces, steps, columns)
    flat = pieces.reshape(-1, knots.shape[1])
    return flat if closed else np.vstack([flat, knots[-1:]])


def ribbon(path: Path, *, steps: int = 8) -> Points:
    """Return the outline of a stroke along a curve through rows of x, y, width, ends rounded."""
    spine = curve(path, steps=steps)
    along = np.gradient(spine[:, :2], axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    across = np.column_stack([-along[:, 1], along[:, 0]])
    half = np.maximum(spine[:, 2:3], 0) / 2
    left, right = spine[:, :2] + across * half, spine[:, :2] - across * half
    turn = np.linspace(0, np.pi, 7)[1:-1, None]
    tip = spine[-1, :2] + half[-1] * (np.cos(turn) * across[-1] + np.sin(turn) * along[-1])
    tail = spine[0, :2] - half[0] * (np.cos(turn) * across[0] + np.sin(turn) * along[0])
    return np.vstack([left, tip, right[::-1], tail])


def ellipse(x: float, y: float, radius_x: float, radius_y: float | None = None) -> Points:
    """Return a circle, or an ellipse, as a polygon."""
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    radius_y = radius_x if radius_y is None else radius_y
    return np.column_stack([x + radius_x * np.cos(turn), y + radius_y * np.sin(turn)])


def box(left: float, top: float, right: float, bottom: float) -> Points:
    """Return a rectangle as a polygon."""
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)


def mirrored(shapes: Iterable[Points], *, x: float) -> list[Points]:
    """Return shapes reflected in the upright line at `x`."""
    return [np.column_stack([2 * x - shape[:, 0], shape[:, 1]]) for shape in shapes]


def moved(
    shapes: Iterable[Points],
    *,
    scale: float = 1.0,
    turn: float = 0.0,
    to: tuple[float, float] = (0.0, 0.0),
) -> list[Points]:
    """Return shapes scaled and turned (radians, clockwise to the eye) about 0, then shifted."""
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    matrix = np.array([[cos, sin], [-sin, cos]])
    return [shape[:, :2] @ matrix + np.asarray(to) for shape in shapes]


def mask(size: tuple[int, int], shapes: Iterable[Points]) -> Image.Image:
    """Return the union of polygons as a smooth-edged mask ("L") of the size in pixels."""
    large = Image.new("L", (size[0] * _SMOOTHING, size[1] * _SMOOTHING))
    draw = ImageDraw.Draw(large)
    for shape in shapes:
        draw.polygon((shape[:, :2] * _SMOOTHING).ravel().tolist(), fill=255)
    return large.reduce(_SMOOTHING)
