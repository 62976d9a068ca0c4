import pytest

from dragon_app.core.errors import NotFoundError
from dragon_app.imaging.sample import SAMPLES
from dragon_app.services.sample import add_sample, samples
from dragon_app.wiring import App


@pytest.mark.parametrize("key", list(SAMPLES))
def test_one_picture_of_every_class_is_added_with_its_class(app: App, key: str) -> None:
    result = add_sample(app.dataset, key, first=1, last=1)
    classes = app.dataset.summary().classes
    assert [each.image_class.name for each in classes] == list(SAMPLES[key].class_names)
    assert [each.total for each in classes] == [1] * len(classes)
    assert result.refused == ()


def test_a_later_stretch_adds_other_pictures(app: App) -> None:
    add_sample(app.dataset, "knights", first=1, last=1)
    assert add_sample(app.dataset, "knights", first=2, last=2).added == 6


def test_the_same_stretch_again_adds_nothing(app: App) -> None:
    add_sample(app.dataset, "knights", first=1, last=1)
    again = add_sample(app.dataset, "knights", first=1, last=1)
    assert (again.added, again.duplicates) == (0, 6)


@pytest.mark.parametrize("last", [None, 99])
def test_a_sample_ends_with_its_last_picture(app: App, last: int | None) -> None:
    result = add_sample(app.dataset, "knights", first=SAMPLES["knights"].per_class, last=last)
    assert result.added == 6


def test_a_sample_before_its_first_picture_begins_with_it(app: App) -> None:
    added = add_sample(app.dataset, "knights", first=-5, last=1)
    images = app.dataset.described(added.image_ids)
    assert {image.name.rsplit(" ", 1)[1] for image in images} == {"1"}


def test_an_unknown_sample_names_those_there_are(app: App) -> None:
    with pytest.raises(NotFoundError, match="knights, dragons"):
        add_sample(app.dataset, "castles")
    assert app.dataset.summary().total == 0


def test_every_sample_is_offered() -> None:
    assert {each.key for each in samples()} == set(SAMPLES)
