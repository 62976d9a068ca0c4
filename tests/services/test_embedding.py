import threading
from collections.abc import Iterator

import numpy as np
import pytest

from dragon_app.core.presence import Presence
from dragon_app.core.vectors import Vectors
from dragon_app.services.embedding import Embedding
from dragon_app.wiring import App
from tests.conftest import wait_until
from tests.fakes import FakeVision
from tests.photos import incoming_photos
from tests.services.shelving import shelve


class Opened:
    """An embedding of an app at work, and whether something else needs the machine."""

    def __init__(self, app: App, vision: FakeVision) -> None:
        self.is_busy = False
        self.told = 0
        self.presence = Presence()
        self.embedding = Embedding(
            app.workspace, lambda: vision, is_busy=lambda: self.is_busy, presence=self.presence
        )
        self.embedding.open(on_more=self.more)

    def more(self) -> None:
        self.told += 1

    def has(self, count: int) -> bool:
        vectors = self.embedding.vectors()
        return vectors is not None and len(vectors.ids) == count


@pytest.fixture
def opened(ready_app: App, vision: FakeVision) -> Iterator[Opened]:
    opened = Opened(ready_app, vision)
    yield opened
    opened.embedding.close()


def test_nothing_is_looked_at_before_somebody_wants_it(opened: Opened, vision: FakeVision) -> None:
    assert opened.embedding.vectors() is None
    opened.embedding.want()
    wait_until(lambda: opened.has(8))
    assert (opened.embedding.looking().done, opened.embedding.looking().total) == (8, 8)
    assert opened.told


def test_new_photos_are_looked_at_by_themselves_and_removed_ones_let_go(
    opened: Opened, vision: FakeVision, ready_app: App
) -> None:
    opened.embedding.want()
    wait_until(lambda: opened.has(8))
    ready_app.dataset.add(incoming_photos(range(20, 22)))
    wait_until(lambda: opened.has(10))
    assert len(vision.embeds.asked) == len(set(vision.embeds.asked)) == 10
    ready_app.labelling.bin([1, 10])
    wait_until(lambda: opened.has(8))
    ready_app.labelling.restore([1])
    wait_until(lambda: opened.has(9))
    vectors = opened.embedding.vectors()
    assert vectors is not None
    np.testing.assert_allclose(vectors.squares, np.square(vectors.rows).sum(1), rtol=1e-5)


def test_a_pause_lasts_over_a_restart(opened: Opened, vision: FakeVision, ready_app: App) -> None:
    opened.embedding.pause()
    opened.embedding.want()
    opened.embedding.close()
    again = Opened(ready_app, vision)
    again.embedding.want()
    assert again.embedding.looking().is_paused
    assert not vision.embeds.asked
    again.embedding.resume()
    wait_until(lambda: again.has(8))
    again.embedding.close()


def test_a_training_ends_it_within_a_batch_and_it_goes_on_after(
    opened: Opened, vision: FakeVision, ready_app: App
) -> None:
    ready_app.dataset.add(incoming_photos(range(100, 160)))
    entered, free = threading.Event(), threading.Event()

    def first_batch() -> None:
        entered.set()
        wait_until(free.is_set)

    vision.embeds.learn = first_batch
    opened.embedding.want()
    wait_until(entered.is_set)
    opened.is_busy = True
    free.set()
    wait_until(lambda: opened.has(32))
    opened.is_busy = False
    wait_until(lambda: opened.has(68))
    assert len(vision.embeds.asked) == 68  # what was made before is kept


def test_after_a_restart_vectors_come_from_the_disk_without_a_network(
    opened: Opened, ready_app: App
) -> None:
    def none() -> FakeVision:
        raise AssertionError("a network was loaded")

    opened.embedding.want()
    wait_until(lambda: opened.has(8))
    made = opened.embedding.vectors()
    assert made is not None
    opened.embedding.close()
    shelve(ready_app, made)
    again = Embedding(ready_app.workspace, none, is_busy=lambda: True, presence=Presence())
    again.open(on_more=lambda: None)
    again.want()
    wait_until(lambda: again.vectors() is not None)
    again.close()
    found = again.vectors()
    assert found is not None
    np.testing.assert_array_equal(found.ids, made.ids)
    np.testing.assert_allclose(found.rows, made.rows, atol=1e-3)
    assert again.looking().problem == ""


def test_somebody_at_work_gets_a_smaller_share_taken(
    opened: Opened, vision: FakeVision, ready_app: App
) -> None:
    ready_app.dataset.add(incoming_photos(range(100, 160)))
    sizes: list[int] = []
    seen = 0

    def note() -> None:
        nonlocal seen
        sizes.append(len(vision.embeds.asked) - seen)
        seen = len(vision.embeds.asked)
        opened.presence.note()

    vision.embeds.learn = note
    opened.embedding.want()
    wait_until(lambda: opened.has(68))
    assert sizes[:2] == [0, 32]  # nobody was at work before the first
    assert set(sizes[2:]) == {8}


def test_vectors_of_several_widths_are_set_aside_and_made_anew(
    opened: Opened, vision: FakeVision, ready_app: App
) -> None:
    opened.embedding.want()
    wait_until(lambda: opened.has(8))
    made = opened.embedding.vectors()
    assert made is not None
    opened.embedding.close()
    shelve(ready_app, made, last=np.ones(5, np.float16))
    again = Opened(ready_app, vision)
    entered, free = threading.Event(), threading.Event()

    def learn() -> None:
        entered.set()
        wait_until(free.is_set)

    vision.embeds.learn = learn
    again.embedding.want()
    wait_until(entered.is_set)
    assert "It was set aside" in again.embedding.looking().problem  # until all are looked at again
    free.set()
    wait_until(lambda: again.has(8))
    wait_until(lambda: again.embedding.looking().problem == "")
    again.embedding.close()


def test_vectors_of_another_width_than_the_networks_are_made_anew(
    opened: Opened, vision: FakeVision, ready_app: App
) -> None:
    opened.embedding.want()
    wait_until(lambda: opened.has(8))
    made = opened.embedding.vectors()
    assert made is not None
    opened.embedding.close()
    wider = np.ones((8, 5), np.float32)
    shelve(ready_app, Vectors(ids=made.ids, rows=wider, squares=wider.sum(1)))
    ready_app.dataset.add(incoming_photos(range(20, 22)))  # so that the network is asked
    again = Opened(ready_app, vision)
    again.embedding.want()
    wait_until(lambda: again.has(10))
    found = again.embedding.vectors()
    assert found is not None
    assert found.rows.shape == (10, 3)
    assert again.embedding.looking().problem == ""
    again.embedding.close()
