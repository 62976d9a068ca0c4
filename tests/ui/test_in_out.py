"""Zips, tables and exports over HTTP, as the page asks for them."""

import uuid
from typing import Any

from starlette.testclient import TestClient

from dragon_app.wiring import Session
from tests.archives import photos, zipped
from tests.conftest import wait_until
from tests.photos import incoming_photos


def send(client: TestClient, data: bytes, **query: Any) -> dict[str, Any]:
    """Send a zip and wait until all of it was added."""
    answer = client.post("/dragon/archives", content=data, params={"name": "set.zip"} | query)
    assert answer.status_code == 200, answer.text
    now = dict(answer.json())

    def is_over() -> bool:
        now.update(client.get(f"/dragon/archives/{now['id']}").json())
        return bool(now["is_over"])

    wait_until(is_over)
    return now


def test_a_zip_is_added_and_leaves_no_copy(client: TestClient, session: Session) -> None:
    now = send(client, zipped(photos("rose/1.png", "../2.png")))
    assert (now["added"], now["done"], now["total"], now["problem"]) == (1, 1, 1, "")
    assert (now["refused_count"], now["refused"][0]["name"]) == (1, "../2.png")
    assert list(session.app.workspace.uploads_folder.glob("*.zip")) == []


def test_a_zip_dropped_on_a_class_is_of_that_class(client: TestClient) -> None:
    made = client.post("/dragon/classes", json={"name": "Tulip"}).json()
    send(client, zipped(photos("rose/1.png")), class_id=made["id"])
    (tulip,) = client.get("/dragon/state").json()["summary"]["classes"]
    assert (tulip["name"], tulip["total"]) == ("Tulip", 1)


def test_a_zip_for_a_class_that_is_gone_is_not_kept(client: TestClient, session: Session) -> None:
    answer = client.post("/dragon/archives?name=a.zip&class_id=7", content=b"x")
    assert (answer.status_code, "class 7" in answer.json()["error"]) == (404, True)
    assert list(session.app.workspace.uploads_folder.glob("*.zip")) == []


def test_a_refused_zip_says_why(client: TestClient) -> None:
    assert "not a zip" in send(client, b"no zip")["problem"]


def test_stop_is_for_the_zip_that_is_meant(client: TestClient) -> None:
    now = send(client, zipped(photos("1.png")))
    assert client.post(f"/dragon/archives/{now['id']}/stop").status_code == 200
    assert client.post("/dragon/archives/99/stop").status_code == 404


def test_a_table_labels_in_one_step(client: TestClient, session: Session) -> None:
    session.app.dataset.add(incoming_photos([1, 2]))
    table = ("labels.csv", b"1.png,rose\n2.png,rose\n3.png,rose\n")
    batch = {"batch": uuid.uuid4().hex}
    for labelled in (2, 2):  # a repeat is answered as the first time
        told = client.post("/dragon/tables", files={"file": table}, data=batch).json()
        assert told["labelled"] == labelled
    assert told["refused"] == [
        {"name": "3.png", "reason": "is named in labels.csv and is not here"}
    ]
    client.post("/dragon/undo", json={"batch": uuid.uuid4().hex})
    assert session.app.dataset.summary().unlabelled == 2


def test_what_is_no_table_is_refused_in_words(client: TestClient) -> None:
    data = {"batch": uuid.uuid4().hex}
    answer = client.post("/dragon/tables", files={"file": ("a.csv", b"one\n")}, data=data)
    assert (answer.status_code, "two are needed" in answer.json()["error"]) == (400, True)


def test_an_export_is_a_download_with_the_name_of_the_workspace(
    client: TestClient, session: Session
) -> None:
    assert client.get("/dragon/export?layout=folders").status_code == 400
    session.app.dataset.add(incoming_photos([1], "rose"))
    answer = client.get("/dragon/export?layout=folders&is_labelled=true&keeps_notes=false")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].endswith("workspace-folders.zip")
    assert answer.content.startswith(b"PK")
    table = client.get("/dragon/export?layout=csv").text
    assert "1.png,rose" in table
    assert client.get("/dragon/export?layout=tar").status_code == 422
