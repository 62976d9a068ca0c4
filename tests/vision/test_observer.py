"""What a run tells the outside."""

import pytest

from dragon_app.core.training import Phase, TrainingEvent
from dragon_app.vision.observer import Observer, StoppedError


def test_of_many_quick_phases_the_first_and_last_are_told() -> None:
    told: list[TrainingEvent] = []
    observer = Observer(told.append, lambda: False)
    for done in range(1001):
        observer.phase("Reading photos", done, 1000)
    assert told[0] == Phase(words="Reading photos", done=0, total=1000)
    assert told[-1] == Phase(words="Reading photos", done=1000, total=1000)
    assert len(told) < 100


def test_a_check_raises_once_a_stop_is_asked_for() -> None:
    answers = iter([False, True])
    observer = Observer(lambda event: None, lambda: next(answers))
    observer.check()
    with pytest.raises(StoppedError):
        observer.check()
