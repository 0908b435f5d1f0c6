"""The services that can be asked, as `app` opens them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from workstation.catalogue.operation import ConnectionKind
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.words import Words, say
from workstation.jobs.ports import AnalysisService, ObjectStore


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionInfo:
    """One configured connection. `bucket` and `host` as people read them in a consent; empty for the local cloud.

    on_this_pc  its object store is at a loopback address, so links to files of answers may be, too
    """

    name: str
    kind: ConnectionKind
    bucket: str = ""
    host: str = ""
    on_this_pc: bool = False

    @property
    def local(self) -> bool:
        return self.kind is ConnectionKind.LOCAL

    @property
    def title(self) -> Words:
        return TITLES[self.kind] if self.local or self.name == self.kind.value else say("{name}", name=self.name)


TITLES = {
    ConnectionKind.LOCAL: say("Local cloud"),
    ConnectionKind.ALIYUN: say("Alibaba Cloud, Shanghai"),
    ConnectionKind.SHOWAPI: say("ShowAPI"),
    ConnectionKind.COMPATIBLE: say("Own service"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A connection ready for calls. `prefix`: the first part of every object key."""

    store: ObjectStore
    client: AnalysisService
    bucket: str
    prefix: str


class Connections(Protocol):
    """What `app` provides. Safe between threads; opening may start the local cloud."""

    def all(self) -> tuple[ConnectionInfo, ...]: ...

    def open(self, name: str, product: str) -> Opened:
        """raises NO_SUCH_CONNECTION, NO_CREDENTIALS, LOCAL_CLOUD_FAILED, BAD_CONNECTION"""
        ...


def named(connections: Connections, name: str) -> ConnectionInfo:
    """raises NO_SUCH_CONNECTION"""
    for info in connections.all():
        if info.name == name:
            return info
    raise WorkstationError(ErrorCode.NO_SUCH_CONNECTION, name=name)
