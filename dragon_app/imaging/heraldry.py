"""Coats of arms on shields, as the tradition gives them to knights of the Round Table."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image, ImageFilter

from dragon_app.imaging import charges
from dragon_app.imaging.light import (
    Colour,
    Floats,
    blurred,
    grain,
    paint,
    relief,
    shaded,
    slope,
)
from dragon_app.imaging.shapes import Points, curve, ellipse, mask, moved

OR: Colour = (226, 172, 48)
ARGENT: Colour = (233, 230, 220)
AZURE: Colour = (30, 68, 158)
GULES: Colour = (182, 26, 34)
PURPURE: Colour = (98, 34, 122)
VERT: Colour = (22, 106, 58)
STEEL: Colour = (150, 156, 164)

SHIELD_SIZE = (300, 360)  # pixels of a drawn shield
_PER_UNIT = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Arms:
    """What is on a shield: a field, a charge, lines engraved on it, its tongue in red.

    Charges are drawn in a field of 100 x 120, then scaled about its corner and shifted.
    """

    field: Colour
    metal: Colour
    rim: Colour
    charge: Callable[[], list[Points]]
    engraved: Callable[[], list[Points]] = list
    tongue: Callable[[], list[Points]] = list
    scale: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)

    def placed(self, shapes: list[Points]) -> list[Points]:
        """Return shapes of the field in pixels of the shield."""
        return moved(moved(shapes, scale=self.scale, to=self.shift), scale=_PER_UNIT)


ARMS: dict[str, Arms] = {
    "Arthur": Arms(
        field=AZURE, metal=OR, rim=OR, charge=charges.three_crowns,
        engraved=charges.crown_lines, scale=0.93, shift=(3.5, 4),
    ),
    "Lancelot": Arms(field=ARGENT, metal=GULES, rim=STEEL, charge=charges.three_bends),
    "Gawain": Arms(
        field=PURPURE, metal=OR, rim=OR, charge=charges.double_eagle,
        engraved=charges.eagle_lines, scale=0.84, shift=(8, 8),
    ),
    "Percival": Arms(field=PURPURE, metal=OR, rim=STEEL, charge=charges.crosslets),
    "Galahad": Arms(field=ARGENT, metal=GULES, rim=OR, charge=charges.cross),
    "Tristan": Arms(
        field=VERT, metal=OR, rim=OR, charge=charges.lion, engraved=charges.lion_lines,
        tongue=charges.lion_tongue, scale=0.76, shift=(10.5, 11),
    ),
}  # fmt: skip


def _outline(form: int) -> Points:
    if form == 0:  # heater
        half = curve([(95, 5), (95.5, 38), (91, 66), (77, 92), (50, 116)])
        return np.vstack([half, np.column_stack([100 - half[::-1, 0], half[::-1, 1]])])
    if form == 1:  # arched top
        half = curve([(50, 3), (76, 6), (92, 18), (96, 42), (89, 72), (72, 99), (50, 117)])
        return np.vstack([half, np.column_stack([100 - half[::-1, 0], half[::-1, 1]])])
    low = curve([(95, 62), (94, 88), (84, 104), (64, 108), (50, 117)])  # square with a point
    half = np.vstack([[(95, 5)], low])
    return np.vstack([half, np.column_stack([100 - half[::-1, 0], half[::-1, 1]])])


FORMS = 3


@cache
def shield(knight: str, form: int) -> Image.Image:
    """Draw a knight's shield in one of the forms, RGBA of `SHIELD_SIZE`, lit from upper left."""
    coat = ARMS[knight]
    outer = _outline(form)
    inner = moved(moved([outer], to=(-50, -56)), scale=0.925, to=(50, 56))[0]
    whole, inside = (mask(SHIELD_SIZE, moved([shape], scale=_PER_UNIT)) for shape in (outer, inner))
    rng = np.random.default_rng((len(knight), form))
    canvas = np.empty((SHIELD_SIZE[1], SHIELD_SIZE[0], 3), np.float32)
    canvas[:] = coat.rim
    canvas *= 1 + 0.03 * grain(rng, SHIELD_SIZE)[..., None]
    canvas += 620 * relief(blurred(whole, 5) - 0.9 * blurred(inside, 3))[..., None]

    field = _field(coat, rng)
    paint(canvas, field, inside)
    edge = blurred(inside, 6)
    canvas *= np.where(edge > 0.5, 0.74 + 0.26 * np.clip((edge - 0.5) * 2.2, 0, 1), 1)[..., None]

    rivets = mask(SHIELD_SIZE, [ellipse(x, y, 4.2) for x, y in _rivets(outer, inner)])
    paint(canvas, (60, 48, 30), 0.6 * blurred(rivets, 2))
    paint(canvas, shaded(coat.rim, 1, 28), rivets)
    canvas += 260 * relief(blurred(rivets, 1.4))[..., None]
    dome = 1.03 - 0.2 * slope(SHIELD_SIZE, 0.9) - 0.1 * slope(SHIELD_SIZE, 0) ** 2
    picture = Image.fromarray(np.clip(canvas * dome[..., None], 0, 255).astype(np.uint8))
    picture.putalpha(whole)
    return picture


def _field(coat: Arms, rng: np.random.Generator) -> Floats:
    """Paint field and charge, without the shield's form."""
    canvas = np.empty((SHIELD_SIZE[1], SHIELD_SIZE[0], 3), np.float32)
    canvas[:] = coat.field
    lattice = [
        np.array([[x - 5, y], [x, y - 6], [x + 5, y], [x, y + 6]], np.float64)
        for row, y in enumerate(range(0, 130, 6))
        for x in range(-5 * (row % 2), 110, 10)
    ]
    small = moved(lattice, scale=_PER_UNIT)
    damask = blurred(mask(SHIELD_SIZE, small[::2]), 1.2)
    canvas *= (0.965 + 0.07 * damask)[..., None]
    charge = mask(SHIELD_SIZE, coat.placed(coat.charge()))
    shadow = np.roll(blurred(charge, 4), (3, 3), axis=(0, 1))
    canvas *= (1 - 0.4 * shadow)[..., None]
    line = charge.filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.GaussianBlur(0.7))
    paint(canvas, shaded(coat.metal, 0.36), line)
    paint(canvas, coat.metal, charge)
    canvas += 190 * relief(blurred(charge, 3))[..., None] * blurred(charge, 1)[..., None]
    for shapes, colour in ((coat.engraved(), shaded(coat.metal, 0.45)), (coat.tongue(), GULES)):
        paint(canvas, colour, mask(SHIELD_SIZE, coat.placed(shapes)))
    return canvas * (1 + 0.02 * grain(rng, SHIELD_SIZE)[..., None])


def _rivets(outer: Points, inner: Points) -> Points:
    """Return where rivets sit, evenly along the rim, in pixels."""
    middle = (np.vstack([outer, outer[:1]]) + np.vstack([inner, inner[:1]])) / 2 * _PER_UNIT
    steps = np.linalg.norm(np.diff(middle, axis=0), axis=1)
    way = np.concatenate([[0], np.cumsum(steps)])
    marks = np.linspace(0, way[-1], 17)[:-1]
    return np.column_stack([np.interp(marks, way, middle[:, i]) for i in (0, 1)])
