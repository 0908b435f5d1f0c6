"""The schema as ordered steps. A step is never edited once released; a new one is added below.

Each step has a test of its name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

Step = Callable[[], tuple[str, ...]]


def jobs_and_events() -> tuple[str, ...]:
    """Jobs, and what they were about to do: events can be added, never changed or taken away."""
    return (
        """
        CREATE TABLE jobs (
            id TEXT PRIMARY KEY, operation TEXT NOT NULL, connection TEXT NOT NULL, source TEXT NOT NULL,
            stack_id TEXT NOT NULL, study_uid TEXT NOT NULL, parameters TEXT NOT NULL, state TEXT NOT NULL,
            created TEXT NOT NULL, updated TEXT NOT NULL, salt BLOB NOT NULL, prefix TEXT NOT NULL,
            final INTEGER NOT NULL, ending TEXT NOT NULL, consent TEXT NOT NULL, notes TEXT NOT NULL,
            submissions INTEGER NOT NULL, submitted TEXT, finished TEXT,
            request_id TEXT NOT NULL, service_job_id TEXT NOT NULL, plan TEXT NOT NULL, sent_series TEXT NOT NULL,
            files_done INTEGER NOT NULL, files_total INTEGER NOT NULL,
            bytes_done INTEGER NOT NULL, bytes_total INTEGER NOT NULL,
            error TEXT NOT NULL, error_facts TEXT NOT NULL, cost_yuan REAL NOT NULL, cancel_asked INTEGER NOT NULL
        ) STRICT
        """,
        "CREATE INDEX jobs_of_a_stack ON jobs (stack_id, operation, connection)",
        """
        CREATE TABLE job_events (
            number INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT NOT NULL REFERENCES jobs (id),
            at TEXT NOT NULL, state TEXT NOT NULL, what TEXT NOT NULL, facts TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX events_of_a_job ON job_events (job_id, number)",
        *_append_only("job_events"),
    )


