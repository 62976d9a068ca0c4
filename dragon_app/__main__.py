"""`python -m dragon_app`. Refuses too old a Python before anything newer is imported."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  # an older one gets here too, and deserves a sentence
    sys.stderr.write(
        f"Dragon needs Python 3.11 or newer; this is {sys.version.split()[0]}. "
        "Install a newer one from python.org.\n"
    )
    sys.exit(2)

from dragon_app.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
