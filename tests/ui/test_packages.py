"""The download of a model."""

import io
import zipfile

from starlette.testclient import TestClient

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import WeightsError
from dragon_app.wiring import Session
from tests.fakes import FakeVision
from tests.photos import incoming_photos


def test_a_model_is_a_download_and_a_damaged_one_is_told_before(
    vision: FakeVision, client: TestClient, session: Session
) -> None:
    assert client.get("/dragon/runs/1/package").status_code == 404
    app = session.app
    app.dataset.add([*incoming_photos(range(4), "dark"), *incoming_photos(range(4, 8), "light")])
    app.runs.wait(app.runs.start(FinetuneConfig()).id, poll_s=0.005)
    assert client.get("/dragon/runs/1/package").json() == {"name": "workspace-run-1.zip"}
    answer = client.get("/dragon/runs/1/package.zip")
    assert answer.headers["content-disposition"].endswith("workspace-run-1.zip")
    assert "predict.py" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    vision.problem_of_model = WeightsError("The checkpoint is damaged.")
    told = client.get("/dragon/runs/1/package")
    assert (told.status_code, told.json()["error"]) == (400, "The checkpoint is damaged.")
