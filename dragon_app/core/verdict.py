"""Which of several measured runs won, if any did. Pure numbers; knows no run.

Intervals that overlap do not tell their runs apart: then nobody won, and one of those that may be
the best is named, by a rule that has nothing to do with luck.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dragon_app.core.metrics import wilson_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How a run did: right on `hits` of `n` photos, after `seconds` of learning."""

    label: str
    hits: int
    n: int
    seconds: float

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share that is right."""
        return wilson_interval(self.hits, self.n)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The run to take, by its place among the scores; `equals` are those that may be as good."""

    place: int
    equals: tuple[int, ...]
    words: str

    @property
    def is_clear(self) -> bool:
        """Whether the interval of the best overlaps no other."""
        return len(self.equals) == 1


def call_quickest(scores: Sequence[Score]) -> Verdict | None:
    """Return the winner among ways to train, of equals the quickest; none of fewer than two."""
    if len(scores) < 2:
        return None
    equals = _equals(scores)
    place = min(equals, key=lambda i: scores[i].seconds)
    others = [scores[i].label for i in equals if i != place]
    if not others:
        return _clear(scores, place)
    *most, last = others
    named = f"{', '.join(most)} and {last}" if most else last
    words = (
        f"No clear winner: {scores[place].label} is quickest among the equals. "
        f"The held-out photos cannot tell it from {named}."
    )
    return Verdict(place=place, equals=equals, words=words)


def call_middle(scores: Sequence[Score]) -> Verdict | None:
    """Return the winner among values of one setting in their order, of equals the middle one.

    They do the same work, so which was quicker is chance; around the middle others do as well.
    """
    if len(scores) < 2:
        return None
    equals = _equals(scores)
    place = equals[(len(equals) - 1) // 2]
    if len(equals) == 1:
        return _clear(scores, place)
    words = (
        f"No clear winner: {scores[place].label} lies in the middle of the equals. The held-out "
        f"photos cannot tell {scores[equals[0]].label} to {scores[equals[-1]].label} apart."
    )
    return Verdict(place=place, equals=equals, words=words)


def _equals(scores: Sequence[Score]) -> tuple[int, ...]:
    """Return the places of all whose interval overlaps that of the best."""
    least = max(scores, key=lambda score: score.hits).interval[0]
    return tuple(i for i, score in enumerate(scores) if score.interval[1] >= least)


def _clear(scores: Sequence[Score], place: int) -> Verdict:
    words = f"{scores[place].label} wins: its interval lies above all the others."
    return Verdict(place=place, equals=(place,), words=words)
