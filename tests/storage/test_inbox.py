import numpy as np
import pytest

from dragon_app.core.types import BatchResult, EventKind
from dragon_app.storage.workspace import Workspace
from tests.conftest import add_rows
from tests.storage.gestures import BINNED, CLASS, SKIPPED, apply, redo, undo

ROSE, TULIP = 1, 2


@pytest.fixture
def ids(workspace: Workspace) -> list[int]:
    """Four photos: a rose, a tulip, one that was skipped, one in the bin."""
    workspace.classes.create("rose")
    workspace.classes.create("tulip")
    ids = add_rows(workspace, 4)
    apply(workspace, CLASS, {ids[0]: "1", ids[1]: "2"})
    apply(workspace, SKIPPED, {ids[2]: "1"})
    apply(workspace, BINNED, {ids[3]: "1"})
    return ids


def test_photos_are_packed_with_what_is_so_today(workspace: Workspace, ids: list[int]) -> None:
    workspace.classes.set_disabled(TULIP, is_disabled=True)
    rows = np.frombuffer(workspace.inbox.photos(), ">u4").reshape(-1, 12)
    assert rows[:, 0].tolist() == ids[:3]
    assert rows[:, 1].tolist() == [ROSE, TULIP, 0]
    assert rows[:, 2].tolist() == [workspace.images.get(each).group_id for each in ids[:3]]
    assert rows[:, 3].tolist() == [4 + 16, 4, 1]
    digests = [row[4:].tobytes().hex() for row in rows]
    assert digests == [workspace.images.get(each).digest for each in ids[:3]]


def test_who_was_found_right_is_asked_about_again_with_another_class(
    workspace: Workspace, ids: list[int]
) -> None:
    assert workspace.inbox.asked_about(ids) == {ids[0]: ROSE, ids[1]: TULIP, ids[2]: None}
    kept = workspace.inbox.keep({ids[0]: ROSE, ids[2]: None}, batch="k", who="person")
    assert kept == BatchResult(changed=2)
    assert workspace.inbox.asked_about(ids) == {ids[1]: TULIP}
    apply(workspace, CLASS, {ids[0]: "2"})
    assert workspace.inbox.asked_about(ids) == {ids[0]: TULIP, ids[1]: TULIP}
    undo(workspace)
    assert ids[0] not in workspace.inbox.asked_about(ids)


def test_a_judgement_is_a_step_of_the_journal(workspace: Workspace, ids: list[int]) -> None:
    for _ in range(2):  # a repeat changes nothing
        assert workspace.inbox.keep({ids[0]: ROSE}, batch="k", who="person").changed == 1
    undo(workspace)
    assert ids[0] in workspace.inbox.asked_about(ids)
    redo(workspace)
    assert ids[0] not in workspace.inbox.asked_about(ids)
    told = [(each.kind, each.before, each.after) for each in workspace.labels.history(ids[0])]
    assert told[1:] == [
        (EventKind.KEPT, None, "1"), (EventKind.KEPT, "1", None), (EventKind.KEPT, None, "1"),
    ]  # fmt: skip


def test_a_photo_that_changed_in_the_meantime_is_left_and_named(
    workspace: Workspace, ids: list[int]
) -> None:
    kept = workspace.inbox.keep({ids[0]: TULIP, ids[1]: TULIP, 99: None}, batch="k", who="person")
    assert kept == BatchResult(changed=1, left=(ids[0], 99))
    assert ids[0] in workspace.inbox.asked_about(ids)


def test_fixes_are_counted_between_two_moments(workspace: Workspace, ids: list[int]) -> None:
    snapshot = workspace.snapshots.take()
    began = workspace.labels.newest_batch()
    apply(workspace, CLASS, {ids[0]: "2"})
    apply(workspace, CLASS, {ids[2]: "2"})  # no photo of the snapshot
    workspace.inbox.keep({ids[1]: TULIP}, batch="k", who="person")
    until = workspace.labels.newest_batch()
    apply(workspace, BINNED, {ids[1]: "1"})

    def fixes(until: int) -> dict[EventKind, int]:
        return workspace.inbox.fixes(snapshot.id, after=began, until=until)

    assert fixes(until) == {EventKind.CLASS: 1, EventKind.KEPT: 1}
    newest = workspace.labels.newest_batch
    assert fixes(newest()) == {EventKind.CLASS: 1, EventKind.KEPT: 1, EventKind.BINNED: 1}
    undo(workspace)
    assert EventKind.BINNED not in fixes(newest())
    redo(workspace)
    assert fixes(newest())[EventKind.BINNED] == 1
    workspace.classes.merge(TULIP, ROSE, batch="m", who="person")
    assert fixes(newest())[EventKind.CLASS] == 1
