"""The journal against a model of a few lines: random changes and undos end the same in both."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
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
    EventKind.KEPT: [None, "1", "none"],
}
UNSET = {EventKind.CLASS, EventKind.KEPT}
changes = st.sampled_from(list(VALUES)).flatmap(
    lambda kind: st.tuples(
        st.just(kind),
        st.dictionaries(st.integers(1, PHOTOS), st.sampled_from(VALUES[kind]), min_size=1),
    )
)
Key = tuple[EventKind, int]
Change = tuple[str | None, str | None]  # before and after


@dataclass(frozen=True)
class Step:
    """What a batch did to photos, and to a class: in the lists before, and after."""

    photos: dict[Key, Change]
    classes: tuple[str, str | None, bool, bool] | None = None  # class, its photos go to


class Journal(RuleBasedStateMachine):
    """`state`, `done` and `undone` are the model; everything else is the real thing."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY, prefix="dragon-"))
        self.workspace = open_workspace(self.folder / "workspace")
        for name in ("a", "b", "c"):
            self.workspace.classes.create(name)
        add_rows(self.workspace, PHOTOS)
        self.open = {"1", "2", "3"}
        self.state: dict[Key, str | None] = {
            (kind, image_id): None if kind in UNSET else "0"
            for kind in VALUES
            for image_id in range(1, PHOTOS + 1)
        }
        self.done: list[Step] = []
        self.undone: list[Step] = []
        self.restarts = 0
        self.sent: list[tuple[Callable[[], BatchResult | None], BatchResult | None]] = []

    def teardown(self) -> None:
        self.workspace.close()
        shutil.rmtree(self.folder)

    @rule(change=changes, is_import=st.booleans())
    def apply(self, change: tuple[EventKind, dict[int, str | None]], is_import: bool) -> None:
        kind, values = change
        if kind is EventKind.CLASS and not set(values.values()) <= {None, *self.open}:
            return
        batch, who = f"batch {self.restarts} {len(self.sent)}", IMPORTER if is_import else "person"
        result = self.send(partial(self.workspace.labels.apply, kind, values, batch=batch, who=who))
        photos = {
            (kind, image_id): (self.state[kind, image_id], after)
            for image_id, after in values.items()
            if self.state[kind, image_id] != after
        }
        self.state |= {key: after for key, (_, after) in photos.items()}
        if photos and not is_import:
            self.done.append(Step(photos))
            self.undone.clear()
        assert result == BatchResult(changed=len(photos))

    @rule(class_id=st.sampled_from("123"), into=st.sampled_from([None, "1", "2", "3"]))
    def close(self, class_id: str, into: str | None) -> None:
        if class_id == into or not {class_id, into or class_id} <= self.open:
            return
        batch, classes = f"batch {self.restarts} {len(self.sent)}", self.workspace.classes
        if into is None:
            request = partial(classes.delete, int(class_id), batch=batch, who="person")
        else:
            request = partial(classes.merge, int(class_id), int(into), batch=batch, who="person")
        result = self.send(request)
        photos: dict[Key, Change] = dict.fromkeys(self.carriers(class_id), (class_id, into))
        self.state |= dict.fromkeys(photos, into)
        self.open.remove(class_id)
        self.done.append(Step(photos, (class_id, into, True, False)))
        self.undone.clear()
        assert result == BatchResult(changed=len(photos))

    @rule()
    def undo(self) -> None:
        batch = f"batch {self.restarts} {len(self.sent)}"
        result = self.send(partial(self.workspace.steps.undo, batch=batch, who="person"))
        if not self.done:
            assert result is None
            return
        self.undone.append(self.reverse(self.done.pop(), result))

    @rule()
    def redo(self) -> None:
        batch = f"batch {self.restarts} {len(self.sent)}"
        result = self.send(partial(self.workspace.steps.redo, batch=batch, who="person"))
        if not self.undone:
            assert result is None
            return
        self.done.append(self.reverse(self.undone.pop(), result))

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

    def carriers(self, class_id: str) -> list[Key]:
        return [
            key for key in self.state if key[0] is EventKind.CLASS and self.state[key] == class_id
        ]

    def reverse(self, step: Step, result: BatchResult | None) -> Step:
        """Take a step back in the model, check the answer, and return what that changed."""
        back = {
            key: (after, before)
            for key, (before, after) in step.photos.items()
            if self.state[key] == after
        }
        self.state |= {key: after for key, (_, after) in back.items()}
        left = sorted(image_id for _, image_id in step.photos.keys() - back.keys())
        classes = None
        if step.classes:
            class_id, into, was_open, is_open = step.classes
            classes = (class_id, into, is_open, was_open)
            self.open = self.open | {class_id} if was_open else self.open - {class_id}
            late = [] if was_open else self.carriers(class_id)  # they came with files since
            back |= dict.fromkeys(late, (class_id, into))
            self.state |= dict.fromkeys(late, into)
        left = [image_id for image_id in left if image_id not in {key[1] for key in back}]
        assert result == BatchResult(changed=len(back), left=tuple(left))
        return Step(back, classes)

    @invariant()
    def the_photos_are_as_the_model_says(self) -> None:
        for image_id in range(1, PHOTOS + 1):
            image = self.workspace.images.get(image_id)
            class_id = None if image.class_id is None else str(image.class_id)
            assert class_id == self.state[EventKind.CLASS, image_id]
            assert str(int(image.is_skipped)) == self.state[EventKind.SKIPPED, image_id]
            assert str(int(image.is_binned)) == self.state[EventKind.BINNED, image_id]
            assert class_id is None or (image.split is not None and class_id in self.open)
        assert {str(each.id) for each in self.workspace.classes.all()} == self.open

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
