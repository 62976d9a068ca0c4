import logging
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from dragon_app import wiring
from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import WorkspaceError
from dragon_app.core.training import RunStatus
from dragon_app.wiring import App, Session
from tests.fakes import FakeVision


@pytest.mark.usefixtures("vision")
def test_a_session_goes_over_to_another_workspace_and_lets_go_of_the_first(folder: Path) -> None:
    session = Session(folder)
    session.open(folder.parent / "other")
    assert session.app.workspace.folder == folder.parent / "other"
    wiring.open_app(folder).close()
    session.close()


@pytest.mark.usefixtures("vision")
def test_a_session_stays_where_it_is_when_the_other_is_in_use(folder: Path) -> None:
    session, other = Session(folder), wiring.open_app(folder.parent / "other")
    with pytest.raises(WorkspaceError, match="open in another Dragon"):
        session.open(folder.parent / "other")
    assert session.app.workspace.folder == folder
    session.app.labelling.create_class("dragon")
    other.close()
    session.close()


@pytest.mark.usefixtures("vision")
def test_the_same_workspace_by_another_name_stays_open(folder: Path) -> None:
    session = Session(folder)
    app = session.app
    session.open(folder.parent / "elsewhere" / ".." / "workspace")
    assert session.app is app
    session.close()


def test_a_session_takes_up_what_waited(ready_app: App, folder: Path, vision: FakeVision) -> None:
    snapshot = ready_app.workspace.snapshots.take()
    run = ready_app.workspace.runs.create(FinetuneConfig().to_json(), snapshot.id)
    ready_app.close()
    session = Session(folder)
    session.begin()
    ended = session.app.runs.wait(run.id, poll_s=0.005)
    session.close()
    assert ended.status is RunStatus.FINISHED


def test_a_workspace_whose_log_cannot_be_written_is_let_go_of(folder: Path) -> None:
    (folder / "dragon.log").mkdir(parents=True)
    with pytest.raises(WorkspaceError, match="log file"):
        wiring.open_app(folder)
    (folder / "dragon.log").rmdir()
    wiring.open_app(folder).close()


def test_a_closed_app_logs_no_more(folder: Path) -> None:
    app = wiring.open_app(folder)
    logging.getLogger("dragon_app.test").warning("a Löwe")
    app.close()
    app.close()
    logging.getLogger("dragon_app.test").info("silence")
    log = (folder / "dragon.log").read_text("utf-8")
    assert "a Löwe" in log
    assert "silence" not in log
    assert logging.getLogger("dragon_app").handlers == []


def test_a_reader_writes_nothing(app: App, folder: Path) -> None:
    before = sorted(path.name for path in folder.iterdir())
    reader = wiring.open_reader(folder)
    reader.dataset.summary()
    assert reader.runs.all() == []
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_log_on_a_full_disk_says_nothing_to_the_person(
    app: App, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once a traceback of the log stood between the lines of a training."""

    def full(text: str) -> None:
        raise OSError("No space left on device")

    assert isinstance(app.log, logging.FileHandler)
    monkeypatch.setattr(app.log.stream, "write", full)
    logging.getLogger("dragon_app").warning("a line that does not fit")
    assert capsys.readouterr().err == ""


def test_one_thread_at_a_time_loads_the_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2)
    met: list[bool] = []

    @contextmanager
    def loading() -> Iterator[None]:
        try:
            both.wait(0.3)
            met.append(True)
        except threading.BrokenBarrierError:
            met.append(False)
        yield

    monkeypatch.setattr("dragon_app.vision.loading.loading_beside", loading)
    loaded = SimpleNamespace(TorchVision=FakeVision)
    monkeypatch.setitem(sys.modules, "dragon_app.vision.port", loaded)
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(wiring.vision) for _ in range(2)]
    assert all(isinstance(each.result(), FakeVision) for each in asked)
    assert met == [False, False]
