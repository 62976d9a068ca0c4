"""Whether a photo is none of the classes: how sure the model is, and how far it lies from all that
it learned from. Pure numbers; knows no network.

Three measures, none of which is best everywhere: the distance of `novelty`, how far the photos in
nearly the same direction are, and how unsure the answer is at the temperature that fits. Each is
brought to the middle and spread of the held-out photos, and they are added: no weight is chosen.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dragon_app.core.likeness import Likeness, fit_likeness
from dragon_app.core.novelty import Novelty, fit_novelty
from dragon_app.core.temperature import Probabilities, fit_temperature, tempered
from dragon_app.core.vectors import Floats

NEIGHBOURS = 10
_LEAST = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """What a model made of photos: vectors (N, D), probabilities (N, C), their classes (N,)."""

    vectors: Floats
    probabilities: Probabilities
    targets: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Usual:
    """What is usual; nobody writes into these numbers."""

    novelty: Novelty
    likeness: Likeness  # to the photos learned from
    temperature: float
    middles: Floats  # (3,), of the measures on held-out photos
    spreads: Floats  # (3,)
    held_out: Floats  # (M,), how strange those are, ascending

    def strangeness(self, vectors: Floats, probabilities: Probabilities) -> Floats:
        """Return how strange photos are, (N,); only comparisons have a meaning."""
        measures = self._measures(vectors, probabilities)
        found: Floats = ((measures - self.middles) / self.spreads).sum(1)
        return found

    def shares(self, vectors: Floats, probabilities: Probabilities) -> Floats:
        """Return the share of photos like the held-out ones that is less strange, (N,).

        A new photo of their kind may take any of M + 1 places among M of them: so counted, a limit
        of 0.95 accepts at least 95 % of such photos on average, however few were held out.
        """
        places = np.searchsorted(self.held_out, self.strangeness(vectors, probabilities))
        return np.asarray(places / (len(self.held_out) + 1), np.float32)

    def _measures(self, vectors: Floats, probabilities: Probabilities) -> Floats:
        """Return the three measures (N, 3), each the larger the stranger."""
        near = self.likeness.cosines(vectors)  # (N, M)
        count = min(NEIGHBOURS, near.shape[1])
        closest = np.partition(near, near.shape[1] - count, axis=1)[:, -count:]
        sure = tempered(probabilities, self.temperature).max(axis=1).clip(_LEAST, 1 - _LEAST)
        return np.stack(
            [self.novelty.strangeness(vectors), 1 - closest.mean(1), np.log((1 - sure) / sure)], 1
        ).astype(np.float32)


def fit_usual(learned: Seen, held_out: Seen) -> Usual | None:
    """Learn what is usual from photos that a model learned from, and from held-out ones.

    None where too few were held out.
    """
    novelty = fit_novelty(learned.vectors, learned.targets, held_out=held_out.vectors)
    if novelty is None:
        return None
    fitted = Usual(
        novelty=novelty,
        likeness=fit_likeness(learned.vectors),
        temperature=fit_temperature(held_out.probabilities, held_out.targets),
        middles=np.zeros(3, np.float32),
        spreads=np.ones(3, np.float32),
        held_out=np.zeros(0, np.float32),
    )
    measures = fitted._measures(held_out.vectors, held_out.probabilities)
    fitted = replace(
        fitted, middles=measures.mean(0), spreads=np.maximum(measures.std(0), np.float32(1e-6))
    )
    found = fitted.strangeness(held_out.vectors, held_out.probabilities)
    return replace(fitted, held_out=np.sort(found))
