"""What a person asks of the program, and what comes back: values shared by window and command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workstation.domain.answer import AnalysisResult
from workstation.domain.covering import NO_COVERING, Covering
from workstation.domain.decision import Decision
from workstation.domain.hanging_rule import HangingRule
from workstation.domain.noted import NOTHING_NOTED, Noted
from workstation.domain.overlaid import FILL
from workstation.domain.photo_mask import PhotoMask
from workstation.domain.request import Parameters
from workstation.domain.series import Stack, VoiWindow
from workstation.domain.signature import Signed
from workstation.domain.words import Language, Words
from workstation.workspace.state import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowSettings:
    """What the window remembers. `geometry`: its own opaque text. `monthly_limit_yuan` 0: nothing may be spent.

    keys    name of a command → the reader's own key, "" for none
    layout  how the reader laid out the views by hand; "" as the program would
    recent  what was opened lately, the last first, each the paths opened together; `reopen` the first at start
    mask_opacity, mask_outline  how masks that the reader draws are painted; opacity 0 … 1
    """

    language: Language = Language.ENGLISH
    theme: str = "dark"
    reader: Reader = field(default_factory=Reader)
    site_code: str = ""
    monthly_limit_yuan: float = 0.0
    connection: str = "local"
    geometry: str = ""
    report_folder: str = ""
    hanging_rules: tuple[HangingRule, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    narrows_right: bool = False
    lowers_down: bool = False
    layout: str = ""
    recent: tuple[tuple[str, ...], ...] = ()
    reopen: bool = False
    mask_opacity: float = FILL
    mask_outline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisRequest:
    """One analysis as asked for and agreed to.

    others      further series by role: of a pair the one that is brought onto `stack`
    mask        of a picture: what was drawn over it, for operations that take one
    repair      the person agreed to repairs that change pixels
    covering    what is made solid in the copies of `stack`, and in those of the others
    limit_yuan  more must not be spent on this call; None: what it was said to cost
    """

    stack: Stack
    operation: str
    connection: str
    parameters: Parameters
    others: Mapping[str, Stack] = field(default_factory=dict)
    mask: PhotoMask | None = None
    covering: Covering = NO_COVERING
    repair: bool = False
    limit_yuan: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRequest:
    """One analysis of nothing that is open, as asked for and agreed to: a text, or a turn of a dialogue.

    pictures    files that go with the turn
    covering    what is made solid in the copies of the pictures
    limit_yuan  more must not be spent on this call; None: what it was said to cost
    """

    operation: str
    connection: str
    parameters: Parameters
    pictures: tuple[Path, ...] = ()
    covering: Covering = NO_COVERING
    limit_yuan: float | None = None


@dataclass(frozen=True, slots=True)
class EarlierResult:
    """A result and what was decided about it: just made, or of an earlier sitting. `signed` None: a draft."""

    result: AnalysisResult
    decisions: Mapping[str, Decision]
    signed: Signed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """`stack` None: the result belongs to no series. `window`: how key pictures are shown;
    None: as suits their values.

    noted   of a picture: what the reader measured and drew on it
    moving  the series that was brought onto `stack`, where there were two and it is open
    beside  what files of others show over `stack`
    """

    stack: Stack | None
    result: AnalysisResult
    decisions: Mapping[str, Decision]
    reader: Reader
    language: Language
    window: VoiWindow | None
    folder: Path
    moving: Stack | None = None
    noted: Noted = NOTHING_NOTED
    beside: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """What was written, the report first. `missing_glyphs`: characters that the report's font does not have."""

    paths: tuple[Path, ...]
    missing_glyphs: str = ""


@dataclass(frozen=True, slots=True)
class DeskStatus:
    """For the status bar: this month's paid calls, and the memory this program holds."""

    month_yuan: float
    month_calls: int
    memory_bytes: int
