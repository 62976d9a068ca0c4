"""How the learning rate moves."""

import pytest

from dragon_app.core.config import Schedule
from dragon_app.vision.schedule import lr_factor

STEPS = 90


def _course(schedule: Schedule) -> list[float]:
    return [lr_factor(schedule, step, STEPS) for step in range(STEPS)]


def test_a_constant_rate_stays() -> None:
    assert set(_course(Schedule.CONSTANT)) == {1.0}


def test_a_stepped_rate_falls_to_a_tenth_after_each_third() -> None:
    course = _course(Schedule.STEP)
    assert [course[0], course[29], course[30], course[60]] == pytest.approx([1, 1, 0.1, 0.01])


def test_a_cosine_falls_from_one_to_nearly_nothing() -> None:
    course = _course(Schedule.COSINE)
    assert course == sorted(course, reverse=True)
    assert course[0] == 1
    assert course[-1] < 0.01


def test_one_cycle_rises_to_one_and_falls_below_its_start() -> None:
    course = _course(Schedule.ONE_CYCLE)
    top = course.index(max(course))
    assert course[top] == pytest.approx(1)
    assert top == 27
    assert course[-1] < course[0] < 0.1


def test_warm_up_rises_over_the_first_tenth_and_falls_to_nearly_nothing() -> None:
    course = _course(Schedule.WARM_UP)
    assert course.index(max(course)) == 9
    assert course[:9] == sorted(course[:9])
    assert course[9:] == sorted(course[9:], reverse=True)
    assert course[-1] < 0.01


@pytest.mark.parametrize("schedule", Schedule)
def test_a_run_of_one_step_learns_at_some_rate(schedule: Schedule) -> None:
    assert lr_factor(schedule, 0, 1) > 0
