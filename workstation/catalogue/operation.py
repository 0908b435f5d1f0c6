"""One declarative row per operation: menu, card, check, price, call, parser and help all read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from importlib.util import find_spec
from types import MappingProxyType
from typing import Final

from workstation.catalogue import job_query
from workstation.catalogue.job_query import Polled
from workstation.catalogue.limits import NO_LIMITS, Limits
from workstation.catalogue.suits import NO_PREFERENCE, Preference
from workstation.catalogue.wire import links_of
from workstation.domain.answer import AnalysisResult, ServiceAnswer, WireFrame
from workstation.domain.blocks import Block, no_blocks
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.request import Parameters, ServiceCall
from workstation.domain.volume import ResultVolume
from workstation.domain.words import Words, say

YES: Final = "yes"  # of a parameter that is chosen or not
ASCENDING_XYZ: Final = WireFrame()  # column, row, slice from 0, slices in ascending order
NO_FILES: Final[Mapping[str, tuple[ResultVolume, ...]]] = MappingProxyType({})


# Above what such an operation answers, on card and report.
NOT_MEDICAL: Final = say("Not medical: it looks at a picture, not at a patient, and says nothing about a disease.")


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
    """Whether the vendor still has it. `ends`: the day from which it is gone.

    behind  of a gateway that states nothing itself: the day from which the service behind it is gone
    """

    ends: date | None = None
    known: bool = True
    behind: date | None = None

    def status(self, today: date) -> LifecycleStatus:
        if not self.known:
            return LifecycleStatus.UNKNOWN
        if self.ends is None:
            return LifecycleStatus.AVAILABLE
        return LifecycleStatus.STOPPED if today >= self.ends else LifecycleStatus.ENDING

    def words(self, today: date) -> Words | None:
        """What a card says about it; None while there is nothing to say."""
        if self.behind is not None:
            day = self.behind.isoformat()
            if today >= self.behind:
                return say("A gateway, which states no end; the service behind it was withdrawn on {date}.", date=day)
            return say("A gateway, which states no end; the service behind it is withdrawn on {date}.", date=day)
        if self.ends is None:
            return None
        if self.status(today) is LifecycleStatus.STOPPED:
            return say("The vendor withdrew this on {date}.", date=self.ends.isoformat())
        return say("The vendor withdraws this on {date}.", date=self.ends.isoformat())


@dataclass(frozen=True, slots=True)
class Prices:
    """Yuan a call by the month's count: (up to that many calls, yuan); None: no upper end. Empty: free.

    stated  False: the service calls itself paid, and its documents name no price
    """

    tiers: tuple[tuple[int | None, float], ...] = ()
    stated: bool = True

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
class Choice:
    """One of several values that the user may choose. `values`: as sent, and as people read them."""

    name: str
    label: Words
    default: str
    values: tuple[tuple[str, Words], ...]

    def read(self, text: str | float) -> str:
        """The value that will be sent. raises BAD_PARAMETER"""
        allowed = [value for value, _ in self.values]
        if str(text) not in allowed:
            raise WorkstationError(ErrorCode.BAD_PARAMETER, name=self.name, value=str(text), allowed=", ".join(allowed))
        return str(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeText:
    """A text that the user writes. `most`: as many as `count` may count; `required`: it may not be empty."""

    name: str
    label: Words
    most: int
    default: str = ""
    required: bool = True
    count: Callable[[str], int] = len

    def read(self, text: str | float) -> str:
        """The text that will be sent. raises TEXT_LENGTH"""
        value = str(text).strip()
        length = self.count(value)
        if length > self.most or (self.required and not value):
            raise WorkstationError(ErrorCode.TEXT_LENGTH, name=self.name, length=length, most=self.most)
        return value


AnyParameter = Parameter | Choice | FreeText


class InputKind(StrEnum):
    """What an operation is done on."""

    SERIES = "series"
    PAIR = "series-pair"  # the series looked at, and a second one that is brought onto it
    PICTURE = "picture"
    TEXT = "text"
    DIALOGUE = "dialogue"  # texts and pictures, in turns

    @property
    def about_series(self) -> bool:
        """Whether it is done on something that was opened; the others stand for themselves."""
        return self not in (InputKind.TEXT, InputKind.DIALOGUE)


# Roles of what is sent: each file of a job has one.
SERIES: Final = "series"
REFERENCE: Final = "reference"
FLOATING: Final = "floating"
PICTURE: Final = "picture"
MASK: Final = "mask"  # drawn over the picture
ROLES: Final = frozenset({SERIES, REFERENCE, FLOATING, PICTURE, MASK})


@dataclass(frozen=True, slots=True, kw_only=True)
class CallInput:
    """Everything a call is made from: parameters, who the data comes from, and signed links.

    links  by role, in canonical order
    form   what the files are: "dcm", "nii.gz", "jpg", "png" …
    """

    links: Mapping[str, tuple[str, ...]]
    parameters: Parameters
    org_name: str
    org_id: str
    form: str = "dcm"

    @property
    def urls(self) -> tuple[str, ...]:
        """Links of the series."""
        return self.links.get(SERIES, ())

    @property
    def picture(self) -> str:
        """The link of the only picture."""
        return self.links[PICTURE][0]

    @property
    def mask(self) -> str:
        """The link of the mask that goes with the picture."""
        return self.links[MASK][0]

    @property
    def organisation(self) -> dict[str, str]:
        return {"OrgName": self.org_name, "OrgId": self.org_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class WireAnswer:
    """What a parser reads.

    text          JSON text: of a job the inside of `Data`, else the whole answer
    expect_basis  it must say its basis
    files         files that the answer links to, by wire path, as far as they could be fetched and read
    size          rows, columns of the picture that was sent; None where it was no picture
    """

    text: str
    frame: WireFrame
    expect_basis: bool
    files: Mapping[str, tuple[ResultVolume, ...]] = field(default_factory=dict)
    size: tuple[int, int] | None = None


NO_PARAMETERS: Final[Parameters] = MappingProxyType({})


def no_rule(parameters: Parameters) -> None:
    """Every parameter stands for itself."""


def one_use(parameters: Parameters) -> int:
    """A call is a call."""
    return 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One vendor's way of doing the operation.

    source     id of the documented operation, `product.Action`
    frame      how it writes places
    arguments  the business parameters as they go on the wire, lists flattened
    read       the answer → typed
    links      wire paths of the answer that hold links to files, such as `Covid.Mask`, `Elements[].ImageURL`
    kept       those of them whose files are kept as they come and not read
    uses       as how many calls of the price list one call with these parameters counts
    used       as how many it counted, by its answer, where a part may fail; None: all of them
    url_limit  a signed link must be shorter than this
    result_action  how asking for a job's result is called
    carries    how many links of one role a call has room for; None: as many as the operation allows
    nifti      a series is sent as one NIfTI file
    in_query   business parameters travel in the query, though it is a POST
    later      parameter that makes a job of a call which is answered at once otherwise; "" for none
    """

    source: str
    product: str
    version: str
    action: str
    asynchronous: bool
    kinds: tuple[ConnectionKind, ...]
    prices: Prices
    lifecycle: Lifecycle
    frame: WireFrame = ASCENDING_XYZ
    arguments: Callable[[CallInput], Mapping[str, str]]
    read: Callable[[WireAnswer], ServiceAnswer]
    links: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    uses: Callable[[Parameters], int] = one_use
    used: Callable[[Parameters, ServiceAnswer], int] | None = None
    url_limit: int | None = None
    result_action: str = job_query.ACTION
    carries: int | None = None
    nifti: bool = False
    in_query: bool = False
    later: str = ""

    def is_job(self, parameters: Parameters) -> bool:
        """Whether a call with these parameters is answered later, by its number."""
        return self.asynchronous or (bool(self.later) and parameters.get(self.later) == YES)

    def submit_call(self, call: CallInput) -> ServiceCall:
        """The call that starts the analysis. raises URL_TOO_LONG, NO_ROOM"""
        most = max((len(urls) for urls in call.links.values()), default=0)
        if self.carries is not None and most > self.carries:
            raise WorkstationError(ErrorCode.NO_ROOM, count=most, most=self.carries)
        if self.url_limit is not None:
            longest = max((len(url) for urls in call.links.values() for url in urls), default=0)
            if longest >= self.url_limit:
                raise WorkstationError(ErrorCode.URL_TOO_LONG, length=longest, limit=self.url_limit)
        arguments = dict(self.arguments(call))
        return ServiceCall(
            product=self.product,
            version=self.version,
            action=self.action,
            query=arguments if self.in_query else {},
            body={} if self.in_query else arguments,
        )

    def poll_call(self, job_id: str) -> ServiceCall:
        return job_query.poll_call(self.product, self.version, job_id, self.result_action)

    def read_poll(self, body: Mapping[str, object]) -> Polled:
        return job_query.read_poll(body)

    def file_links(self, text: str) -> dict[str, str]:
        """Links to files of an answer, by wire path. raises BAD_ANSWER"""
        return links_of(text, self.links)

    def parse(
        self,
        text: str,
        expect_basis: bool,
        files: Mapping[str, tuple[ResultVolume, ...]] = NO_FILES,
        size: tuple[int, int] | None = None,
    ) -> ServiceAnswer:
        """raises BAD_ANSWER, NO_BASIS"""
        return self.read(WireAnswer(text=text, frame=self.frame, expect_basis=expect_basis, files=files, size=size))

    def billed_uses(self, parameters: Parameters, answer: ServiceAnswer) -> int:
        """As how many calls of the price list a call counted that was answered so."""
        return self.uses(parameters) if self.used is None else self.used(parameters, answer)

    def price(self, calls_before: int, parameters: Parameters = NO_PARAMETERS) -> float:
        """Yuan of the next call, which may count as several."""
        return sum(self.prices.yuan(calls_before + n) for n in range(self.uses(parameters)))