def what_was_sent() -> tuple[str, ...]:
    """Which object left this PC, when, whereto, how large, and when it was deleted there."""
    return (
        """
        CREATE TABLE sent (
            job_id TEXT NOT NULL REFERENCES jobs (id), connection TEXT NOT NULL, bucket TEXT NOT NULL,
            key TEXT NOT NULL, bytes INTEGER NOT NULL, planned TEXT NOT NULL, sent TEXT, deleted TEXT,
            PRIMARY KEY (job_id, bucket, key)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX still_there ON sent (connection) WHERE deleted IS NULL",
    )


def uid_map() -> tuple[str, ...]:
    """New UID → original UID of each job's copies; it never leaves this PC."""
    return (
        """
        CREATE TABLE uid_map (
            job_id TEXT NOT NULL REFERENCES jobs (id), original TEXT NOT NULL, replacement TEXT NOT NULL,
            PRIMARY KEY (job_id, original)
        ) STRICT, WITHOUT ROWID
        """,
    )


def answers() -> tuple[str, ...]:
    """What the service said, as it came, and the result that was made of it."""
    return (
        """
        CREATE TABLE answers (
            job_id TEXT PRIMARY KEY REFERENCES jobs (id), at TEXT NOT NULL,
            answer TEXT NOT NULL, raw TEXT NOT NULL, result TEXT NOT NULL
        ) STRICT
        """,
    )


def decisions() -> tuple[str, ...]:
    """Every decision ever made about a finding; the newest one holds."""
    return (
        """
        CREATE TABLE decisions (
            number INTEGER PRIMARY KEY AUTOINCREMENT, finding_id TEXT NOT NULL, state TEXT NOT NULL,
            comment TEXT NOT NULL, reader TEXT NOT NULL, at TEXT
        ) STRICT
        """,
        "CREATE INDEX decisions_of_a_finding ON decisions (finding_id, number)",
        *_append_only("decisions"),
    )


def calls() -> tuple[str, ...]:
    """Paid calls, for the month's count, price tier and limit."""
    return (
        """
        CREATE TABLE calls (
            job_id TEXT NOT NULL REFERENCES jobs (id), attempt INTEGER NOT NULL, connection TEXT NOT NULL,
            source TEXT NOT NULL, month TEXT NOT NULL, at TEXT NOT NULL, cost_yuan REAL NOT NULL,
            outcome TEXT NOT NULL, PRIMARY KEY (job_id, attempt)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX calls_of_a_month ON calls (connection, month, source)",
    )


def scan_index() -> tuple[str, ...]:
    """What a scan learned from a file, until size or time change. The path is kept as a digest: it may hold a name."""
    return (
        """
        CREATE TABLE scan_index (
            path BLOB PRIMARY KEY, bytes INTEGER NOT NULL, changed_ns INTEGER NOT NULL, learned BLOB NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    )


def scan_index_apart() -> tuple[str, ...]:
    """What scans learned lies in a file of its own now; it was never filled here."""
    return ("DROP TABLE scan_index",)


def quarantine() -> tuple[str, ...]:
    """Files that made a reader fail, in the state they were in. The path is kept as a digest: it may hold a name."""
    return (
        """
        CREATE TABLE quarantine (
            path BLOB PRIMARY KEY, bytes INTEGER NOT NULL, changed_ns INTEGER NOT NULL, code TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    )


def further_series() -> tuple[str, ...]:
    """Series that a job is done on besides the one that it belongs to."""
    return ("ALTER TABLE jobs ADD COLUMN others TEXT NOT NULL DEFAULT ''",)


def uses_of_calls() -> tuple[str, ...]:
    """One call may count as several of the price list."""
    return ("ALTER TABLE calls ADD COLUMN uses INTEGER NOT NULL DEFAULT 1",)


def roles_of_decisions() -> tuple[str, ...]:
    """In what role a reader decided."""
    return ("ALTER TABLE decisions ADD COLUMN role TEXT NOT NULL DEFAULT ''",)


def coverage() -> tuple[str, ...]:
    """Slices that were looked at, by window group: hexadecimal, bit k for slice k. Series and reader are a digest."""
    return (
        """
        CREATE TABLE coverage (
            series BLOB NOT NULL, window_group TEXT NOT NULL, slices INTEGER NOT NULL, seen TEXT NOT NULL,
            at TEXT NOT NULL, PRIMARY KEY (series, window_group)
        ) STRICT, WITHOUT ROWID
        """,
    )


def signings() -> tuple[str, ...]:
    """Signatures and addenda: what was signed as one text, and its digest chained to the one before.

    A job is signed once; after that nothing is decided about its findings.
    """
    return (
        """
        CREATE TABLE signings (
            number INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('signature', 'addendum')),
            content TEXT NOT NULL, digest TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX signings_of_a_job ON signings (job_id, number)",
        "CREATE UNIQUE INDEX signed_once ON signings (job_id) WHERE kind = 'signature'",
        *_append_only("signings"),
        """
        CREATE TRIGGER nothing_is_decided_once_signed BEFORE INSERT ON decisions WHEN EXISTS (
            SELECT 1 FROM signings
            WHERE kind = 'signature' AND job_id || '/' = substr(NEW.finding_id, 1, length(job_id) + 1)
        ) BEGIN SELECT RAISE(ABORT, 'signed'); END
        """,
        """
        CREATE TRIGGER no_addendum_to_a_draft BEFORE INSERT ON signings WHEN NEW.kind = 'addendum' AND NOT EXISTS (
            SELECT 1 FROM signings WHERE kind = 'signature' AND job_id = NEW.job_id
        ) BEGIN SELECT RAISE(ABORT, 'not signed'); END
        """,
    )


def measures() -> tuple[str, ...]:
    """What was measured on each series; the newest row of a measure holds, one without a kind says it is deleted."""
    return (
        """
        CREATE TABLE measures (
            number INTEGER PRIMARY KEY AUTOINCREMENT, stack_id TEXT NOT NULL, measure_id TEXT NOT NULL,
            kind TEXT NOT NULL, place TEXT NOT NULL, text TEXT NOT NULL, reader TEXT NOT NULL, at TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX measures_of_a_stack ON measures (stack_id, measure_id, number)",
        *_append_only("measures"),
    )


def shapes_of_decisions() -> tuple[str, ...]:
    """A finding's shapes as the reader changed them, as JSON; "" for those of the answer."""
    return ("ALTER TABLE decisions ADD COLUMN shapes TEXT NOT NULL DEFAULT ''",)


def own_findings() -> tuple[str, ...]:
    """What readers found themselves; the newest row of a finding holds, one without content says it was taken away.

    `job_id` is the analysis it stands beside, or stands for none; once that is signed, nothing is added.
    """
    return (
        """
        CREATE TABLE own_findings (
            number INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT NOT NULL, finding_id TEXT NOT NULL,
            content TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX own_findings_of_a_job ON own_findings (job_id, finding_id, number)",
        *_append_only("own_findings"),
        """
        CREATE TRIGGER nothing_is_found_once_signed BEFORE INSERT ON own_findings WHEN EXISTS (
            SELECT 1 FROM signings WHERE kind = 'signature' AND job_id = NEW.job_id
        ) BEGIN SELECT RAISE(ABORT, 'signed'); END
        """,
    )


def drawn_masks() -> tuple[str, ...]:
    """Masks that readers drew on pictures: a compressed bit a pixel; an empty `about`: the mask is deleted."""
    return (
        """
        CREATE TABLE drawn_masks (
            number INTEGER PRIMARY KEY AUTOINCREMENT, stack_id TEXT NOT NULL, mask_id TEXT NOT NULL,
            name TEXT NOT NULL, about TEXT NOT NULL, packed BLOB NOT NULL, reader TEXT NOT NULL, at TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX drawn_masks_of_a_stack ON drawn_masks (stack_id, mask_id, number)",
        *_append_only("drawn_masks"),
    )


def coverings_of_jobs() -> tuple[str, ...]:
    """What is made solid in the copies that a job sends."""
    return ("ALTER TABLE jobs ADD COLUMN covering TEXT NOT NULL DEFAULT ''",)


def masks_of_jobs() -> tuple[str, ...]:
    """What was drawn over a picture and goes with it, so that a job that stopped before it was sent goes on."""
    return ("ALTER TABLE jobs ADD COLUMN mask TEXT NOT NULL DEFAULT ''",)


def rulers() -> tuple[str, ...]:
    """How large a pixel of a picture is, by hand; 0: no longer."""
    return (
        """
        CREATE TABLE rulers (
            number INTEGER PRIMARY KEY AUTOINCREMENT, stack_id TEXT NOT NULL, mm_per_pixel REAL NOT NULL,
            reader TEXT NOT NULL, at TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX rulers_of_a_stack ON rulers (stack_id, number)",
        *_append_only("rulers"),
    )


def _append_only(table: str) -> tuple[str, ...]:
    return tuple(
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for act in ("UPDATE", "DELETE")
    )


MIGRATIONS: Final[tuple[Step, ...]] = (
    jobs_and_events,
    what_was_sent,
    uid_map,
    answers,
    decisions,
    calls,
    scan_index,
    scan_index_apart,
    quarantine,
    further_series,
    uses_of_calls,
    roles_of_decisions,
    coverage,
    signings,
    measures,
    shapes_of_decisions,
    own_findings,
    drawn_masks,
    coverings_of_jobs,
    rulers,
    masks_of_jobs,
)
