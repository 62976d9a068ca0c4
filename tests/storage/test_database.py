import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dragon_app.core.errors import NotFoundError, WorkspaceError
from dragon_app.storage import database as database_module
from dragon_app.storage.database import Database, wal_is_safe


@pytest.fixture
def database(folder: Path) -> Database:
    folder.mkdir()
    database = Database(folder / "test.db")
    with database.writing() as db:
        db.execute("create table parents (id integer primary key)")
        db.execute("create table children (parent integer references parents (id))")
        db.execute("create table counts (n integer)")
    return database


def count(database: Database, table: str = "counts") -> int:
    with database.reading() as db:
        return int(db.execute(f"select count(*) from {table}").fetchone()[0])


def count_up(database: Database) -> None:
    """Add the number of rows as a row: a lost write shows as a number that comes twice."""
    for _ in range(50):
        with database.writing() as db:
            seen = db.execute("select count(*) from counts").fetchone()[0]
            db.execute("insert into counts values (?)", [seen])


def numbers(database: Database) -> list[int]:
    with database.reading() as db:
        return [row[0] for row in db.execute("select n from counts order by n")]


def test_four_threads_that_write_lose_nothing(database: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count_up, [database] * 4))
    assert numbers(database) == list(range(200))


def test_four_writers_that_share_no_lock_lose_nothing(database: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count_up, [Database(database.path) for _ in range(4)]))
    assert numbers(database) == list(range(200))


def test_a_block_that_raises_changes_nothing(database: Database) -> None:
    def half() -> None:
        with database.writing() as db:
            db.execute("insert into counts values (1)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert count(database) == 0


def test_foreign_keys_are_enforced(database: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError), database.writing() as db:
        db.execute("insert into children values (7)")


@pytest.mark.parametrize("read_only", [False, True])
def test_every_connection_is_set_up(database: Database, read_only: bool) -> None:
    with Database(database.path, is_read_only=read_only).reading() as db:
        assert db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
        assert db.execute("PRAGMA query_only").fetchone()[0] == read_only
        if not read_only:
            mode = db.execute("PRAGMA journal_mode").fetchone()[0]
            durable = db.execute("PRAGMA synchronous").fetchone()[0]
            assert (mode, durable) == (("wal", 2) if wal_is_safe() else ("delete", 3))


@pytest.mark.parametrize(
    ("version", "is_safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
    ],
)
def test_wal_is_used_only_where_it_cannot_corrupt(
    version: tuple[int, int, int], is_safe: bool
) -> None:
    assert wal_is_safe(version) == is_safe


def test_a_file_written_with_wal_is_read_without_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "wal_is_safe", lambda: True)
    database.close()
    with database.writing() as db:
        db.execute("insert into counts values (1)")
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    monkeypatch.setattr(database_module, "wal_is_safe", lambda: False)
    with Database(database.path).writing() as db:
        db.execute("insert into counts values (2)")
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    assert count(database) == 2


def test_reading_only_refuses_to_write(database: Database) -> None:
    reader = Database(database.path, is_read_only=True)
    with pytest.raises(WorkspaceError, match="reading only"), reader.writing():
        pass


def test_a_reader_sees_the_same_until_its_block_ends(database: Database) -> None:
    with database.writing() as db:
        db.execute("insert into counts values (1)")
    with database.reading() as db:
        before = db.execute("select count(*) from counts").fetchone()[0]
        assert db.execute("select count(*) from counts").fetchone()[0] == before == 1


def test_a_database_that_is_not_there_is_not_made_by_reading(tmp_path: Path) -> None:
    reader = Database(tmp_path / "none.db", is_read_only=True)
    with pytest.raises(WorkspaceError, match=r"none\.db could not be read"), reader.reading():
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path, read_only: bool) -> None:
    path = tmp_path / "dragon.db"
    path.write_bytes(b"these are not the bytes you are looking for" * 100)
    before = path.read_bytes()
    database = Database(path, is_read_only=read_only)
    with pytest.raises(WorkspaceError, match="not a database this app can read"):
        count(database)
    assert path.read_bytes() == before


def test_a_damaged_page_is_refused_in_words(database: Database) -> None:
    with database.writing() as db:
        db.conn.executemany("insert into counts values (?)", [(n,) for n in range(5000)])
    data = bytearray(database.path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    database.path.write_bytes(data)
    with pytest.raises(WorkspaceError, match="not a database this app can read"):
        count(Database(database.path))


def test_a_full_disk_is_said_in_words(database: Database) -> None:
    def fill() -> None:
        with database.writing() as db:
            pages = db.execute("PRAGMA page_count").fetchone()[0]
            db.execute(f"PRAGMA max_page_count = {pages}")
            db.conn.executemany("insert into counts values (?)", [(n,) for n in range(5000)])

    with pytest.raises(WorkspaceError, match=r"disk is full.*Free some disk space"):
        fill()
    assert count(database) == 0
    count_up(database)  # the limit went with its connection


def test_a_wrong_statement_surfaces_as_the_bug_it_is(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        count(database, "nowhere")


def test_a_lock_held_for_too_long_is_said_in_words(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_S", 0.01)
    other = Database(database.path)
    with database.writing(), pytest.raises(WorkspaceError, match="locked"), other.writing():
        pass


def test_a_number_too_large_for_sqlite_is_not_found(database: Database) -> None:
    with pytest.raises(NotFoundError), database.reading() as db:
        db.execute("select * from counts where n = ?", [2**63])


def test_blocks_one_after_the_other_share_a_connection(database: Database) -> None:
    with database.reading() as db:
        first = db.conn
    with database.writing() as db:
        assert db.conn is first


def test_blocks_at_the_same_time_have_a_connection_each(database: Database) -> None:
    with database.reading() as one, database.reading() as other:
        assert one.conn is not other.conn


def test_after_an_error_a_connection_is_not_used_again(database: Database) -> None:
    with database.reading() as db:
        used = db.conn
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        count(database, "nowhere")
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        used.execute("select 1")


def test_a_file_put_in_its_place_is_the_one_that_is_read_and_written(database: Database) -> None:
    other = database.path.with_name("restored.db")
    other.write_bytes(database.path.read_bytes())
    count_up(database)
    other.replace(database.path)
    assert count(database) == 0
    count_up(database)
    assert numbers(Database(database.path)) == list(range(50))


def test_closing_keeps_no_connection_and_later_blocks_still_work(database: Database) -> None:
    with database.reading() as db:
        kept = db.conn
        database.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        kept.execute("select 1")
    assert count(database) == 0
