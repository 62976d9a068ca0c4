"""Whose turn it is."""

import threading

from dragon_app.services.turns import CLOSED, PAUSED, STOPPED, Turns


def turns_of(*run_ids: int) -> Turns:
    turns = Turns()
    for run_id in run_ids:
        turns.add(run_id)
    return turns


def test_the_lowest_number_goes_first() -> None:
    turns = turns_of(3, 1, 2, 1)
    order = []
    for _ in range(3):
        order.append(turns.next())
        turns.done()
    assert order == [1, 2, 3]
    assert not turns.any()


def test_the_worker_waits_until_a_run_comes_or_all_is_closed() -> None:
    turns, got = Turns(), []
    worker = threading.Thread(target=lambda: got.extend([turns.next(), turns.next()]))
    worker.start()
    turns.add(7)
    turns.close()
    worker.join(10)
    assert got[-1] is None  # and 7 before it, unless closing was the quicker


def test_only_the_run_at_work_is_asked() -> None:
    turns = turns_of(1, 2)
    turns.next()
    assert not turns.ask(2, STOPPED)
    assert not turns.should_end()
    assert turns.ask(1, PAUSED)
    assert (turns.should_end(), turns.end(1), turns.end(2)) == (True, PAUSED, None)


def test_what_was_asked_of_one_run_does_not_end_the_next() -> None:
    turns = turns_of(1, 2)
    turns.next()
    turns.ask(1, STOPPED)
    turns.done()
    assert turns.next() == 2
    assert (turns.should_end(), turns.end(2)) == (False, None)


def test_a_stop_has_the_last_word() -> None:
    turns = turns_of(1)
    turns.next()
    turns.ask(1, PAUSED)
    turns.ask(1, STOPPED)
    turns.ask(1, PAUSED)
    turns.close()
    assert turns.end(1) is STOPPED


def test_closing_ends_the_run_at_work_and_lets_the_others_wait() -> None:
    turns = turns_of(1, 2)
    turns.next()
    turns.close()
    assert turns.end(1) is CLOSED
    turns.done()
    assert turns.next() is None
    assert turns.has(2)
