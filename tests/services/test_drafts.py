import numpy as np

from dragon_app.services.drafts import Drafts, cautious, read_numbers
from dragon_app.storage.workspace import Workspace
from tests.conftest import add_rows


def rows(workspace: Workspace) -> list[tuple[int, ...]]:
    return [tuple(map(int, row)) for row in read_numbers(workspace.suggestions.drafts(), 3)]


def test_what_hardly_changed_stays_as_it_was_written_and_who_said_it_with_it(
    workspace: Workspace,
) -> None:
    ids = np.array(add_rows(workspace, 3))
    classes = np.array([workspace.classes.create(name).id for name in ("rose", "tulip")])
    drafts = Drafts(workspace.suggestions)
    likely = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], np.float32)
    assert drafts.put(ids, classes, likely, "six labels")
    likely = np.array([[0.91, 0.09], [0.4, 0.6], [0.4, 0.6]], np.float32)
    assert drafts.put(ids, classes, likely, "seven labels")
    assert rows(workspace) == [(1, 1, 900), (2, 2, 600), (3, 2, 600)]
    workspace.suggestions.accept({1: 1, 2: 2}, batch="accepted", who="person")
    by = [workspace.labels.history(image_id)[0].suggested_by for image_id in (1, 2)]
    assert by == ["six labels", "seven labels"]
    again = Drafts(workspace.suggestions)
    again.take_up()
    assert again.put(ids[2:], classes, likely[2:], "seven labels")  # those of the others go
    assert not again.put(ids[2:], classes, likely[2:], "seven labels")
    assert again.put(ids[:0], classes, likely[:0], "seven labels")
    assert rows(workspace) == []


def test_a_run_adds_to_its_own_drafts_and_keeps_no_others(workspace: Workspace) -> None:
    ids = np.array(add_rows(workspace, 3))
    classes = np.array([workspace.classes.create("rose").id])
    drafts = Drafts(workspace.suggestions)
    sure = np.ones((3, 1), np.float32)
    drafts.put(ids, classes, sure, "labels")
    assert drafts.keep(ids, "run 1")
    assert drafts.lacking(ids).tolist() == ids.tolist()
    assert drafts.add(ids[1:2], classes, sure[:1], "run 1")
    assert drafts.add(ids[:1], classes, sure[:1], "run 1")
    assert not drafts.keep(ids, "run 1")
    assert drafts.lacking(ids).tolist() == [3]
    assert [row[0] for row in rows(workspace)] == [1, 2]


def test_few_labels_make_no_sure_draft_and_never_another_one() -> None:
    likely = np.array([[0.999, 0.001], [0.6, 0.4], [0.5, 0.5]], np.float32)
    few, many = cautious(likely, 6), cautious(likely, 2000)
    assert few.max() < 0.88
    np.testing.assert_allclose(few.sum(1), 1, rtol=1e-6)
    assert few.argmax(1).tolist() == likely.argmax(1).tolist()
    np.testing.assert_allclose(many, likely, atol=1e-3)


def test_a_draft_is_there_while_its_photo_has_a_class_for_a_moment(workspace: Workspace) -> None:
    ids = np.array(add_rows(workspace, 2))
    classes = np.array([workspace.classes.create("rose").id])
    drafts = Drafts(workspace.suggestions)
    drafts.put(ids, classes, np.ones((2, 1), np.float32), "labels")
    before = rows(workspace)
    workspace.suggestions.accept({1: 1, 2: 1}, batch="accepted", who="person")
    assert rows(workspace) == before  # who asks in between misses none after an undo
