"""The flame that a dragon breathes. Knows no dragon."""

import numpy as np

from dragon_app.imaging.light import Floats, blurred, paint
from dragon_app.imaging.shapes import mask, ribbon

Random = np.random.Generator


def breathe_fire(
    canvas: Floats, rng: Random, mouth: tuple[float, float], *, angle: float, length: float
) -> None:
    """Paint a flame from a mouth in the direction of an angle (radians, clockwise from right)."""
    height, width = canvas.shape[:2]
    way = np.array([np.cos(angle), np.sin(angle)])
    side = np.array([-way[1], way[0]])
    for colour, share, count in (
        ((214, 62, 20), 1.0, 7),
        ((250, 150, 36), 0.8, 6),
        ((255, 236, 150), 0.52, 4),
    ):
        tongues = []
        for spread_by in rng.normal(0, 0.17, count):
            steps = [0.0, 0.35, 0.7, 1.0]
            widths = np.array([0.04, 0.17, 0.15, 0.01]) * length * share
            bend = rng.normal(0, 0.05)
            points = [
                np.array(mouth)
                + length * share * (s * way + (spread_by * s + bend * np.sin(5 * s)) * side)
                for s in steps
            ]
            tongues.append(ribbon([(*p, w) for p, w in zip(points, widths, strict=True)]))
        cover = mask((width, height), tongues)
        if share == 1.0:
            paint(canvas, colour, 0.6 * blurred(cover, 0.09 * length))
        paint(canvas, colour, 0.92 * blurred(cover, 0.8))