@dataclass(frozen=True, slots=True)
class Extra:
    """A library that the local cloud needs besides for one analysis, and the name of this program's extra with it."""

    module: str
    name: str

    @property
    def here(self) -> bool:
        return find_spec(self.module) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One analysis, whoever does it.

    limits   of each series, or of the picture
    together what the parameters must be beside one another; raises BAD_PARAMETER
    prefers  which of several series that qualify suits it best
    panel    its result as blocks for screen and report, beside the list of findings
    window   preset that its findings are read in
    extra    without it the local cloud can't do it
    simulated  the local cloud has no algorithm for it: what it answers is made up
    card     False for rows that are no analysis of their own
    medical  False: a picture is looked at, not a patient; card and report say so
    drawn    a mask that was drawn over the picture goes with it
    faces    it looks for a face or a part of one: covered, there is nothing to be found
    """

    name: str
    title: Words
    family: str
    input_kind: InputKind = InputKind.SERIES
    services: tuple[Service, ...]
    limits: Limits = NO_LIMITS
    parameters: tuple[AnyParameter, ...] = ()
    together: Callable[[Parameters], None] = no_rule
    prefers: Preference = NO_PREFERENCE
    panel: Callable[[AnalysisResult], tuple[Block, ...]] = no_blocks
    window: str = ""
    extra: Extra | None = None
    simulated: bool = False
    card: bool = True
    medical: bool = True
    drawn: bool = False
    faces: bool = False

    @property
    def beside_series(self) -> bool:
        """Whether it is offered beside a series, with a card of its own."""
        return self.card and self.input_kind.about_series

    def service_for(self, kind: ConnectionKind) -> Service | None:
        """The service that a connection of this kind has, if any."""
        return next((service for service in self.services if kind in service.kinds), None)

    def read_parameters(self, given: Mapping[str, str | float]) -> dict[str, str | int | float | bool]:
        """All parameters with defaults for those not given. raises BAD_PARAMETER"""
        known = {parameter.name for parameter in self.parameters}
        for name in given:
            if name not in known:
                allowed = ", ".join(sorted(known))
                raise WorkstationError(ErrorCode.BAD_PARAMETER, name=self.name, value=name, allowed=allowed)
        parameters: dict[str, str | int | float | bool] = {
            p.name: p.read(given.get(p.name, p.default)) for p in self.parameters
        }
        self.together(parameters)
        return parameters
