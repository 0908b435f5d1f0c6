"""How series of one kind hang when they are shown first: as the program does it, or as a person wants it."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.domain.series import Stack


@dataclass(frozen=True, slots=True, kw_only=True)
class HangingRule:
    """An empty text holds for all. Of the rules that fit a series the first one holds; a person's come first.

    modality, body_part, plane  of the series, as its files say; a body part in capitals
    layout     name of a layout ("2x2"); "" for one view
    series     descriptions of the series in the cells, in their order; empty: as the study browser lists them
    window     center and width, in the values' own unit; None: as usual
    zoom       device pixels per pixel of the picture; None: fitted
    """

    modality: str = ""
    body_part: str = ""
    plane: str = ""
    layout: str = ""
    series: tuple[str, ...] = ()
    window: tuple[float, float] | None = None
    zoom: float | None = None

    def fits(self, stack: Stack) -> bool:
        """Whether it speaks of series like this one."""
        wanted = (self.modality, self.body_part, self.plane)
        return all(want in ("", have) for want, have in zip(wanted, kind_of(stack), strict=True))


def kind_of(stack: Stack) -> tuple[str, str, str]:
    """What makes series alike for a rule: modality, body part in capitals, plane."""
    return (stack.modality, stack.body_part.strip().upper(), stack.plane.value)
