"""From what is known of photos to reasons for another look. Pure numbers; knows no file, no run."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dragon_app.core.doubts import doubts, rivals, self_confidence
from dragon_app.core.inbox import Kind, Reason
from dragon_app.core.looks import Flags, too_blurred, too_dark, too_even
from dragon_app.core.novelty import fit_novelty
from dragon_app.core.useful import doubt
from dragon_app.core.vectors import CHUNK, Floats, Ids

TRAIN, VAL, TEST = 4, 8, 12  # as the board writes the parts
MOST_OTHERS = 5  # photos that one is shown against
MOST_UNSURE = 100
LEAST_DOUBT = 0.9  # 1 minus the lead of the likeliest class over the second
MOST_LEARNED = 20_000  # photos that say what is usual
FAR_OUT = 3.0  # times the spread of the middle half, above it: a stranger (Tukey)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Photos:
    """The photos outside the bin by id: columns of N numbers."""

    ids: Ids
    class_ids: Ids  # 0: none
    groups: Ids
    parts: Ids  # TRAIN, VAL, TEST or 0
    waits: Flags  # for a class
    counts: Flags  # its class is in use

    def of(self, is_meant: Flags) -> "Photos":
        """Return some of the photos."""
        return Photos(
            ids=self.ids[is_meant],
            class_ids=self.class_ids[is_meant],
            groups=self.groups[is_meant],
            parts=self.parts[is_meant],
            waits=self.waits[is_meant],
            counts=self.counts[is_meant],
        )


def doubted_labels(photos: Photos, class_ids: Ids, likely: Floats) -> list[Reason]:
    """Return the photos whose label is not the likeliest class.

    `likely` (N, C) are probabilities out of fold, of the classes (C,), ascending.
    """
    known = np.asarray(np.isfinite(likely).all(1))
    photos, likely = photos.of(known), likely[known]
    labels = np.searchsorted(class_ids, photos.class_ids)
    rival, weights = rivals(likely, labels), doubts(likely, labels)
    return [
        Reason(
            kind=Kind.LABEL,
            image_id=int(photos.ids[place]),
            weight=float(weights[place]),
            class_id=int(class_ids[rival[place]]),
            sure=float(likely[place, rival[place]]),
        )
        for place in np.flatnonzero(weights > 0.5)
    ]


def near_duplicates(photos: Photos, trust: Mapping[int, float]) -> list[Reason]:
    """Return photos whose look-alikes have another class, or are learned from while they are not.

    In a group most photos are right; where as many speak for each class, those whose labels are
    trusted more (0..1, by id), then the oldest.
    """
    labelled = photos.of(photos.counts)
    order = np.lexsort((labelled.ids, labelled.groups))
    groups = labelled.groups[order]
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    reasons: list[Reason] = []
    for members in np.split(order, starts[1:]):
        if len(members) > 1:
            reasons += _twins(labelled, members, trust) + _leaks(labelled, members)
    return reasons


def _twins(photos: Photos, members: Ids, trust: Mapping[int, float]) -> list[Reason]:
    classes = photos.class_ids[members]
    if (classes == classes[0]).all():
        return []
    told = dict.fromkeys(classes.tolist(), 0.0)  # oldest first
    for place in members:
        sure = trust.get(int(photos.ids[place]), 0.0)
        told[int(photos.class_ids[place])] += 1 + sure / (2 * len(members))
    right = max(told, key=lambda class_id: told[class_id])
    others = photos.ids[members[classes == right]]
    return [
        Reason(
            kind=Kind.TWINS,
            image_id=int(photos.ids[place]),
            weight=0.9,
            class_id=right,
            sure=len(others) / len(members),
            others=tuple(others[:MOST_OTHERS].tolist()),
        )
        for place in members[classes != right]
    ]


def _leaks(photos: Photos, members: Ids) -> list[Reason]:
    parts = photos.parts[members]
    learned = photos.ids[members[parts == TRAIN]]
    if not len(learned):
        return []
    return [
        Reason(
            kind=Kind.LEAK,
            image_id=int(photos.ids[place]),
            weight=0.8,
            others=tuple(learned[:MOST_OTHERS].tolist()),
        )
        for place in members[(parts == VAL) | (parts == TEST)]
    ]


def poor_photos(ids: Ids, looks: Floats) -> list[Reason]:
    """Return photos that cannot be read (no numbers), show nothing, are dark or blurred."""
    readable = np.isfinite(looks).all(1)
    reasons = [Reason(kind=Kind.BROKEN, image_id=int(each), weight=0.95) for each in ids[~readable]]
    ids, looks = ids[readable], looks[readable]
    kinds = (
        (Kind.BROKEN, too_even(looks), 0.7),
        (Kind.DARK, too_dark(looks), 0.5),
        (Kind.BLURRY, too_blurred(looks), 0.4),
    )
    for kind, flags, weight in kinds:
        reasons += [Reason(kind=kind, image_id=int(each), weight=weight) for each in ids[flags]]
    return reasons


def strangers(photos: Photos, rows: Floats) -> list[Reason]:
    """Return photos that are unlike anything labelled, by vectors (N, D)."""
    learned = np.flatnonzero(photos.counts & (photos.parts == TRAIN))
    held_out = np.flatnonzero(photos.counts & (photos.parts == VAL))
    if not len(learned):
        return []
    random = np.random.default_rng(0)
    if len(learned) > MOST_LEARNED:
        learned = np.sort(random.choice(learned, MOST_LEARNED, replace=False))
    novelty = fit_novelty(rows[learned], photos.class_ids[learned], held_out=rows[held_out])
    if novelty is None:
        return []
    low, high = np.quantile(novelty.usual, [0.25, 0.75])
    fence = high + FAR_OUT * (high - low)
    strange = np.concatenate(
        [novelty.strangeness(rows[at : at + CHUNK]) for at in range(0, len(rows), CHUNK)]
    )
    return [
        Reason(
            kind=Kind.UNLIKE,
            image_id=int(photos.ids[place]),
            weight=0.5 - 0.1 * float((high - low) / (strange[place] - high)),
        )
        for place in np.flatnonzero(strange > fence)
    ]


def unsure(photos: Photos, class_ids: Ids, likely: Floats) -> list[Reason]:
    """Return the photos that wait for a class and for which none stands out, by (N, C)."""
    doubts = doubt(likely)
    doubts[~photos.waits] = 0
    most = np.argsort(-doubts, kind="stable")[:MOST_UNSURE]
    return [
        Reason(
            kind=Kind.UNSURE,
            image_id=int(photos.ids[place]),
            weight=0.3 * float(doubts[place]),
            class_id=int(class_ids[likely[place].argmax()]),
            sure=float(likely[place].max()),
        )
        for place in most[doubts[most] > LEAST_DOUBT]
    ]


def trusted(photos: Photos, class_ids: Ids, likely: Floats) -> dict[int, float]:
    """Return how likely each label is, by the photo's id; 0 where that is not known."""
    sure = self_confidence(np.nan_to_num(likely), np.searchsorted(class_ids, photos.class_ids))
    return dict(zip(photos.ids.tolist(), sure.tolist(), strict=True))
