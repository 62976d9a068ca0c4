"""Which of several measured runs won, if any did. Pure numbers; knows no run.

Intervals that overlap do not tell their runs apart: then nobody won, and the quickest of those
that may be the best is named.
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


def call_winner(scores: Sequence[Score]) -> Verdict | None:
    """Return the winner among runs measured on the same photos; none of fewer than two."""
    if len(scores) < 2:
        return None
    best = max(scores, key=lambda score: (score.hits, -score.seconds))
    least = best.interval[0]
    equals = tuple(i for i, score in enumerate(scores) if score.interval[1] >= least)
    place = min(equals, key=lambda i: scores[i].seconds)
    return Verdict(place=place, equals=equals, words=_words(scores, place, equals))


def _words(scores: Sequence[Score], place: int, equals: tuple[int, ...]) -> str:
    winner = scores[place].label
    others = [scores[i].label for i in equals if i != place]
    if not others:
        return f"{winner} wins: its interval lies above all the others."
    *most, last = others
    named = f"{', '.join(most)} and {last}" if most else last
    return (
        f"No clear winner: {winner} is quickest among the equals. "
        f"The held-out photos cannot tell it from {named}."
    )
