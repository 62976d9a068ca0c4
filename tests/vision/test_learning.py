"""One pass over the training photos."""

from math import inf, nan

import pytest

from dragon_app.core.errors import TrainingError
from dragon_app.vision.learning import Pace, batches, check_loss


def _sizes(photos: int, batch_size: int) -> list[int]:
    return [len(part) for part in batches(range(photos), batch_size)]


def test_every_photo_is_in_one_batch() -> None:
    parts = batches([3, 1, 2, 0, 4], 2)
    assert parts == [[3, 1], [2, 0, 4]]


def test_a_last_batch_of_one_joins_the_one_before() -> None:
    assert _sizes(9, 4) == [4, 5]
    assert _sizes(10, 4) == [4, 4, 2]


def test_batches_of_one_are_left_when_asked_for() -> None:
    assert _sizes(3, 1) == [1, 1, 1]
    assert _sizes(1, 4) == [1]


@pytest.mark.parametrize("loss", [nan, inf])
def test_a_loss_that_is_no_number_says_what_to_change(loss: float) -> None:
    with pytest.raises(TrainingError, match=r"in epoch 3.*for example to 0\.5"):
        check_loss(loss, epoch=3, lr=5.0)


def test_the_time_left_counts_steps_and_measuring() -> None:
    pace = Pace(epoch=2, epochs=4, steps_per_epoch=10, measuring_s=3)
    assert pace.seconds_left(5, 10) == 25 * 2 + 2 * 3


def test_the_time_left_is_unknown_while_later_epochs_are_slower() -> None:
    pace = Pace(epoch=1, epochs=4, steps_per_epoch=10, is_like_the_rest=False)
    assert pace.seconds_left(5, 10) is None
