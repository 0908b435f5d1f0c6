"""The connection itself: every byte received can be recorded, a fault can cut it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path

from starlette.types import Message, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol


class Wires:
    """Open connections by the caller's address, and where their bytes are recorded (one file a connection)."""

    def __init__(self, record: Path | None) -> None:
        self._record = record
        self._numbers = itertools.count(1)
        self._transports: dict[tuple[str, int], asyncio.Transport] = {}
        if record is not None:
            record.mkdir(parents=True, exist_ok=True)

    def opened(self, transport: asyncio.Transport) -> Path | None:
        """A new connection; the answer is the file for its bytes."""
        self._transports[transport.get_extra_info("peername")] = transport
        if self._record is None:
            return None
        while (path := self._record / f"{next(self._numbers):06d}.bin").exists():
            pass
        return path

    def closed(self, transport: asyncio.Transport) -> None:
        self._transports.pop(transport.get_extra_info("peername"), None)

    def cut(self, scope: Scope) -> None:
        """Close a caller's connection as a dying network does, without another byte."""
        transport = self._transports.get(tuple(scope["client"]))
        if transport is not None:
            transport.abort()


def protocol(wires: Wires) -> type[asyncio.Protocol]:
    """The HTTP protocol of this server: uvicorn's, told to report to `wires`."""

    class RecordingProtocol(H11Protocol):
        _file: Path | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            self._file = wires.opened(transport)
            super().connection_made(transport)

        def data_received(self, data: bytes) -> None:
            if self._file is not None:
                with self._file.open("ab") as file:
                    file.write(data)
            super().data_received(data)

        def connection_lost(self, exc: Exception | None) -> None:
            wires.closed(self.transport)
            super().connection_lost(exc)

    return RecordingProtocol


def halving(send: Send, cut: Callable[[], None], whole: int) -> Send:
    """A `send` that lets half of `whole` body bytes pass and then cuts the connection."""
    left = whole // 2

    async def half(message: Message) -> None:
        nonlocal left
        if message["type"] != "http.response.body":
            await send(message)
            return
        body: bytes = message.get("body", b"")[:left]
        left -= len(body)
        await send({**message, "body": body, "more_body": True})
        if left == 0:
            await asyncio.sleep(0.05)  # let what was written reach the wire
            cut()

    return half
