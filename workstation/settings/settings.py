"""Everything a person can set, as one frozen value. Keys are not among it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf
from typing import Final, Literal

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.hanging_rule import HangingRule
from workstation.domain.overlaid import FILL
from workstation.domain.words import say
from workstation.settings.connection import LOCAL, LOCAL_NAME, Connection

LanguageChoice = Literal["system", "en", "zh"]
Theme = Literal["dark", "light"]

# What the service is told about where data comes from. It names no hospital unless someone sets it so.
SITE_CODE: Final = "site-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`window_geometry` is the window's own opaque text. `monthly_limit_yuan` 0: nothing may be spent.

    keys     the reader's own keys: name of the command → key, "" for none; all others have the program's
    narrows_right, lowers_down   the ways of the window drag that are not the usual ones
    layout   how the reader laid out the views by hand; "" as the program would
    recent   what was opened lately, the last first, each the paths that were opened together; private, never logged
    reopen   open the first of them at start
    mask_opacity, mask_outline   how masks that the reader draws are painted; opacity 0 … 1

    The connection “local” always exists, and no two have the same name.
    raises  BAD_CONNECTION, BAD_PARAMETER (the limit)
    """

    language: LanguageChoice = "system"
    theme: Theme = "dark"
    reader_name: str = ""
    reader_role: str = ""
    org_name: str = SITE_CODE
    org_id: str = SITE_CODE
    monthly_limit_yuan: float = 500.0
    window_geometry: str = ""
    report_folder: str = ""
    last_connection: str = LOCAL_NAME
    connections: tuple[Connection, ...] = (LOCAL,)
    hanging_rules: tuple[HangingRule, ...] = ()
    keys: dict[str, str] = field(default_factory=dict)
    narrows_right: bool = False
    lowers_down: bool = False
    layout: str = ""
    recent: tuple[tuple[str, ...], ...] = ()
    reopen: bool = False
    mask_opacity: float = FILL
    mask_outline: bool = False

    def __post_init__(self) -> None:
        names = [connection.name for connection in self.connections]
        if LOCAL_NAME not in names or len(set(names)) < len(names):
            raise WorkstationError(ErrorCode.BAD_CONNECTION, name="name", allowed=say("a name of its own"))
        if not 0 <= self.mask_opacity <= 1:
            value = self.mask_opacity
            raise WorkstationError(ErrorCode.BAD_PARAMETER, name="mask_opacity", value=value, allowed=say("0 to 1"))
        if not 0 <= self.monthly_limit_yuan < inf:
            limit = self.monthly_limit_yuan
            raise WorkstationError(
                ErrorCode.BAD_PARAMETER, name="monthly_limit_yuan", value=limit, allowed=say("0 or more")
            )

    def connection(self, name: str) -> Connection:
        """raises NO_SUCH_CONNECTION"""
        for connection in self.connections:
            if connection.name == name:
                return connection
        raise WorkstationError(ErrorCode.NO_SUCH_CONNECTION, name=name)

    def with_connection(self, added: Connection) -> Settings:
        """With this connection, in place of one of the same name."""
        others = tuple(connection for connection in self.connections if connection.name != added.name)
        return replace(self, connections=(*others, added))

    def without_connection(self, name: str) -> Settings:
        """Without it; the local one stays. raises NO_SUCH_CONNECTION"""
        gone = self.connection(name)
        if gone.name == LOCAL_NAME:
            return self
        others = tuple(connection for connection in self.connections if connection is not gone)
        last = LOCAL_NAME if self.last_connection == name else self.last_connection
        return replace(self, connections=others, last_connection=last)
