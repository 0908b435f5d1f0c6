"""What leaves this PC and what it costs, and that a person agreed to it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Final

from workstation.catalogue.operation import ConnectionKind
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.request import Parameters
from workstation.jobs.ports import Ledger, ServiceRow

# The vendor's bill is made by the calendar of its region.
_BILLING: Final = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One person's yes to one sending.

    slices, bytes        what leaves: so many pictures without identity, so large in all
    place                where to: the connection's object store, as people read it
    cost_yuan            what the person was told it costs
    limit_yuan           more than this must not be spent on the call
    month_limit_yuan     all calls of this month together, through whatever connection; None: no limit
    """

    slices: int
    bytes: int
    place: str
    cost_yuan: float
    limit_yuan: float
    month_limit_yuan: float | None = None
    given_at: datetime


def billing_month(now: datetime) -> str:
    """YYYY-MM of the bill that a call at this moment stands on (the vendor's calendar, UTC+8)."""
    return now.astimezone(_BILLING).strftime("%Y-%m")


def vendor_day(now: datetime) -> date:
    """The day at the vendor: what is withdrawn there on a day is gone when that day begins there."""
    return now.astimezone(_BILLING).date()


def estimate_cost(
    service: ServiceRow, parameters: Parameters, connection: str, kind: ConnectionKind, ledger: Ledger, now: datetime
) -> float:
    """Yuan of the next call with these parameters, by the price list and the calls that this PC made this month.

    A local one is free.

    Calls that other PCs made with the same account are not known here: with them the price can only be lower.
    """
    if kind is ConnectionKind.LOCAL:
        return 0.0
    return service.price(ledger.calls.count(connection, service.source, billing_month(now)), parameters)


def check_consent(
    consent: Consent | None, kind: ConnectionKind, cost_yuan: float, ledger: Ledger, now: datetime
) -> None:
    """Before anything leaves, and again before the call that costs.

    raises NO_CONSENT, TOO_EXPENSIVE, OVER_MONTH_LIMIT
    """
    if kind is ConnectionKind.LOCAL:
        return
    if consent is None:
        raise WorkstationError(ErrorCode.NO_CONSENT)
    if cost_yuan > consent.limit_yuan:
        raise WorkstationError(ErrorCode.TOO_EXPENSIVE, cost=cost_yuan, limit=consent.limit_yuan)
    if consent.month_limit_yuan is not None:
        check_month_limit(consent.month_limit_yuan, kind, cost_yuan, ledger, now)


def check_month_limit(limit_yuan: float, kind: ConnectionKind, cost_yuan: float, ledger: Ledger, now: datetime) -> None:
    """A local call is free, whatever the limit. raises OVER_MONTH_LIMIT"""
    if kind is ConnectionKind.LOCAL:
        return
    total = ledger.calls.spent_yuan(billing_month(now)) + cost_yuan
    if total > limit_yuan:
        raise WorkstationError(ErrorCode.OVER_MONTH_LIMIT, total=total, limit=limit_yuan)


def consent_json(consent: Consent | None) -> str:
    return "" if consent is None else json.dumps(asdict(consent) | {"given_at": consent.given_at.isoformat()})


def consent_from_json(text: str) -> Consent | None:
    if not text:
        return None
    stored = json.loads(text)
    return Consent(**stored | {"given_at": datetime.fromisoformat(stored["given_at"])})
