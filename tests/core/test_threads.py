import os
import sys
import threading

import pytest

from dragon_app.core.threads import work_in_background


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows niceness of single threads")
def test_a_thread_in_the_background_and_its_children_yield_and_others_do_not() -> None:
    found: list[int] = []

    def note() -> None:
        found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    def work() -> None:
        work_in_background()
        note()
        child = threading.Thread(target=note)
        child.start()
        child.join()

    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    note()
    assert found == [max(before, 10), max(before, 10), before]
