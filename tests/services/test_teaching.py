import uuid

import pytest

from dragon_app.core.errors import BadImageError, NotFoundError
from dragon_app.services.teaching import Lesson, Untaught
from dragon_app.wiring import App
from tests.photos import incoming, photo_bytes
from tests.services.conftest import finish
from tests.services.test_results import CONFIG

TULIP = photo_bytes(77)


@pytest.fixture
def trained_app(ready_app: App) -> App:
    """The app with run 1, which has seen all 8 photos."""
    finish(ready_app, ready_app.runs.start(CONFIG))
    return ready_app


def teach(app: App, data: bytes, class_id: int, batch: str | None = None) -> Lesson:
    return app.teaching.take(incoming(data, "tried.png"), class_id, batch=batch or uuid.uuid4().hex)


def test_a_photo_that_was_tried_becomes_a_labelled_one_and_counts_as_new(trained_app: App) -> None:
    assert trained_app.teaching.untaught() == Untaught(photos=0, run_id=1)
    lesson = teach(trained_app, TULIP, 2)
    image = trained_app.dataset.image(lesson.image_id)
    assert (image.class_id, image.name, lesson.was_there) == (2, "tried.png", False)
    (event,) = trained_app.workspace.labels.history(image.id)
    assert event.who == "try"
    assert trained_app.teaching.untaught() == Untaught(photos=1, run_id=1)
    assert trained_app.labelling.undo() is not None
    assert trained_app.dataset.image(image.id).class_id is None
    assert trained_app.teaching.untaught().photos == 0


def test_a_known_photo_gets_the_class_that_the_person_says(trained_app: App) -> None:
    lesson = teach(trained_app, photo_bytes(0), 2)
    assert (lesson.was_there, trained_app.dataset.image(lesson.image_id).class_id) == (True, 2)
    assert trained_app.teaching.untaught().photos == 0  # the run has seen it, under another name


def test_a_repeat_changes_nothing(trained_app: App) -> None:
    first, again = (teach(trained_app, TULIP, 2, batch="b" * 32) for _ in range(2))
    assert (first.image_id, first.labelled) == (again.image_id, again.labelled)


def test_what_cannot_be_taken_leaves_nothing_behind(trained_app: App) -> None:
    with pytest.raises(NotFoundError, match="no class 9"):
        teach(trained_app, TULIP, 9)
    with pytest.raises(BadImageError, match=r"tried\.png is not a picture"):
        teach(trained_app, b"broken", 1)
    assert trained_app.dataset.summary().total == 8


def test_before_the_first_run_nothing_is_new(ready_app: App) -> None:
    assert ready_app.teaching.untaught() == Untaught(photos=0, run_id=None)
