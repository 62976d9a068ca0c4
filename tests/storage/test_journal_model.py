"""The journal against a model of a few lines: random changes and undos end the same in both."""

import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from dragon_app.core.types import BatchResult, EventKind
from dragon_app.storage.labels import IMPORTER
from dragon_app.storage.workspace import open_workspace
from tests.conftest import MEMORY, add_rows

PHOTOS = 4
VALUES: dict[EventKind, list[str | None]] = {
    EventKind.CLASS: [None, "1", "2", "3"],
    EventKind.SKIPPED: ["0", "1"],
    EventKind.BINNED: ["0", "1"],
}
changes = st.sampled_from(list(VALUES)).flatmap(
    lambda kind: st.tuples(
        st.just(kind),
        st.dictionaries(st.integers(1, PHOTOS), st.sampled_from(VALUES[kind]), min_size=1),
    )
)
State = dict[tuple[EventKind, int], str | None]
Step = dict[tuple[EventKind, int], tuple[str | None, str | None]]  # before and after


class Journal(RuleBasedStateMachine):
    """`state`, `done` and `undone` are the model; everything else is the real thing."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY, prefix="dragon-"))
        self.workspace = open_workspace(self.folder / "workspace")
        for name in ("a", "b", "c"):
            self.workspace.classes.create(name)
        add_rows(self.workspace, PHOTOS)
        self.state: State = {
            (kind, image_id): None if kind is EventKind.CLASS else "0"
            for kind in VALUES
            for image_id in range(1, PHOTOS + 1)
        }
        self.done: list[Step] = []
        self.undone: list[tuple[Step, Step]] = []  # a step, and what its undo did
        self.restarts = 0
        self.sent: list[tuple[Callable[[], BatchResult | None], BatchResult | None]] = []

    def teardown(self) -> None:
        self.workspace.close()
        shutil.rmtree(self.folder)

    @rule(change=changes, is_import=st.booleans())
    def apply(self, change: tuple[EventKind, dict[int, str | None]], is_import: bool) -> None:
        kind, values = change
        batch, who = f"batch {self.restarts} {len(self.sent)}", IMPORTER if is_import else "person"
        result = self.send(partial(self.workspace.labels.apply, kind, values, batch=batch, who=who))
        step = {
            (kind, image_id): (self.state[kind, image_id], after)
            for image_id, after in values.items()
            if self.state[kind, image_id] != after
        }
        self.state |= {key: after for key, (_, after) in step.items()}
        if step and not is_import:
            self.done.append(step)
            self.undone.clear()
        assert result == BatchResult(changed=len(step))

    @rule()
    def undo(self) -> None:
        batch = f"batch {self.restarts} {len(self.sent)}"
        result = self.send(partial(self.workspace.steps.undo, batch=batch, who="person"))
        if not self.done:
            assert result is None
            return
        step = self.done.pop()
        self.undone.append((step, self.reverse(step, result)))

    @rule()
    def redo(self) -> None:
        batch = f"batch {self.restarts} {len(self.sent)}"
        result = self.send(partial(self.workspace.steps.redo, batch=batch, who="person"))
        if not self.undone:
            assert result is None
            return
        step, taken_back = self.undone.pop()
        self.done.append(step)
        self.reverse(taken_back, result)

    @rule(which=st.integers(0, 50))
    def repeat(self, which: int) -> None:
        if self.sent:
            request, answer = self.sent[which % len(self.sent)]
            assert request() == answer

    @rule()
    def restart(self) -> None:
        self.workspace.close()
        self.workspace = open_workspace(self.folder / "workspace")
        self.sent.clear()  # those requests hold the closed workspace
        self.restarts += 1

    def send(self, request: Callable[[], BatchResult | None]) -> BatchResult | None:
        answer = request()
        self.sent.append((request, answer))
        return answer

    def reverse(self, step: Step, result: BatchResult | None) -> Step:
        """Take a step back in the model, check the answer, and return what that changed."""
        back = {
            key: (after, before)
            for key, (before, after) in step.items()
            if self.state[key] == after
        }
        self.state |= {key: after for key, (_, after) in back.items()}
        left = sorted(image_id for _, image_id in step.keys() - back.keys())
        assert result == BatchResult(changed=len(back), left=tuple(left))
        return back

    @invariant()
    def the_photos_are_as_the_model_says(self) -> None:
        for image_id in range(1, PHOTOS + 1):
            image = self.workspace.images.get(image_id)
            class_id = None if image.class_id is None else str(image.class_id)
            assert class_id == self.state[EventKind.CLASS, image_id]
            assert str(int(image.is_skipped)) == self.state[EventKind.SKIPPED, image_id]
            assert str(int(image.is_binned)) == self.state[EventKind.BINNED, image_id]
            assert class_id is None or image.split is not None

    @invariant()
    def the_journal_tells_how_it_came_to_this(self) -> None:
        for image_id in range(1, PHOTOS + 1):
            told: dict[EventKind, str | None] = {}
            for event in self.workspace.labels.history(image_id):
                if event.kind in told:
                    assert event.before == told[event.kind]
                told[event.kind] = event.after
            assert all(self.state[kind, image_id] == after for kind, after in told.items())


TestJournal = Journal.TestCase
TestJournal.settings = settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    phases=(Phase.reuse, Phase.generate),  # shrinking takes minutes
)
