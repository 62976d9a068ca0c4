"""What the shell prints, and the exit codes that scripts read."""

import argparse
import json
import sys
from typing import Any

DONE, FAILED, BAD_INPUT = 0, 1, 2


def show(options: argparse.Namespace, answer: dict[str, Any], words: str) -> None:
    """Print an answer, as one JSON object where that was asked for."""
    sys.stdout.write((json.dumps(answer) if options.json else words) + "\n")


def say(words: str) -> None:
    """Tell a person something, beside the answer."""
    sys.stderr.write(words + "\n")
