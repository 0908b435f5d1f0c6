"""A gateway between program and service that sends some calls twice and hands back the second answer."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@contextmanager
def repeating(service: str, action: str, times: int = 1_000) -> Iterator[str]:
    """Its address. The first `times` calls of `action` reach the service twice, byte for byte."""
    target = urlsplit(service).netloc
    left = [times]

    class Gateway(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            status, answer = self._send(body)
            if action in (self.headers.get("x-acs-action"), "*") and left[0] > 0:
                left[0] -= 1
                status, answer = self._send(body)
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def _send(self, body: bytes) -> tuple[int, bytes]:
            connection = http.client.HTTPConnection(target, timeout=30)
            connection.putrequest("POST", self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():  # the host as the caller signed it
                connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            content = response.read()
            connection.close()
            return response.status, content

        def log_message(self, *_: object) -> None:
            """Its requests are not part of a test's output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
