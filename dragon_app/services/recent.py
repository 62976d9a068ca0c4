"""Which workspaces were open lately: a small JSON file beside the default one. Knows no page."""

import json
import logging
from pathlib import Path

from dragon_app.core.disk import write_file

_KEPT = 8
_LOG = logging.getLogger(__name__)


def recent_workspaces(file: Path) -> list[Path]:
    """Return the folders that still hold a workspace, the latest first."""
    try:
        names = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return []  # none yet, or damaged: a convenience is not worth an error
    known = (
        [Path(name) for name in names if isinstance(name, str)] if isinstance(names, list) else []
    )
    return [folder for folder in known if is_workspace(folder)]


def remember(file: Path, folder: Path) -> None:
    """Put a folder first."""
    others = [each for each in recent_workspaces(file) if each != folder]
    names = [str(each) for each in [folder, *others][:_KEPT]]
    try:
        write_file(file, json.dumps(names, indent=1).encode())
    except OSError as error:
        _LOG.info("cannot remember recent workspaces: %s", error)


def is_workspace(folder: Path) -> bool:
    """Whether a folder holds a workspace."""
    try:
        return (folder / "dragon.db").is_file()
    except OSError:
        return False
