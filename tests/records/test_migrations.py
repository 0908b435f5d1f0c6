"""Each step of the schema has a test of its name."""

from __future__ import annotations

import inspect
import sqlite3
import sys
from pathlib import Path

import pytest

from workstation.records.database import Database
from workstation.records.migrations import MIGRATIONS


@pytest.fixture
def schema(tmp_path: Path) -> sqlite3.Connection:
    """A database of the newest schema, and one job in it."""
    Database(tmp_path / "records.db").close()
    connection = sqlite3.connect(tmp_path / "records.db", isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(
        "INSERT INTO jobs VALUES ('J','o','c','s','t','u','{}','created','2026','2026',x'00','p',0,'','','',0,NULL,"
        "NULL,'','','','',0,0,0,0,'','',0.0,0,'','','')"
    )
    return connection


def test_every_step_has_a_test_of_its_name() -> None:
    tests = {name for name, _ in inspect.getmembers(sys.modules[__name__], inspect.isfunction)}

    assert {f"test_{step.__name__}" for step in MIGRATIONS} <= tests


def test_an_older_file_takes_the_missing_steps_and_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    old = Database(path, MIGRATIONS[:1])
    with old.write() as connection:
        connection.execute(
            "INSERT INTO jobs VALUES ('J','o','c','s','t','u','{}','created','2026','2026',x'00','p',0,'','','',0,"
            "NULL,NULL,'','','','',0,0,0,0,'','',0.0,0)"
        )
    old.close()

    new = Database(path)

    assert new.read("PRAGMA user_version")[0][0] == len(MIGRATIONS)
    assert [tuple(row) for row in new.read("SELECT id, others FROM jobs")] == [("J", "")]
    new.close()


def test_a_step_that_fails_leaves_the_version_before_it(tmp_path: Path) -> None:
    def broken() -> tuple[str, ...]:
        return ("CREATE TABLE half (id TEXT)", "NOT SQL")

    path = tmp_path / "records.db"
    with pytest.raises(RuntimeError):
        Database(path, (MIGRATIONS[0], broken))

    again = Database(path, (MIGRATIONS[0],))
    assert again.read("PRAGMA user_version")[0][0] == 1
    assert again.read("SELECT name FROM sqlite_master WHERE name = 'half'") == []
    again.close()


def test_jobs_and_events(schema: sqlite3.Connection) -> None:
    schema.execute("INSERT INTO job_events (job_id, at, state, what, facts) VALUES ('J', '2026', 's', 'w', '')")

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        schema.execute("DELETE FROM job_events")


def test_what_was_sent(schema: sqlite3.Connection) -> None:
    schema.execute("INSERT INTO sent (job_id, connection, bucket, key, bytes, planned) VALUES ('J','c','b','k',1,'t')")

    assert schema.execute("SELECT sent, deleted FROM sent").fetchone() == (None, None)


def test_uid_map(schema: sqlite3.Connection) -> None:
    schema.execute("INSERT INTO uid_map VALUES ('J', '1.2', '2.25.1')")

    with pytest.raises(sqlite3.IntegrityError):
        schema.execute("INSERT INTO uid_map VALUES ('J', '1.2', '2.25.2')")


def test_answers(schema: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        schema.execute("INSERT INTO answers VALUES ('nobody', 't', '', '', '')")


def test_decisions(schema: sqlite3.Connection) -> None:
    schema.execute("INSERT INTO decisions (finding_id, state, comment, reader) VALUES ('J/1', 'open', '', '')")

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        schema.execute("UPDATE decisions SET state = 'accepted'")


def test_calls(schema: sqlite3.Connection) -> None:
    schema.execute("INSERT INTO calls VALUES ('J', 1, 'c', 's', '2026-03', 't', 2.0, 'open', 1)")

    with pytest.raises(sqlite3.IntegrityError):
        schema.execute("INSERT INTO calls VALUES ('J', 1, 'c', 's', '2026-03', 't', 2.0, 'open', 1)")


def test_scan_index(tmp_path: Path) -> None:
    Database(tmp_path / "records.db", MIGRATIONS[:7]).close()
    schema = sqlite3.connect(tmp_path / "records.db")
    schema.execute("INSERT INTO scan_index VALUES (x'00', 10, 20, x'ff')")

    assert schema.execute("SELECT bytes, changed_ns, learned FROM scan_index").fetchone() == (10, 20, b"\xff")


def test_scan_index_apart(schema: sqlite3.Connection) -> None:
    assert not schema.execute("SELECT name FROM sqlite_master WHERE name = 'scan_index'").fetchall()


def test_quarantine(schema: sqlite3.Connection) -> None:
    schema.execute("INSERT INTO quarantine VALUES (x'00', 10, 20, 'killed-reader')")

    with pytest.raises(sqlite3.IntegrityError):
        schema.execute("INSERT INTO quarantine VALUES (x'00', 11, 21, 'killed-reader')")


def test_uses_of_calls(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    number = [step.__name__ for step in MIGRATIONS].index("uses_of_calls")
    old = Database(path, MIGRATIONS[:number])
    with old.write() as connection:
        connection.execute(
            "INSERT INTO jobs VALUES ('J','o','c','s','t','u','{}','created','2026','2026',x'00','p',0,'','','',0,NULL,"
            "NULL,'','','','',0,0,0,0,'','',0.0,0,'')"
        )
        connection.execute("INSERT INTO calls VALUES ('J', 1, 'c', 's', '2026-03', 't', 2.0, 'billed')")
    old.close()

    new = Database(path)

    assert new.read("SELECT uses FROM calls")[0][0] == 1
    new.close()


def test_further_series(schema: sqlite3.Connection) -> None:
    others = '{"floating": ["UID#0", "study"]}'
    schema.execute("UPDATE jobs SET others = ?", (others,))

    assert schema.execute("SELECT others FROM jobs").fetchone() == (others,)


def test_roles_of_decisions(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    number = [step.__name__ for step in MIGRATIONS].index("roles_of_decisions")
    old = Database(path, MIGRATIONS[:number])
    with old.write() as connection:
        connection.execute(
            "INSERT INTO decisions (finding_id, state, comment, reader, at) VALUES ('J/1','open','','Li','2026')"
        )
    old.close()

    new = Database(path)

    assert tuple(new.read("SELECT reader, role FROM decisions")[0]) == ("Li", "")
    new.close()


def test_coverage(schema: sqlite3.Connection) -> None:
    schema.execute("INSERT INTO coverage VALUES (x'00', 'lung', 30, 'ff', '2026')")

    with pytest.raises(sqlite3.IntegrityError):
        schema.execute("INSERT INTO coverage VALUES (x'00', 'lung', 30, '0f', '2026')")


def test_signings(schema: sqlite3.Connection) -> None:
    decide = "INSERT INTO decisions (finding_id, state, comment, reader) VALUES (?, 'accepted', '', 'Li')"
    sign = "INSERT INTO signings (job_id, kind, content, digest) VALUES ('J', ?, '{}', '00')"
    with pytest.raises(sqlite3.IntegrityError, match="not signed"):
        schema.execute(sign, ("addendum",))
    schema.execute(decide, ("J/1",))
    schema.execute(sign, ("signature",))
    schema.execute(sign, ("addendum",))
    schema.execute(decide, ("J1/1",))

    with pytest.raises(sqlite3.IntegrityError, match="signed"):
        schema.execute(decide, ("J/2",))
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        schema.execute(sign, ("signature",))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        schema.execute("UPDATE signings SET content = 'x'")


def test_measures(schema: sqlite3.Connection) -> None:
    schema.execute(
        "INSERT INTO measures (stack_id, measure_id, kind, place, text, reader, at) "
        "VALUES ('1.2#0', 'M', 'length', '{}', '', 'Li', '2026')"
    )

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        schema.execute("UPDATE measures SET kind = ''")


def test_shapes_of_decisions(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    old = Database(path, MIGRATIONS[: [step.__name__ for step in MIGRATIONS].index("shapes_of_decisions")])
    with old.write() as connection:
        connection.execute(
            "INSERT INTO decisions (finding_id, state, comment, reader, at) VALUES ('J/1', 'open', '', 'Li', '2026')"
        )
    old.close()

    new = Database(path)

    assert [tuple(row) for row in new.read("SELECT finding_id, shapes FROM decisions")] == [("J/1", "")]
    new.close()


def test_own_findings(schema: sqlite3.Connection) -> None:
    put = "INSERT INTO own_findings (job_id, finding_id, content) VALUES ('J', 'J/4.ab', '{}')"
    schema.execute(put)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        schema.execute("DELETE FROM own_findings")

    schema.execute("INSERT INTO signings (job_id, kind, content, digest) VALUES ('J', 'signature', '{}', 'd')")
    with pytest.raises(sqlite3.IntegrityError, match="signed"):
        schema.execute(put)


def test_drawn_masks(schema: sqlite3.Connection) -> None:
    schema.execute(
        "INSERT INTO drawn_masks (stack_id, mask_id, name, about, packed, reader, at) "
        "VALUES ('1.2#0', 'M', 'wound', '{}', x'00', 'Li', '2026')"
    )

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        schema.execute("UPDATE drawn_masks SET about = ''")


def test_coverings_of_jobs(schema: sqlite3.Connection) -> None:
    assert "covering" in {row[1] for row in schema.execute("PRAGMA table_info(jobs)")}


def test_masks_of_jobs(schema: sqlite3.Connection) -> None:
    assert "mask" in {row[1] for row in schema.execute("PRAGMA table_info(jobs)")}


def test_rulers(schema: sqlite3.Connection) -> None:
    schema.execute("INSERT INTO rulers (stack_id, mm_per_pixel, reader, at) VALUES ('d#0', 0.25, 'Li', '2026')")

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        schema.execute("UPDATE rulers SET mm_per_pixel = 1")
