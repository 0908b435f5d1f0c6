"""What the doctor decided, and the reading that a report is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workstation.domain.answer import AnalysisResult
from workstation.domain.editing import edited
from workstation.domain.finding import Finding
from workstation.domain.geometry import Geometry, pixel_grid
from workstation.domain.noted import NOTHING_NOTED, Noted
from workstation.domain.series import Stack, VoiWindow
from workstation.domain.shapes import Shape
from workstation.domain.signature import Signed
from workstation.domain.volume import Volume
from workstation.domain.words import Language, Words


class DecisionState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Keyed by finding id where it is kept. `by`, `role`: the reader's; `at` aware, UTC.

    shapes  the finding's shapes as the reader changed them; None: those of the answer
    """

    state: DecisionState = DecisionState.OPEN
    comment: str = ""
    by: str = ""
    role: str = ""
    at: datetime | None = None
    shapes: tuple[Shape, ...] | None = None


OPEN = Decision()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """One analysis as a doctor read it: every report format is written from this.

    stack    the series it is about; None for an analysis of a text
    volume   the pixels that key pictures are cut from; None where they can't be loaded any more
    moving   of two series the one that was brought onto this one, as it lay before; None where it is not at hand
    moving_date  day of its study (YYYYMMDD), "" where not known
    window   how key pictures are shown
    signed   None: a draft
    noted    of a picture: what the reader measured and drew on it
    beside   what files of others showed over the series as it was read; key pictures are without it
    """

    stack: Stack | None
    result: AnalysisResult
    decisions: Mapping[str, Decision]
    volume: Volume | None
    window: VoiWindow
    language: Language
    made_at: datetime
    program_version: str
    moving: Volume | None = None
    moving_date: str = ""
    signed: Signed | None = None
    noted: Noted = NOTHING_NOTED
    beside: tuple[Words, ...] = ()

    @property
    def geometry(self) -> Geometry | None:
        """Where the series lies that it is about; of a result in pixels, the picture's own grid."""
        if self.stack is None:
            return None
        return pixel_grid(self.stack.rows, self.stack.columns) if self.result.in_pixels else self.stack.geometry

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those of the result and the reader's own, with the shapes that the reader gave them."""
        return tuple(self._as_read(finding) for finding in self.result.findings)

    def _as_read(self, finding: Finding) -> Finding:
        shapes = self.decision(finding.id).shapes
        return edited(finding, shapes) if shapes is not None else finding

    def decision(self, finding_id: str) -> Decision:
        return self.decisions.get(finding_id, OPEN)
