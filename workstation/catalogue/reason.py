"""Why something does not qualify: one rule that it fails."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.catalogue.limits import LimitSource
from workstation.domain.words import Words


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that the series fails."""

    code: str
    sentence: Words
    measured: str | float
    limit: str | float
    source: LimitSource
