from dataclasses import dataclass, field

import pytest

from dragon_app.core.presence import (
    AT_WORK_S,
    GAP_S,
    LOADING_S,
    MOST_REST_S,
    OVERDUE_S,
    REST,
    Presence,
)


@dataclass
class Clock:
    """A clock that goes on while somebody waits; `keys_s` are when they press a key."""

    now_s: float = 100.0
    keys_s: list[float] = field(default_factory=list)
    presence: Presence = field(init=False)

    def __post_init__(self) -> None:
        self.presence = Presence(lambda: self.now_s)

    def wait(self, rest_s: float) -> None:
        until_s = self.now_s + rest_s
        while self.keys_s and self.keys_s[0] <= until_s:
            self.now_s = self.keys_s.pop(0)
            self.presence.note()
        self.now_s = until_s

    def kept_back_s(self, took_s: float, *, stops_at_s: float = float("inf")) -> float:
        began_s = self.now_s
        self.presence.keep_back(
            took_s, wait=self.wait, should_stop=lambda: self.now_s >= stops_at_s
        )
        return self.now_s - began_s


def test_with_nobody_at_work_nothing_waits() -> None:
    clock = Clock()
    assert clock.kept_back_s(5) == 0
    clock.presence.note()
    assert clock.presence.is_at_work()
    clock.now_s += AT_WORK_S
    assert not clock.presence.is_at_work()
    assert clock.kept_back_s(5) == 0


def test_beside_somebody_at_work_the_background_has_a_fifth_of_the_time() -> None:
    clock = Clock()
    clock.presence.note()
    assert clock.kept_back_s(1) == pytest.approx(REST)


def test_it_begins_in_a_gap_between_keys() -> None:
    clock = Clock(keys_s=[100.7, 101.0])
    clock.presence.note()
    assert clock.kept_back_s(0.2) == pytest.approx(1.0 + GAP_S)


def test_whoever_leaves_no_gap_does_not_hold_it_up_for_ever() -> None:
    clock = Clock(keys_s=[100 + key / 8 for key in range(1, 80)])
    clock.presence.note()
    assert clock.kept_back_s(1) == pytest.approx(REST + OVERDUE_S)


def test_short_work_waits_for_a_gap_no_longer_than_it_rests() -> None:
    clock = Clock(keys_s=[100 + key / 8 for key in range(1, 80)])
    clock.presence.note()
    assert clock.kept_back_s(0.05) == pytest.approx(2 * 0.05 * REST)


def test_what_takes_a_moment_needs_no_gap() -> None:
    clock = Clock(keys_s=[100 + key / 8 for key in range(1, 80)])
    clock.presence.note()
    assert clock.kept_back_s(0.01) < 0.1


def test_the_rest_after_long_work_has_an_end_and_who_leaves_ends_it_sooner() -> None:
    clock = Clock(keys_s=[100.0 + second for second in range(1, 60)])
    clock.presence.note()
    assert clock.kept_back_s(100) == pytest.approx(MOST_REST_S + GAP_S)
    alone = Clock()
    alone.presence.note()
    assert alone.kept_back_s(100) == pytest.approx(AT_WORK_S)


def test_a_stop_ends_the_rest() -> None:
    clock = Clock(keys_s=[100.0 + second for second in range(1, 60)])
    clock.presence.note()
    assert clock.kept_back_s(100, stops_at_s=100) == 0


def test_torch_is_loaded_in_the_first_gap_after_a_while() -> None:
    clock = Clock(keys_s=[100.0 + second for second in range(1, 60)])
    clock.presence.note()
    clock.presence.keep_loading_back(wait=clock.wait, should_stop=lambda: False)
    assert clock.now_s - 100 == pytest.approx(LOADING_S * REST + GAP_S)
