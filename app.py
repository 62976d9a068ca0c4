"""Start the page: the same as `python -m dragon_app serve`."""

import sys

from dragon_app.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
