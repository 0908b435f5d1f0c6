"""The only SQLite: jobs and their events, decisions, answers, UID map, what was sent, calls, scan index."""

from workstation.records.records import Records
from workstation.records.rows import CallRow, EventRow, JobChanges, JobRow, QuarantineRow, SentRow
from workstation.records.scan_index import ScanIndex

__all__ = ["CallRow", "EventRow", "JobChanges", "JobRow", "QuarantineRow", "Records", "ScanIndex", "SentRow"]
