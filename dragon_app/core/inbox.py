"""The fix-it inbox as values: reasons to look at a photo once more, joined to one ranked list.

Knows where no reason comes from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import prod


class Kind(StrEnum):
    """Why a photo is worth another look, in the order in which the kinds are shown."""

    LABEL = "label"
    MISTAKE = "mistake"
    TWINS = "twins"
    LEAK = "leak"
    BROKEN = "broken"
    DARK = "dark"
    BLURRY = "blurry"
    UNLIKE = "unlike"
    UNSURE = "unsure"


# About the photo, whatever its label.
OF_PHOTOS = frozenset({Kind.LEAK, Kind.BROKEN, Kind.DARK, Kind.BLURRY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that speaks for a look at a photo; `weight`, 0..1, how likely a fix is needed.

    `class_id` is what it would be instead, if anything, and `sure` how likely that is; `others` are
    the photos that it is held against; `place` 1 is the worst answered photo of run `run_id`.
    """

    kind: Kind
    image_id: int
    weight: float
    class_id: int | None = None
    sure: float = 0.0
    others: tuple[int, ...] = ()
    run_id: int | None = None
    place: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A photo of the inbox with the class that it had, and all its reasons, the strongest first."""

    image_id: int
    class_id: int | None
    reasons: tuple[Reason, ...]

    @property
    def kind(self) -> Kind:
        """The kind of the strongest reason."""
        return self.reasons[0].kind

    @property
    def weight(self) -> float:
        """How likely a fix is needed, if the reasons knew nothing of each other."""
        return 1 - prod(1 - reason.weight for reason in self.reasons)

    @property
    def suggestion(self) -> Reason | None:
        """The surest reason that names another class than the photo has."""
        named = [each for each in self.reasons if each.class_id not in {None, self.class_id}]
        return max(named, key=lambda each: each.sure, default=None)


def still_speaking(finding: Finding, others: Mapping[int, int | None]) -> Finding | None:
    """Return a finding with the reasons that still hold, None when none does.

    `others` are the classes that the photos it is held against have now; those that are gone or in
    the bin are not among them. A person may have put the other one of a pair right.
    """

    def holds(reason: Reason) -> bool:
        here = [others[each] for each in reason.others if each in others]
        if reason.kind is Kind.TWINS:
            return any(class_id not in {None, finding.class_id} for class_id in here)
        return not reason.others or bool(here)

    reasons = tuple(each for each in finding.reasons if holds(each))
    return replace(finding, reasons=reasons) if reasons else None


def merge(reasons: Iterable[Reason], classes: Mapping[int, int | None]) -> list[Finding]:
    """Return one finding a photo, the likeliest to need a fix first; `classes` they have by id.

    Photos that are not among the classes are left out.
    """
    of_photo: dict[int, dict[Kind, Reason]] = {}
    for reason in reasons:
        known = of_photo.setdefault(reason.image_id, {})
        if reason.kind not in known or known[reason.kind].weight < reason.weight:
            known[reason.kind] = reason
    found = [
        Finding(
            image_id=image_id,
            class_id=classes[image_id],
            reasons=tuple(sorted(each.values(), key=lambda reason: -reason.weight)),
        )
        for image_id, each in of_photo.items()
        if image_id in classes
    ]
    return sorted(found, key=lambda finding: (-finding.weight, finding.image_id))
