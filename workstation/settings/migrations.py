"""Settings files of earlier versions, brought up one version at a time. No step asks anyone anything.

A file's `version` counts the steps it has been through, plus one. A new step goes at the end of MIGRATIONS, with a test
of its name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.overlaid import FILL

Migration = Callable[[dict[str, object]], dict[str, object]]


def remember_hands_and_studies(data: dict[str, object]) -> dict[str, object]:
    """Version 2 knows the reader's own keys, the ways of the mouse, and what was open lately."""
    added = {"keys": {}, "narrows_right": False, "lowers_down": False, "layout": "", "recent": [], "reopen": False}
    return added | data


def remember_looks_of_masks(data: dict[str, object]) -> dict[str, object]:
    """Version 3 knows how drawn masks are painted."""
    return {"mask_opacity": FILL, "mask_outline": False} | data


MIGRATIONS: Final[tuple[Migration, ...]] = (remember_hands_and_studies, remember_looks_of_masks)
VERSION: Final = len(MIGRATIONS) + 1


def migrate(data: dict[str, object], migrations: Sequence[Migration] = MIGRATIONS) -> dict[str, object]:
    """The same settings in the present shape.

    raises  SCHEMA_TOO_NEW for a file of a newer program; ValueError without a version
    """
    version, newest = data.get("version"), len(migrations) + 1
    if not isinstance(version, int) or version < 1:
        raise ValueError("version")
    if version > newest:
        raise WorkstationError(ErrorCode.SCHEMA_TOO_NEW)
    for step in migrations[version - 1 :]:
        data = step(dict(data))
    return data | {"version": newest}
