"""A scripted server on loopback: it writes down every request and plays the next answer, well-behaved or not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Seen:
    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def values(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers}


Play = Callable[["Handler"], None]


def answer(status: int, content: bytes | str, **headers: str) -> Play:
    """A whole, well-formed answer."""
    data = content.encode() if isinstance(content, str) else content

    def play(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return play


def hang_up(handler: Handler) -> None:
    """The connection ends without an answer."""
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def half_an_answer(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"RequestId":"A')
    handler.close_connection = True


def silence(handler: Handler) -> None:
    handler.server.released.wait(10)
    handler.close_connection = True


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *args: Any) -> None:
        pass

    def play(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.log.seen.append(Seen(self.command, self.path, list(self.headers.items()), body))
        self.server.log.next_play()(self)


for verb in ("GET", "POST", "PUT", "DELETE", "HEAD"):
    setattr(Handler, f"do_{verb}", Handler.play)


@dataclass
class Log:
    """What was asked, and the plays to come; the last one is repeated."""

    url: str
    plays: list[Play]
    seen: list[Seen] = field(default_factory=list)

    def next_play(self) -> Play:
        return self.plays.pop(0) if len(self.plays) > 1 else self.plays[0]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    log: Log
    released: threading.Event


@contextmanager
def serving(*plays: Play) -> Iterator[Log]:
    """A server that plays these answers in turn."""
    server = Server(("127.0.0.1", 0), Handler)
    server.log = Log(f"http://127.0.0.1:{server.server_port}", list(plays))
    server.released = threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.log
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def closed_port() -> str:
    """An address at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
