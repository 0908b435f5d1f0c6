"""What an analysis is asked, and what it may answer: plain values that cross between processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

Answer = dict[str, object]  # the documented `Data`, and `YingtaiBasis`; an `AnswerFile` stands where a link will be


File = Path | bytes


@dataclass(frozen=True, slots=True)
class Talk:
    """A dialogue as it stood before this call: answers by question, in the order given."""

    session: str
    answers: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Analysis:
    """
    files       as fetched, by the name of their list (or of the only address), in order
    parameters  as sent (texts); `lists` of texts likewise
    truth_dirs  folders of our phantoms whose truth may be told; algorithms never see them
    """

    action: str
    files: Mapping[str, tuple[File, ...]]
    parameters: Mapping[str, str]
    truth_dirs: tuple[Path, ...] = ()
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    talk: Talk | None = None


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """A file of the result; the caller gets a link to it that expires."""

    name: str
    content: bytes


class BadInput(Exception):
    """It can not be analysed. `code` is the documents' number or name; the message never holds patient data."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message
