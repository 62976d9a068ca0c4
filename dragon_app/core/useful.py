"""Which photos to label next: those that a head is unsure of and that are unlike each other.

Each step takes the photo with the largest product of doubt and squared distance to what is labelled
or taken already. Before any label doubt is the same everywhere: variety alone.
"""

import numpy as np

from dragon_app.core.vectors import CHUNK, Floats, Ids, Vectors

BATCH = 48  # so many are chosen against each other; the rest follow by doubt alone
MOST = 10_000  # photos that are compared with each other: a random part of more
MOST_LABELLED = 256
LEAST_DOUBT = 0.02  # a head can be sure and wrong
_SEED = 0


def doubt(probabilities: Floats) -> Floats:
    """Return 1 minus the lead of the first class over the second, (n,), for (n, C), C >= 2."""
    two = np.partition(probabilities, -2, axis=1)[:, -2:]
    return np.asarray(np.maximum(1 - (two[:, 1] - two[:, 0]), LEAST_DOUBT), np.float32)


def most_useful(
    vectors: Vectors,
    waiting: Ids,
    labelled: Ids,
    probabilities: Floats | None,
    *,
    batch: int = BATCH,
) -> Ids:
    """Return places among `waiting`, all of them, the most useful first.

    `waiting` (n,) and `labelled` (m,) are places of the vectors; `probabilities` (n, C) of the
    waiting, None before any label.
    """
    doubts = np.ones(len(waiting), np.float32)
    if probabilities is not None:
        doubts = doubt(probabilities)
    random = np.random.default_rng(_SEED)
    some = np.arange(len(waiting))
    if len(some) > MOST:
        some = np.sort(random.choice(some, MOST, replace=False))
    rows, squares = vectors.rows[waiting[some]], vectors.squares[waiting[some]]
    known = random.permutation(labelled)[:MOST_LABELLED]
    far = _distances(rows, squares, vectors.rows[known], vectors.squares[known])
    taken: list[int] = []
    for _ in range(min(batch, len(some))):
        place = int(np.argmax(doubts[some] * far))
        taken.append(place)
        away = squares + squares[place] - 2 * (rows @ rows[place])
        far = np.minimum(far, np.maximum(away, 0))
        far[place] = -1
    first = some[taken]
    others = np.setdiff1d(np.argsort(-doubts, kind="stable"), first, assume_unique=True)
    return np.concatenate([first, others])


def _distances(rows: Floats, squares: Floats, to: Floats, to_squares: Floats) -> Floats:
    """Return the least squared distance of each row (n, D) to others (m, D)."""
    if not len(to):  # nothing is known: the most typical photo is the first
        away = np.square(rows - rows.mean(0)).sum(1)
        return np.asarray(1 / (away + away.mean() + 1e-12), np.float32)
    least = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), CHUNK):
        part = slice(start, start + CHUNK)
        dots = rows[part] @ to.T  # (n, m)
        least[part] = (to_squares - 2 * dots).min(1) + squares[part]
    return np.maximum(least, 0)
