"""What was kept so that the next training is faster: how much it is, and clearing it."""

import shutil

from dragon_app.core.disk import folder_size_bytes
from dragon_app.core.errors import WorkspaceError
from dragon_app.storage.workspace import Workspace


def cache_size_bytes(workspace: Workspace) -> int:
    """Return how much of the disk it takes."""
    return folder_size_bytes(workspace.cache_folder)


def clear_cache(workspace: Workspace) -> None:
    """Remove all of it: it is computed again when needed. Raise `WorkspaceError` during a run."""
    if workspace.runs.unfinished():
        raise WorkspaceError(
            "A run is training and reads the cache. Wait until it is over, or stop it, then clear."
        )
    try:
        shutil.rmtree(workspace.cache_folder)
    except FileNotFoundError:
        return  # nothing was kept
    except OSError as error:
        raise WorkspaceError(
            f"Not all of {workspace.cache_folder} could be removed ({error.strerror}). "
            "Close what uses it, then clear again."
        ) from error
