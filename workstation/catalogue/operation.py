"""One declarative row per operation: menu, card, check, price, call, parser and help all read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workstation.catalogue import job_query
from workstation.catalogue.job_query import Polled
from workstation.catalogue.limits import Limits
from workstation.catalogue.suits import Preference
from workstation.domain.answer import ServiceAnswer, WireFrame
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.request import Parameters, ServiceCall
from workstation.domain.words import Words, say


class ConnectionKind(StrEnum):
    LOCAL = "local"
    ALIYUN = "aliyun"
    SHOWAPI = "showapi"
    COMPATIBLE = "compatible"


class LifecycleStatus(StrEnum):
    AVAILABLE = "available"
    ENDING = "ending"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Whether the vendor still has it. `ends`: the day from which it is gone."""

    ends: date | None = None
    known: bool = True

    def status(self, today: date) -> LifecycleStatus:
        if not self.known:
            return LifecycleStatus.UNKNOWN
        if self.ends is None:
            return LifecycleStatus.AVAILABLE
        return LifecycleStatus.STOPPED if today >= self.ends else LifecycleStatus.ENDING

    def words(self, today: date) -> Words | None:
        """What a card says about it; None while there is nothing to say."""
        if self.ends is None:
            return None
        if self.status(today) is LifecycleStatus.STOPPED:
            return say("The vendor withdrew this on {date}.", date=self.ends.isoformat())
        return say("The vendor withdraws this on {date}.", date=self.ends.isoformat())


@dataclass(frozen=True, slots=True)
class Prices:
    """Yuan a call by the month's count: (up to that many calls, yuan); None: no upper end. Empty: free."""

    tiers: tuple[tuple[int | None, float], ...] = ()

    def yuan(self, calls_before: int) -> float:
        """The price of the next call, after `calls_before` billed ones this month."""
        for up_to, yuan in self.tiers:
            if up_to is None or calls_before < up_to:
                return yuan
        return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One number that the user may set. `low`, `high` inclusive; `decimals` as the service uses them."""

    name: str
    label: Words
    default: float
    low: float
    high: float
    decimals: int

    def read(self, text: str | float) -> float:
        """The value that will be sent. raises BAD_PARAMETER"""
        allowed = f"{self.low:.{self.decimals}f} … {self.high:.{self.decimals}f}"
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not self.low <= value <= self.high:
            raise WorkstationError(ErrorCode.BAD_PARAMETER, name=self.name, value=str(text), allowed=allowed)
        return round(value, self.decimals)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallInput:
    """Everything a call is made from: signed links in canonical order, parameters, and who the data comes from."""

    urls: tuple[str, ...]
    parameters: Parameters
    org_name: str
    org_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One vendor's way of doing the operation.

    source     id of the documented operation, `product.Action`
    frame      how it writes places
    arguments  the business parameters as they go on the wire, lists flattened
    read       the answer (JSON text, inside of `Data`) → typed; `expected`: it must say its basis
    url_limit  a signed link must be shorter than this
    """

    source: str
    product: str
    version: str
    action: str
    asynchronous: bool
    kinds: tuple[ConnectionKind, ...]
    prices: Prices
    lifecycle: Lifecycle
    frame: WireFrame
    arguments: Callable[[CallInput], Mapping[str, str]]
    read: Callable[[str, WireFrame, bool], ServiceAnswer]
    url_limit: int | None = None

    def submit_call(self, call: CallInput) -> ServiceCall:
        """The call that starts the analysis. raises URL_TOO_LONG"""
        if self.url_limit is not None:
            longest = max((len(url) for url in call.urls), default=0)
            if longest >= self.url_limit:
                raise WorkstationError(ErrorCode.URL_TOO_LONG, length=longest, limit=self.url_limit)
        return ServiceCall(
            product=self.product, version=self.version, action=self.action, body=dict(self.arguments(call))
        )

    def poll_call(self, job_id: str) -> ServiceCall:
        return job_query.poll_call(self.product, self.version, job_id)

    def read_poll(self, body: Mapping[str, object]) -> Polled:
        return job_query.read_poll(body)

    def parse(self, result_text: str, expect_basis: bool) -> ServiceAnswer:
        """raises BAD_ANSWER, NO_BASIS"""
        return self.read(result_text, self.frame, expect_basis)

    def price(self, calls_before: int) -> float:
        return self.prices.yuan(calls_before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One analysis, whoever does it. `prefers`: which of several series that qualify suits it best.

    card    False for rows that are no analysis of their own
    window  preset that its findings are read in
    """

    name: str
    title: Words
    family: str
    input_kind: str
    services: tuple[Service, ...]
    limits: Limits
    parameters: tuple[Parameter, ...] = ()
    prefers: Preference
    window: str = ""
    card: bool = True

    def service_for(self, kind: ConnectionKind) -> Service | None:
        """The service that a connection of this kind has, if any."""
        return next((service for service in self.services if kind in service.kinds), None)

    def read_parameters(self, given: Mapping[str, str | float]) -> dict[str, float]:
        """All parameters with defaults for those not given. raises BAD_PARAMETER"""
        known = {parameter.name for parameter in self.parameters}
        for name in given:
            if name not in known:
                allowed = ", ".join(sorted(known))
                raise WorkstationError(ErrorCode.BAD_PARAMETER, name=self.name, value=name, allowed=allowed)
        return {p.name: p.read(given.get(p.name, p.default)) for p in self.parameters}
