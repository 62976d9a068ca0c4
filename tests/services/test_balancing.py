"""What is said about unequal classes, before a run and of one."""

import pytest

from dragon_app.core.config import Balance, FinetuneConfig
from dragon_app.services.balancing import balance_words, what_was_done
from dragon_app.wiring import App
from tests.photos import incoming_photos
from tests.services.conftest import finish


@pytest.fixture
def unequal_app(app: App) -> App:
    """The app with 16 knights and 2 dragons to learn from."""
    app.dataset.add(incoming_photos(range(20), "knight"))
    app.dataset.add(incoming_photos(range(20, 23), "dragon"))
    return app


def test_unequal_classes_are_said_with_what_becomes_of_them(unequal_app: App) -> None:
    classes = unequal_app.dataset.summary().classes
    ends = "Your classes are unequal (16 knight, 2 dragon)"
    for balance in (Balance.AUTO, Balance.LOSS, Balance.SAMPLING):
        assert balance_words(classes, balance) == f"{ends}: rare classes will count more."
    assert "every photo counts alike" in balance_words(classes, Balance.OFF)


def test_equal_classes_need_no_words(ready_app: App) -> None:
    classes = ready_app.dataset.summary().classes
    assert {balance_words(classes, balance) for balance in Balance} == {""}


@pytest.mark.parametrize(
    ("balance", "words"),
    [
        (Balance.AUTO, "Mistakes on rare classes counted more (16 knight, 2 dragon)"),
        (Balance.SAMPLING, "Photos of rare classes were shown more often (16 knight, 2 dragon)"),
        (Balance.OFF, "Off: every photo counted alike (16 knight, 2 dragon)"),
    ],
)
def test_a_run_tells_what_was_done_with_its_own_photos(
    unequal_app: App, balance: Balance, words: str
) -> None:
    run = finish(unequal_app, unequal_app.runs.start(FinetuneConfig(balance=balance)))
    unequal_app.dataset.add(incoming_photos(range(30, 60), "dragon"))  # not of this run
    assert what_was_done(unequal_app.workspace, run, balance) == words


def test_equal_classes_are_left_alone_by_auto(ready_app: App) -> None:
    run = finish(ready_app, ready_app.runs.start(FinetuneConfig(balance=Balance.AUTO)))
    words = what_was_done(ready_app.workspace, run, Balance.AUTO)
    assert words == "By itself: the classes are near enough, every photo counted alike"
