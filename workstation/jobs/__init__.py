"""The durable analysis job: states, runner, upload plan, consent, cost."""

from workstation.jobs.cleaning import sweep
from workstation.jobs.consent import Consent, check_consent, estimate_cost
from workstation.jobs.finish import Finished, finished
from workstation.jobs.job import Job, JobState, NewJob
from workstation.jobs.ports import AnalysisService, Ledger, ObjectStore, Prepare, Prepared, ServiceRow, World
from workstation.jobs.runner import JobOutcome, create, run
from workstation.jobs.uncertain import UncertainChoice, resolve_uncertain

__all__ = [
    "AnalysisService",
    "Consent",
    "Finished",
    "Job",
    "JobOutcome",
    "JobState",
    "Ledger",
    "NewJob",
    "ObjectStore",
    "Prepare",
    "Prepared",
    "ServiceRow",
    "UncertainChoice",
    "World",
    "check_consent",
    "create",
    "estimate_cost",
    "finished",
    "resolve_uncertain",
    "run",
    "sweep",
]
