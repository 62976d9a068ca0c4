"""The folder that holds everything of a user: where each part lies, and who may write to it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import filelock

from dragon_app.core.errors import WorkspaceError
from dragon_app.storage.answers import AnswerStore
from dragon_app.storage.bin import BinStore
from dragon_app.storage.blobs import Blobs
from dragon_app.storage.classes import ClassStore
from dragon_app.storage.comparisons import ComparisonStore
from dragon_app.storage.database import Database
from dragon_app.storage.images import ImageStore
from dragon_app.storage.inbox import InboxStore
from dragon_app.storage.labels import LabelStore
from dragon_app.storage.migrations import check_schema, migrate
from dragon_app.storage.promotions import PromotionStore
from dragon_app.storage.provenances import ProvenanceStore
from dragon_app.storage.runs import RunStore
from dragon_app.storage.set_aside import SetAside
from dragon_app.storage.snapshots import SnapshotStore
from dragon_app.storage.standings import StandingStore
from dragon_app.storage.steps import StepStore
from dragon_app.storage.suggestions import SuggestionStore

CACHE = "cache"


@dataclass(frozen=True, slots=True)
class Workspace:
    """An open workspace. One process may hold it for writing; any number may read."""

    folder: Path
    blobs: Blobs
    set_aside: SetAside
    images: ImageStore
    classes: ClassStore
    labels: LabelStore
    steps: StepStore
    bin: BinStore
    snapshots: SnapshotStore
    runs: RunStore
    suggestions: SuggestionStore
    comparisons: ComparisonStore
    provenances: ProvenanceStore
    promotions: PromotionStore
    answers: AnswerStore
    inbox: InboxStore
    standings: StandingStore
    _database: Database
    _lock: filelock.BaseFileLock | None

    @property
    def runs_folder(self) -> Path:
        """Where checkpoints lie, one folder a run."""
        return self.folder / "runs"

    def run_folder(self, run_id: int) -> Path:
        """Where a run keeps its checkpoints and standings."""
        return self.runs_folder / str(run_id)

    @property
    def cache_folder(self) -> Path:
        """What can be computed again: activations, decoded photos, measurements. Safe to delete."""
        return self.folder / CACHE

    @property
    def uploads_folder(self) -> Path:
        """Where files wait while they are checked; emptied at every start."""
        return self.folder / "uploads"

    def is_abandoned(self) -> bool:
        """Whether this is a look at a workspace that no process holds: what ran there has ended."""
        if self._lock is not None:
            return False
        try:
            _take_lock(self.folder).release()
        except WorkspaceError:  # held, or not ours to write to
            return False
        return True

    def close(self) -> None:
        """Let another process open the workspace."""
        self._database.close()
        if self._lock is not None:
            self._lock.release()


def open_workspace(folder: Path) -> Workspace:
    """Open a workspace for writing, making it when there is none.

    Raise `WorkspaceError`, with nothing touched, when it cannot be written or is in use.
    """
    _check_foreign(folder)
    lock = _take_lock(folder)
    database = Database(folder / "dragon.db")
    try:
        migrate(database)
        workspace = _assemble(folder, database, lock)
        shutil.rmtree(workspace.uploads_folder, ignore_errors=True)
        workspace.uploads_folder.mkdir(exist_ok=True)
        workspace.bin.sweep()
    except BaseException as error:
        database.close()
        lock.release()
        if isinstance(error, OSError):
            raise _unwritable(folder, error) from error
        raise
    return workspace


def open_for_reading(folder: Path) -> Workspace:
    """Open a workspace beside a process that may be writing to it."""
    path = folder / "dragon.db"
    if not path.is_file():
        raise WorkspaceError(f"There is no workspace in {folder} yet. Add photos to it first.")
    database = Database(path, is_read_only=True)
    try:
        check_schema(database)
    except BaseException:
        database.close()
        raise
    return _assemble(folder, database, None)


def _check_foreign(folder: Path) -> None:
    """Refuse a folder whose `uploads` are somebody else's: ours is emptied at every start."""
    try:
        uploads = folder / "uploads"
        is_ours = (folder / "dragon.db").exists() or not uploads.is_dir()
        if is_ours or not any(uploads.iterdir()):
            return
    except OSError as error:
        raise _unwritable(folder, error) from error
    raise WorkspaceError(
        f"{folder} is not a workspace and holds other files, in {uploads}. "
        "Choose another folder with --workspace."
    )


def _take_lock(folder: Path) -> filelock.BaseFileLock:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Whichever thread closes the workspace has to be able to let go of it.
        lock = filelock.FileLock(folder / "dragon.lock", thread_local=False)
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise WorkspaceError(
            f"The workspace {folder} is open in another Dragon. Use that one, close it first, "
            "or choose another folder with --workspace."
        ) from error
    except OSError as error:
        raise _unwritable(folder, error) from error
    return lock


def _unwritable(folder: Path, error: OSError) -> WorkspaceError:
    return WorkspaceError(
        f"Cannot write to the workspace {folder} ({error.strerror}). "
        "Choose another folder with --workspace."
    )


def _assemble(folder: Path, database: Database, lock: filelock.BaseFileLock | None) -> Workspace:
    blobs = Blobs(folder)
    set_aside = SetAside(folder / "set-aside", blobs)
    return Workspace(
        folder=folder,
        blobs=blobs,
        set_aside=set_aside,
        images=ImageStore(database),
        classes=ClassStore(database),
        labels=LabelStore(database),
        steps=StepStore(database),
        bin=BinStore(database, blobs, set_aside=set_aside, cache=folder / CACHE),
        snapshots=SnapshotStore(database),
        runs=RunStore(database),
        suggestions=SuggestionStore(database),
        comparisons=ComparisonStore(database),
        provenances=ProvenanceStore(database),
        promotions=PromotionStore(database),
        answers=AnswerStore(folder),
        inbox=InboxStore(database),
        standings=StandingStore(database, folder),
        _database=database,
        _lock=lock,
    )
