"""Whether something plain - size, light, border, colour - gives a class away. Pure numbers.

A model may learn that instead of what is on the photos. Each plain thing alone must name a class:
every photo goes to where photos like it are denser, those of the class or the others. Photos of
its own group do not count for it, so nothing is learned by heart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from dragon_app.core.metrics import wilson_interval
from dragon_app.core.vectors import Floats, Ids

FEWEST = 8  # groups of a class, and of the others: fewer show nothing
# Share right, class and others alike, from which a cue is worth a warning. No class of flowers has
# above 0.69 and no drawn one above 0.76; one class of flowers at half its light has 0.91.
LARGE = 0.8
CHANCE = 0.5
_DOUBT = 0.05  # of a false alarm by chance among all that is asked, classes and cues
_EXAMPLES = 4
_UNIFORM_SPREAD = 12**-0.5  # of ranks from 0 to 1


class Cue(StrEnum):
    """What may give a class away."""

    SIZE = "size"
    BRIGHTNESS = "brightness"
    BORDER = "border"
    COLOUR = "colour"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """A class that a cue alone tells from the others, and photos that show it by place.

    `found` is the share of the class's photos that it finds, `spared` of the others that it does
    not take for it. `also` are weaker cues that give the same class away.
    """

    cue: Cue
    target: int
    found: float
    spared: float
    typical: tuple[int, ...]
    others: tuple[int, ...]
    also: tuple[Cue, ...] = ()

    @property
    def balanced(self) -> float:
        """The share right, when the class and the others count alike: one half is chance."""
        return (self.found + self.spared) / 2


def shortcuts(
    cues: Mapping[Cue, Floats], targets: Ids, groups: Ids, *, large: float = LARGE
) -> list[Shortcut]:
    """Return what gives classes away, the surest first, each class once.

    `cues` are numbers (N, D) of each photo; targets and groups are (N,). What is right on less than
    `large` is left out.
    """
    classes = np.unique(targets)
    if len(classes) < 2:
        return []
    z = NormalDist().inv_cdf(1 - _DOUBT / (len(cues) * len(classes)))
    found = []
    for cue, numbers in cues.items():
        own, other = _densities(ranks(numbers), targets, groups, classes)  # (N, C) each
        odds = own - other
        # Of two classes, what tells one tells the other.
        for column in range(1 if len(classes) == 2 else 0, len(classes)):
            is_own = targets == classes[column]
            rates = _rates(odds[:, column] > 0, is_own, groups, z)
            if rates is not None and sum(rates) / 2 >= large:
                order = np.argsort(-odds[:, column], kind="stable")
                found.append(
                    Shortcut(
                        cue=cue,
                        target=int(classes[column]),
                        found=rates[0],
                        spared=rates[1],
                        typical=_first(order, is_own),
                        others=_first(order[::-1], ~is_own),
                    )
                )
    found.sort(key=lambda each: (-each.balanced, each.target))
    return _each_class_once(found)


def ranks(numbers: Floats) -> Floats:
    """Return the place of each number (N, D) among its column, 0..1; equal ones share a place."""
    placed = np.empty(numbers.shape, np.float32)
    for column, values in enumerate(numbers.T):
        _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
        middles = np.cumsum(counts) - (counts + 1) / 2
        placed[:, column] = middles[place] / max(len(values) - 1, 1)
    return placed


def _densities(
    places: Floats, targets: Ids, groups: Ids, classes: Ids
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how dense photos of each class, and all others, are around each photo, (N, C)."""
    fewest = min(np.bincount(np.searchsorted(classes, targets)))
    # Scott's rule for as many photos as the smallest class has, halved: edges are sharp.
    width = 0.5 * _UNIFORM_SPREAD * float(fewest) ** (-1 / (places.shape[1] + 4))
    squares = np.square(places).sum(1)
    apart = np.maximum(squares[:, None] + squares - 2 * places @ places.T, 0)  # (N, N)
    near = np.exp(-apart / (2 * width**2))
    near[groups[:, None] == groups] = 0
    of_class = (targets[:, None] == classes).astype(np.float32)  # (N, C)
    strange = (groups[:, None] != groups).astype(np.float32)  # (N, N)
    own = near @ of_class / np.maximum(strange @ of_class, 1)
    other = near @ (1 - of_class) / np.maximum(strange @ (1 - of_class), 1)
    return own.astype(np.float64), other.astype(np.float64)


def _rates(
    is_named: NDArray[np.bool_], is_own: NDArray[np.bool_], groups: Ids, z: float
) -> tuple[float, float] | None:
    """Return the share of a class named so, and of the others not; None if that may be chance."""
    parts = [_share(is_named, is_own, groups), _share(~is_named, ~is_own, groups)]
    surely = [wilson_interval(round(share * n), n, z=z)[0] for share, n in parts]
    (found, n_own), (spared, n_other) = parts
    is_enough = min(n_own, n_other) >= FEWEST
    return (found, spared) if is_enough and sum(surely) / 2 > CHANCE else None


def _first(order: Ids, is_meant: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(map(int, order[is_meant[order]][:_EXAMPLES]))


def _share(is_right: NDArray[np.bool_], among: NDArray[np.bool_], groups: Ids) -> tuple[float, int]:
    """Return the share right among some photos, and how many groups those are."""
    return float(is_right[among].mean()) if among.any() else 0.0, len(np.unique(groups[among]))


def _each_class_once(found: list[Shortcut]) -> list[Shortcut]:
    """Keep the surest cue of each class, and name the weaker ones with it."""
    kept: dict[int, Shortcut] = {}
    for each in found:
        first = kept.get(each.target)
        if first is None:
            kept[each.target] = each
        else:
            kept[each.target] = replace(first, also=(*first.also, each.cue))
    return list(kept.values())
