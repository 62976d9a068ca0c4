"""Where on a photo a class was read: a small map, warm where it spoke for the class. Pure."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from dragon_app.core.vectors import Floats


class HeatMethod(StrEnum):
    """How a map was found."""

    GRAD_CAM = "grad-cam"  # from what a map of features gives to the class
    OCCLUSION = "occlusion"  # from what the class loses when a place is covered

    @property
    def words(self) -> str:
        """Say in plain words what the map shows."""
        if self is HeatMethod.GRAD_CAM:
            return "Read from inside the network (Grad-CAM)."
        return "Found by covering one place after the other (occlusion)."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeatMap:
    """What spoke for a class, from 0 to 1; all 0 where nothing did.

    The map (h, w) lies over what the network saw: the middle of the photo, `seen` is its share of
    the width and of the height.
    """

    values: Floats
    seen: tuple[float, float]
    method: HeatMethod

    @property
    def is_cold(self) -> bool:
        """Whether no place spoke for the class."""
        return not bool(self.values.any())


def scaled(values: NDArray[np.float32]) -> Floats:
    """Return a map from 0 to 1: what speaks against counts as nothing, the warmest place as 1."""
    kept = np.maximum(values, 0)
    peak = float(kept.max(initial=0.0))
    return np.asarray(kept / peak if peak > 0 else np.zeros_like(kept), np.float32)


def seen_share(width_px: int, height_px: int, *, view: float) -> tuple[float, float]:
    """Return which share of width and height the middle square is that a network sees.

    `view` is the side of that square as a share of the shorter side of the photo.
    """
    shorter = min(width_px, height_px)
    return (min(1.0, view * shorter / width_px), min(1.0, view * shorter / height_px))
