"""What the window shows of an operation before it is run: its card, and what it would send. Plain values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workstation.catalogue.operation import AnyParameter
from workstation.catalogue.reason import Reason
from workstation.catalogue.repairs import Repair
from workstation.domain.covering import Covering, FaceCover, FoundText
from workstation.domain.drawn_mask import DrawnMask
from workstation.domain.series import Stack
from workstation.domain.words import NOTHING, Words


@dataclass(frozen=True, slots=True)
class SecondSeries:
    """A series that can be the second of two: its stack id, and what people call it, date of the study included."""

    stack_id: str
    name: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """One operation beside one series, for one connection.

    chip           "fits", "does not fit", "needs repair", "ended 2024-…"
    reasons        every limit that is missed, not only the first
    repairs        what is done before sending, in words
    needs_repair   it fits only if the person agrees to the repairs, which change pixels
    better_series  id of the stack of this study that suits better; "" for none
    better_name, better_reason  what people call it, and in what it is better
    cost, duration "local cloud, free", "about 40 s"
    lifecycle      None while the vendor says nothing; `ending`: it ends or has ended
    simulated      the answer will have no medical content
    medical        False: it looks at a picture, not at a patient
    family         what it is done on: "ct", "mr", "x-ray", "photo", "text"
    second_role    of a second series that has to be chosen; "" where there is none; `seconds`: what there is to choose
    """

    operation: str
    title: Words
    fits: bool
    chip: Words
    connection: str
    cost: Words
    duration: Words | None = None
    reasons: tuple[Reason, ...] = ()
    repairs: tuple[Repair, ...] = ()
    needs_repair: bool = False
    better_series: str = ""
    better_name: Words = NOTHING
    better_reason: Words = NOTHING
    lifecycle: Words | None = None
    ending: bool = False
    simulated: bool = False
    medical: bool = True
    parameters: tuple[AnyParameter, ...] = ()
    family: str = ""
    second_role: str = ""
    seconds: tuple[SecondSeries, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """An operation that a series qualifies for.

    best    of several of its study that do, this one is to be taken, `why`
    beaten  another one is
    """

    title: Words
    best: bool = False
    beaten: bool = False
    why: Words = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class TagLine:
    """One attribute (`tag`: its keyword), its value (`name`), and what becomes of it, such as "sent as it is"."""

    tag: str
    name: str
    fate: Words


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoverView:
    """What of a series a person is to look at before it is sent.

    texts       found in its pictures
    faces       of a photograph where any is found: what a cover of each size hides
    masks       that the reader drew on it
    picture     [row, column, 3] as it is shown: the first one with text, else the middle one
    frame       which that is, from 0
    place       0 for the series, then what goes along with it, in order
    name        of it, where several are sent
    searched    how many pictures were: none, where the search is not installed
    texts_left  how many are still read once all of these are covered
    pictures    how many there are: what is covered is covered in all
    first       how much of a face is covered until the person chooses
    stack       what is shown; None: nobody looks for faces while it is covered
    """

    texts: tuple[FoundText, ...]
    faces: tuple[tuple[FaceCover, Covering], ...]
    picture: npt.NDArray[np.uint8]
    searched: int
    texts_left: int = 0
    masks: tuple[DrawnMask, ...] = ()
    frame: int = 0
    pictures: int = 1
    place: int = 0
    name: Words = NOTHING
    first: FaceCover = FaceCover.FACE
    stack: Stack | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """Exactly what would leave this PC. `leaves_pc` False: it goes to this machine's own service, and a person is asked
    only where there is something to cover.

    cost_yuan  what the person agrees to pay at most
    coverable  pictures leave, in which parts can be covered
    """

    leaves_pc: bool
    title: Words
    subtitle: Words
    leaves: tuple[Words, ...]
    stays: tuple[Words, ...]
    cost: Words
    cost_yuan: float
    deleted: Words
    tags: tuple[TagLine, ...] = ()
    warnings: tuple[Words, ...] = ()
    covers: tuple[CoverView, ...] = ()
    coverable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionView:
    """A named set of object store, service and keys. `local`: nothing leaves this PC."""

    name: str
    title: Words
    local: bool
    about: Words
