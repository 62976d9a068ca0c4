import threading
import uuid
from collections.abc import Sequence

import numpy as np
import pytest

from dragon_app.core.errors import DragonError, NotFoundError
from dragon_app.core.near import NearIndex
from dragon_app.core.training import CacheFolder, RunStatus
from dragon_app.core.types import BatchResult, EventKind
from dragon_app.features.shelf import ShelfKey
from dragon_app.features.store import FeatureStore
from dragon_app.storage.bin import Emptied
from dragon_app.storage.workspace import Workspace, open_workspace
from tests.conftest import WAIT_S, add_rows
from tests.photos import new_image

KEY = ShelfKey(weights="w", depth=4, transform="t", arithmetic="float32", view="eval")


def put_in_bin(workspace: Workspace, ids: list[int]) -> None:
    changes: dict[int, str | None] = dict.fromkeys(ids, "1")
    workspace.labels.apply(EventKind.BINNED, changes, batch=uuid.uuid4().hex, who="person")


def empty(workspace: Workspace, expected: int, batch: str = "empty") -> Emptied:
    return workspace.bin.empty(expected=expected, batch=batch, who="person")


def digest_of(workspace: Workspace, image_id: int) -> str:
    return workspace.images.get(image_id).digest


@pytest.fixture
def ids(workspace: Workspace) -> list[int]:
    """Three photos of the class 1 with files."""
    workspace.classes.create("dragon")
    ids = add_rows(workspace, 3)
    for image_id in ids:
        store(workspace, digest_of(workspace, image_id))
    workspace.labels.apply(EventKind.CLASS, dict.fromkeys(ids, "1"), batch="label", who="person")
    return ids


def store(workspace: Workspace, digest: str) -> None:
    workspace.blobs.put(b"photo", digest)
    workspace.blobs.put_thumbnail(digest, b"small")


def test_photos_in_the_bin_are_removed_with_all_that_was_made_of_them(
    workspace: Workspace, ids: list[int]
) -> None:
    gone, kept = (digest_of(workspace, image_id) for image_id in ids[:2])
    with FeatureStore(CacheFolder(path=workspace.cache_folder)) as features:
        features.shelf(KEY).put([gone, kept], [np.ones(3, np.float16)] * 2)
    put_in_bin(workspace, ids[:1])
    assert empty(workspace, 1) == Emptied(removed=1, kept=0)
    with pytest.raises(NotFoundError):
        workspace.images.get(ids[0])
    assert not workspace.blobs.path(gone).exists()
    assert not workspace.blobs.thumbnail_path(gone).exists()
    assert workspace.blobs.path(kept).exists()
    with FeatureStore(CacheFolder(path=workspace.cache_folder)) as features:
        assert features.shelf(KEY).missing([gone, kept]) == [gone]


def test_only_as_many_are_removed_as_a_person_agreed_to(
    workspace: Workspace, ids: list[int]
) -> None:
    put_in_bin(workspace, ids[:2])
    with pytest.raises(DragonError, match="holds 2 photos now, not 1"):
        empty(workspace, 1)
    assert workspace.blobs.path(digest_of(workspace, ids[0])).exists()


def test_a_repeated_request_answers_the_same_and_removes_no_more(
    workspace: Workspace, ids: list[int]
) -> None:
    put_in_bin(workspace, ids[:1])
    assert empty(workspace, 1, "once") == Emptied(removed=1, kept=0)
    put_in_bin(workspace, ids[1:2])
    assert empty(workspace, 1, "once") == Emptied(removed=1, kept=1)
    assert workspace.images.get(ids[1]).is_binned


def test_undo_leaves_removed_photos_and_names_them(workspace: Workspace, ids: list[int]) -> None:
    put_in_bin(workspace, ids[:1])
    empty(workspace, 1)
    first = workspace.steps.undo(batch="u1", who="person")  # the bin: that photo alone
    assert first == BatchResult(changed=0, left=(ids[0],))
    second = workspace.steps.undo(batch="u2", who="person")
    assert second == BatchResult(changed=2, left=(ids[0],))
    assert workspace.images.names(ids[:1]) == {ids[0]: "0.png"}


