"""Filling a workspace with drawn pictures to try the app with. Knows no page."""

from collections.abc import Callable
from functools import partial

from dragon_app.core.errors import NotFoundError
from dragon_app.core.types import AddResult
from dragon_app.imaging.sample import SAMPLES, SampleSet, sample_picture
from dragon_app.services.dataset import Dataset
from dragon_app.services.intake import IncomingFile


def samples() -> tuple[SampleSet, ...]:
    """Return the sets there are."""
    return tuple(SAMPLES.values())


def find_sample(key: str) -> SampleSet:
    """Return a set by its key; raise `NotFoundError` for another key."""
    sample = SAMPLES.get(key)
    if sample is None:
        raise NotFoundError(f"There is no sample {key!r}. There are: {', '.join(SAMPLES)}.")
    return sample


def add_sample(dataset: Dataset, key: str, *, first: int = 1, last: int | None = None) -> AddResult:
    """Add the pictures numbered `first` to `last`, or to the end, of every class, labelled.

    They are drawn while they are added, several at a time. Raise `NotFoundError` for another key.
    """
    sample = find_sample(key)
    end = min(last or sample.per_class, sample.per_class)
    files = [
        IncomingFile(
            name=f"{class_name} {number}",
            read=_drawing(sample, index, number),
            class_name=class_name,
        )
        for number in range(max(first, 1), end + 1)
        for index, class_name in enumerate(sample.class_names)
    ]
    return dataset.add(files)


def _drawing(sample: SampleSet, index: int, number: int) -> Callable[[], bytes]:
    return partial(lambda: sample_picture(sample, index, number).data)
