"""A series that a person reads without any analysis: no row of the list, but readings of it need a name."""

from __future__ import annotations

from typing import Final

from workstation.catalogue.operation import Operation
from workstation.domain.own_finding import OWN_READING
from workstation.domain.words import say

OWN: Final = Operation(name=OWN_READING, title=say("Own reading"), family="reading", services=(), card=False)
