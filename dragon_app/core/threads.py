"""How urgent a thread's work is to the system. Knows no work."""

import os
import sys
import threading

_BACKGROUND = 10  # niceness, -20 (urgent) to 19


def work_in_background() -> None:
    """Let the calling thread, and threads it starts, run only where nobody else wants to.

    Only Linux knows niceness of single threads; elsewhere nothing changes.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        niceness = os.getpriority(os.PRIO_PROCESS, thread)
        os.setpriority(os.PRIO_PROCESS, thread, max(niceness, _BACKGROUND))  # never more urgent
