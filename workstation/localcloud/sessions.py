"""Dialogues under way: what was answered so far, kept for a day, also over restarts."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Callable
from typing import Final

from workstation.localcloud.engine.asked import Talk
from workstation.localcloud.operations.row import Checked, Dialogue, Operation
from workstation.localcloud.refusal import RpcRefusal

KEPT_S: Final = 24 * 3600.0


class Sessions:
    def __init__(self, database: sqlite3.Connection, now: Callable[[], float]) -> None:
        self._database, self._now = database, now

    def of(self, operation: Operation, checked: Checked) -> Talk | None:
        """The dialogue that a call belongs to, new where it begins one; None where it belongs to none.

        raises RpcRefusal for one that is not known, or not any more
        """
        if operation.dialogue is Dialogue.NONE:
            return None
        self._database.execute("DELETE FROM dialogues WHERE began <= ?", (self._now() - KEPT_S,))
        session = checked.values.get("SessionId", "")
        if not session:
            return Talk(uuid.uuid4().hex, {})
        row = self._database.execute("SELECT answers FROM dialogues WHERE id=?", (session,)).fetchone()
        if row is None:
            raise RpcRefusal("InvalidParameter", "The parameter SessionId names no dialogue of the last 24 hours.")
        return Talk(session, {kind: tuple(texts) for kind, texts in json.loads(row[0]).items()})

    def keep(self, talk: Talk | None, operation: Operation, checked: Checked) -> None:
        """Remember what this call answered; its time runs from the first one."""
        if talk is None or operation.dialogue is not Dialogue.TURN:
            return
        answers = {**talk.answers, checked.values["QuestionType"]: checked.lists.get("AnswerTextList", ())}
        self._database.execute(
            "INSERT INTO dialogues (id, answers, began) VALUES (?,?,?) "
            "ON CONFLICT (id) DO UPDATE SET answers=excluded.answers",
            (talk.session, json.dumps(answers, ensure_ascii=False), self._now()),
        )