def test_a_gesture_on_removed_photos_goes_to_the_others(
    workspace: Workspace, ids: list[int]
) -> None:
    put_in_bin(workspace, ids[:1])
    empty(workspace, 1)
    labels: dict[int, str | None] = dict.fromkeys(ids, None)
    for _ in range(2):
        result = workspace.labels.apply(EventKind.CLASS, labels, batch="b", who="person")
        assert result.changed == 2
    with pytest.raises(NotFoundError, match=f"no photo {ids[0]}"):
        workspace.labels.apply(EventKind.CLASS, {ids[0]: None}, batch="c", who="person")


def test_a_removed_photo_can_be_added_again(workspace: Workspace, ids: list[int]) -> None:
    digest = digest_of(workspace, ids[0])
    put_in_bin(workspace, ids[:1])
    empty(workspace, 1)
    store(workspace, digest)
    (again,) = workspace.images.add([new_image(0)], NearIndex())
    assert again > max(ids)
    assert workspace.images.get(again).digest == digest
    reopened(workspace).close()
    assert workspace.blobs.path(digest).exists()


def test_photos_of_a_run_that_is_not_over_stay(workspace: Workspace, ids: list[int]) -> None:
    run = workspace.runs.create("{}", workspace.snapshots.take().id)
    put_in_bin(workspace, ids)
    assert empty(workspace, 3) == Emptied(removed=0, kept=3)
    workspace.runs.end(run.id, RunStatus.STOPPED)
    assert empty(workspace, 3, "later") == Emptied(removed=3, kept=0)
    assert {photo.image_id for photo in workspace.snapshots.photos(run.snapshot_id)} == {None}


def test_a_kill_between_rows_and_files_is_mended_at_the_next_start(
    workspace: Workspace, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = digest_of(workspace, ids[0])
    put_in_bin(workspace, ids[:1])
    with monkeypatch.context() as patch:
        patch.setattr(workspace.bin, "_remove_files", interrupt)
        with pytest.raises(KeyboardInterrupt):
            empty(workspace, 1)
    assert workspace.blobs.path(digest).exists()
    again = reopened(workspace)
    assert not workspace.blobs.path(digest).exists()
    assert not workspace.blobs.thumbnail_path(digest).exists()
    assert again.blobs.path(digest_of(again, ids[1])).exists()
    again.close()


def test_a_file_whose_row_never_came_is_set_aside_and_stays_there(
    workspace: Workspace, ids: list[int]
) -> None:
    store(workspace, "ab" * 32)
    for _ in range(2):
        reopened(workspace).close()
        assert workspace.blobs.digests() == {digest_of(workspace, image_id) for image_id in ids}
        assert (workspace.folder / "set-aside" / ("ab" * 32)).read_bytes() == b"photo"


def test_photos_come_back_with_the_newer_database(workspace: Workspace, ids: list[int]) -> None:
    """Somebody puts an older copy of the database back, starts, and takes the newer one again."""
    digest = digest_of(workspace, ids[0])
    database = workspace.folder / "dragon.db"
    workspace.close()
    newer = database.read_bytes()
    database.unlink()
    older = open_workspace(workspace.folder)
    assert (older.set_aside.count(), older.blobs.digests()) == (3, set())
    older.close()
    database.write_bytes(newer)
    again = open_workspace(workspace.folder)
    assert (again.set_aside.count(), len(again.blobs.digests())) == (0, 3)
    assert again.blobs.path(digest).read_bytes() == b"photo"
    again.close()


def test_files_that_were_half_written_are_swept_up(workspace: Workspace, ids: list[int]) -> None:
    digest = digest_of(workspace, ids[0])
    drafts = [
        path.with_name(f".{path.name}.0a1b2c3d")
        for path in (workspace.blobs.path(digest), workspace.blobs.thumbnail_path(digest))
    ]
    for draft in drafts:
        draft.write_bytes(b"ha")
    reopened(workspace).close()
    assert not any(draft.exists() for draft in drafts)
    assert workspace.blobs.path(digest).exists()


def test_photos_on_their_way_in_are_waited_for(workspace: Workspace, ids: list[int]) -> None:
    put_in_bin(workspace, ids[:1])
    removal = threading.Thread(target=empty, args=[workspace, 1])
    with workspace.blobs.storing():
        removal.start()
        removal.join(0.05)
        assert workspace.images.get(ids[0]).is_binned  # not yet
    removal.join(WAIT_S)
    assert not removal.is_alive()
    with pytest.raises(NotFoundError):
        workspace.images.get(ids[0])


def interrupt(_: Sequence[str]) -> None:
    raise KeyboardInterrupt


def reopened(workspace: Workspace) -> Workspace:
    workspace.close()
    return open_workspace(workspace.folder)
