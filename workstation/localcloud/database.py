"""The local cloud's own SQLite: objects, uploads, jobs, nonces, call counts. Write-ahead, survives a kill."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT, key TEXT, file TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
    content_type TEXT NOT NULL, meta TEXT NOT NULL, modified REAL NOT NULL, gone_at REAL,
    PRIMARY KEY (bucket, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, content_type TEXT NOT NULL, meta TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS parts (
    upload TEXT, number INTEGER, file TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, modified REAL NOT NULL,
    PRIMARY KEY (upload, number)
);
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, product TEXT NOT NULL, action TEXT NOT NULL, parameters TEXT NOT NULL, urls TEXT,
    status TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, result TEXT, error_code TEXT, error_message TEXT,
    submitted REAL NOT NULL, finished REAL
);
CREATE TABLE IF NOT EXISTS dialogues (id TEXT PRIMARY KEY, answers TEXT NOT NULL, began REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS nonces (nonce TEXT PRIMARY KEY, forget_at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS calls (
    operation TEXT, outcome TEXT, count INTEGER NOT NULL, PRIMARY KEY (operation, outcome)
) WITHOUT ROWID;
"""


def open_database(path: Path) -> sqlite3.Connection:
    """The database, made when it is missing. Used by the server's one event loop only, so without locks."""
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.executescript(_SCHEMA)
    return database
