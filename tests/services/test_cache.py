import pytest

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import WorkspaceError
from dragon_app.core.ports import Report, ShouldStop
from dragon_app.services.cache import cache_size_bytes, clear_cache
from dragon_app.wiring import App
from tests.conftest import wait_until
from tests.fakes import FakeVision


def keep(app: App, bytes_: int) -> None:
    folder = app.workspace.cache_folder / "features"
    folder.mkdir(parents=True)
    (folder / "vectors").write_bytes(b"0" * bytes_)


def test_what_is_kept_is_counted_and_cleared(ready_app: App) -> None:
    assert cache_size_bytes(ready_app.workspace) == 0
    keep(ready_app, 5000)
    assert cache_size_bytes(ready_app.workspace) == 5000
    clear_cache(ready_app.workspace)
    assert cache_size_bytes(ready_app.workspace) == 0
    assert ready_app.dataset.summary().total == 8


def test_clearing_nothing_is_no_error(app: App) -> None:
    clear_cache(app.workspace)
    assert cache_size_bytes(app.workspace) == 0


def test_it_is_not_cleared_under_a_run(ready_app: App, vision: FakeVision) -> None:
    def learn(report: Report, should_stop: ShouldStop) -> None:
        wait_until(should_stop)

    vision.learn = learn
    keep(ready_app, 5000)
    run = ready_app.runs.start(FinetuneConfig())
    with pytest.raises(WorkspaceError, match="A run is training"):
        clear_cache(ready_app.workspace)
    assert cache_size_bytes(ready_app.workspace) == 5000
    ready_app.runs.stop(run.id)
    ready_app.runs.wait(run.id)
    clear_cache(ready_app.workspace)
    assert cache_size_bytes(ready_app.workspace) == 0
