"""Settings read by name from text and numbers."""

from collections.abc import Callable

import pytest

from dragon_app.core.errors import InvalidConfigError
from dragon_app.core.reading import read_values, whole, yes


def _read(values: dict[str, object]) -> dict[str, object]:
    readers: dict[str, Callable[[str], object]] = {"epochs": whole, "mirror": yes, "rate": float}
    return read_values(values, readers, may_be_unset={"rate"}, spoken={"rate": "the learning rate"})


def test_values_come_as_text_or_numbers() -> None:
    read = _read({"epochs": 10.0, "mirror": True, "rate": "1e-3"})
    assert read == {"epochs": 10, "mirror": True, "rate": 0.001}


def test_empty_ones_unset_what_may_be_unset_and_leave_the_rest_as_it_was() -> None:
    assert _read({"epochs": "", "mirror": None, "rate": ""}) == {"rate": None}


def test_every_value_that_cannot_be_read_is_told_at_once() -> None:
    with pytest.raises(InvalidConfigError) as told:
        _read({"epochs": 1.5, "mirror": "perhaps", "rate": "fast", "knights": 3})
    for words in ("1.5", "'perhaps'", "'fast' is not a value for the learning rate", "'knights'"):
        assert words in str(told.value)
