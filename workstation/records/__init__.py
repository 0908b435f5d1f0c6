"""The only SQLite: jobs and their events, decisions, answers, UID map, what was sent, calls, scan index."""

from workstation.records.records import Records
from workstation.records.rows import CallRow, EventRow, JobChanges, JobRow, SentRow

__all__ = ["CallRow", "EventRow", "JobChanges", "JobRow", "Records", "SentRow"]
