"""What a running local cloud tells those who look for it; and how they make sure that it is the one.

Standard library only: the window reads this at its start.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError

NOTE: Final = "server.json"
SCHEMA: Final = "yingtai-localcloud/1"
_PATIENCE_S: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A local cloud that answers: base addresses and keys, as in the line it prints when it is ready."""

    rpc: str
    oss: str
    showapi: str
    region: str
    bucket: str
    access_key_id: str
    access_key_secret: str = field(repr=False)
    app_key: str = field(repr=False)

    def line(self) -> str:
        """The one line of JSON on standard output."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, ensure_ascii=False)

    @property
    def port(self) -> int:
        return int(self.rpc.rpartition(":")[2])


def read_line(line: str) -> Running:
    """raises WorkstationError(LOCAL_CLOUD_FAILED) for a line that is none of ours"""
    try:
        facts = json.loads(line)
        if facts.pop("schema") != SCHEMA:
            raise ValueError
        return Running(**facts)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise WorkstationError(ErrorCode.LOCAL_CLOUD_FAILED) from error


def proof(secret: str, purpose: str, text: str) -> str:
    """What only a holder of the secret can say about a text. Both sides use it, the secret never travels."""
    return hmac.new(secret.encode(), f"yingtai-{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()


def find_running(folder: Path) -> Running | None:
    """The service that left its note in the state folder, when it still answers and proves to hold the same key."""
    try:
        running = read_line(json.loads((folder / NOTE).read_text(encoding="utf-8"))["line"])
    except (OSError, ValueError, KeyError, TypeError, WorkstationError):
        return None
    return running if answers(running) else None


def answers(running: Running) -> bool:
    challenge = secrets.token_hex(16)
    answer = ask(running, "GET", f"/-/health?challenge={challenge}")
    given = answer.get("proof") if answer else None
    return isinstance(given, str) and hmac.compare_digest(given, proof(running.access_key_secret, "health", challenge))


def add_owner(running: Running, owner: int | None) -> bool:
    """Bind the service's life to one more process; None: it shall stay until it is stopped."""
    text = "" if owner is None else str(owner)
    signed = proof(running.access_key_secret, "owner", text)
    return ask(running, "POST", f"/-/owner?pid={text}&proof={signed}") is not None


def count_calls(running: Running) -> dict[str, dict[str, int]] | None:
    """Calls by operation and outcome, since this state was made. For tests and the curious."""
    answer = ask(running, "GET", f"/-/calls?proof={proof(running.access_key_secret, 'calls', '')}")
    calls = answer.get("calls") if answer else None
    return calls if isinstance(calls, dict) else None


def ask(running: Running, method: str, target: str) -> dict[str, object] | None:
    """One request to the service's own pages; without any proxy. None when it does not answer well."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=_PATIENCE_S)
    try:
        connection.request(method, target)
        response = connection.getresponse()
        answer = json.loads(response.read(1 << 20))
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return answer if response.status == 200 and isinstance(answer, dict) else None
