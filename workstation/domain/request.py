"""What is asked of a service, and one signed-protocol call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

Parameters = Mapping[str, str | int | float | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCall:
    """One RPC call before signing: names and values exactly as on the wire, lists already flattened (`URLList.1.URL`).

    body and query values are text; the signer decides nothing about their form.
    """

    product: str
    version: str
    action: str
    method: str = "POST"
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)


class CallKind(Enum):
    """Whether a call may be repeated by itself after a failure that leaves its outcome open."""

    SUBMIT = "submit"  # may be charged: never
    POLL = "poll"  # asks only: yes


@dataclass(frozen=True, slots=True, kw_only=True)
class RpcAnswer:
    """One accepted answer of a service: the JSON object, the service's number for the call, the text as received."""

    body: dict[str, object]
    request_id: str
    raw: str
