"""The drafts that stand in the table, as arrays: what is new is told apart from what stays.

Rewriting 100,000 rows after every label would hold labels up; most drafts hardly change.
"""

import numpy as np
from numpy.typing import NDArray

from dragon_app.core.vectors import Floats, Ids
from dragon_app.storage.suggestions import Draft, SuggestionStore

SAME = 0.02  # a draft whose confidence moved by less stays as it was written
MOST_LABELS = 5000  # that a head is fitted to: a random part of more
_MADE_BY, _MADE_OF = "suggestions_made_by", "suggestions_made_of"
_CHUNK = 2000  # rows in one writing: a label that waits for its turn waits milliseconds


def read_numbers(packed: bytes, columns: int) -> Ids:
    """Return 32-bit numbers (n, columns) as the store packs them, in the order of the first."""
    return np.frombuffer(packed, ">u4").reshape(-1, columns).astype(np.int64)


def of_enough(labels: Ids, fewest: int) -> Ids:
    """Return labels (n, 2) of classes that have enough of them, at most so many in all."""
    if len(labels) > MOST_LABELS:
        some = np.random.default_rng(0).choice(len(labels), MOST_LABELS, replace=False)
        labels = labels[np.sort(some)]
    class_ids, counts = np.unique(labels[:, 1], return_counts=True)
    return labels[np.isin(labels[:, 1], class_ids[counts >= fewest])]


def cautious(probabilities: Floats, labels: int) -> Floats:
    """Return probabilities (n, C) as sure as so few labels allow.

    As if there had been one label more of each class that said nothing (Laplace): after 3 labels
    of each of two classes a draft is at most 88 % sure, after 100 of each 99.5 %.
    """
    classes = probabilities.shape[1]
    nothing = classes / (labels + classes)
    return np.asarray((1 - nothing) * probabilities + nothing / classes, np.float32)


def as_likely(drafts: Ids, waiting: Ids) -> Floats | None:
    """Return how sure drafts (n, 3) are of photos (m,), against all else, (m, 2); None without."""
    if not len(drafts):
        return None
    sure = np.full(len(waiting), 0.5, np.float32)
    is_drafted = np.isin(waiting, drafts[:, 0])
    sure[is_drafted] = drafts[np.isin(drafts[:, 0], waiting), 2] / 1000
    return np.stack([sure, 1 - sure], axis=1)


class Drafts:
    """What was written last. One thread."""

    def __init__(self, store: SuggestionStore) -> None:
        self._store = store
        self._who = ""
        self._ids = np.empty(0, np.int64)  # (n,), ascending
        self._classes = np.empty(0, np.int64)  # (n,)
        self._sure = np.empty(0, np.float32)  # (n,)

    def take_up(self) -> tuple[str, str]:
        """Go on with what is in the table; return who suggested it, and what it was made of."""
        self._who = self._store.setting(_MADE_BY) or ""
        made_of = self._store.setting(_MADE_OF) or ""
        self._store.set_setting(_MADE_OF, "")  # what a killed process leaves tells nothing
        rows = read_numbers(self._store.drafts(), 3)
        self._ids, self._classes = rows[:, 0], rows[:, 1]
        self._sure = (rows[:, 2] / 1000).astype(np.float32)
        return self._who, made_of

    def leave(self, made_of: str) -> None:
        """Note for the next process what the drafts were made of."""
        self._store.set_setting(_MADE_BY, self._who)
        self._store.set_setting(_MADE_OF, made_of)

    def put(self, ids: Ids, class_ids: Ids, probabilities: Floats, who: str) -> bool:
        """Let these photos (n,) have drafts by probabilities (n, C), and no others.

        Return whether anything changed.
        """
        classes, sure = _best(class_ids, probabilities)
        places = self._places(ids)
        is_known = places >= 0
        same = np.zeros(len(ids), bool)
        known = places[is_known]
        same[is_known] = (self._classes[known] == classes[is_known]) & (
            np.abs(self._sure[known] - sure[is_known]) < SAME
        )
        sure[same] = self._sure[places[same]]  # as it is written
        gone = self._ids[~np.isin(self._ids, ids)]
        self._ids, self._classes, self._sure, self._who = ids, classes, sure, who
        self._write(~same, gone)
        return bool(len(gone) or not same.all())

    def add(self, ids: Ids, class_ids: Ids, probabilities: Floats, who: str) -> bool:
        """Give these photos (n,) drafts beside the others'; return whether there are any."""
        classes, sure = _best(class_ids, probabilities)
        stays = ~np.isin(self._ids, ids)
        order = np.argsort(np.concatenate([self._ids[stays], ids]))
        is_new = np.concatenate([np.zeros(stays.sum(), bool), np.ones(len(ids), bool)])[order]
        self._classes = np.concatenate([self._classes[stays], classes])[order]
        self._sure = np.concatenate([self._sure[stays], sure])[order]
        self._ids = np.concatenate([self._ids[stays], ids])[order]
        self._who = who
        self._write(is_new, np.empty(0, np.int64))
        return len(ids) > 0

    def keep(self, ids: Ids, who: str) -> bool:
        """Keep the drafts of these photos if they are by the same; return whether any went."""
        stays = np.isin(self._ids, ids) & (self._who == who)
        gone = self._ids[~stays]
        self._ids, self._classes = self._ids[stays], self._classes[stays]
        self._sure, self._who = self._sure[stays], who
        self._write(np.zeros(len(self._ids), bool), gone)
        return len(gone) > 0

    def lacking(self, ids: Ids) -> Ids:
        """Return those photos that have no draft."""
        return ids[self._places(ids) < 0]

    def clear(self) -> bool:
        """Take all drafts away; return whether there were any."""
        had_any = len(self._ids) > 0
        self._ids, self._classes = self._ids[:0], self._classes[:0]
        self._sure, self._who = self._sure[:0], ""
        if had_any:
            self._store.clear()
        return had_any

    def _places(self, ids: Ids) -> Ids:
        if not len(self._ids):
            return np.full(len(ids), -1)
        places = np.minimum(np.searchsorted(self._ids, ids), len(self._ids) - 1)
        return np.where(self._ids[places] == ids, places, -1)

    def _write(self, is_new: NDArray[np.bool_], gone: Ids) -> None:
        new = np.flatnonzero(is_new)
        for start in range(0, len(new), _CHUNK):
            some = new[start : start + _CHUNK]
            rows = zip(self._ids[some], self._classes[some], self._sure[some], strict=True)
            self._store.put([Draft(int(i), int(c), float(p)) for i, c, p in rows], who=self._who)
        for start in range(0, len(gone), _CHUNK):
            self._store.remove([int(each) for each in gone[start : start + _CHUNK]])


def _best(class_ids: Ids, probabilities: Floats) -> tuple[Ids, Floats]:
    """Return the likeliest class (n,) and its probability (n,)."""
    best = probabilities.argmax(1)
    return class_ids[best], np.take_along_axis(probabilities, best[:, None], 1)[:, 0].copy()
