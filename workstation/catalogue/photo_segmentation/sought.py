"""What each operation looks for, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.catalogue.photo_segmentation.answer import Sought
from workstation.catalogue.photo_segmentation.coverage import PictureKind
from workstation.domain.words import Words, say

# Left and right are the service's words: whether of the person or of the picture the documents don't say.
FACE_PARTS: Final[Mapping[str, Words]] = {
    "skin": say("skin of the face"),
    "l_brow": say("left eyebrow"),
    "r_brow": say("right eyebrow"),
    "l_eye": say("left eye"),
    "r_eye": say("right eye"),
    "nose": say("nose"),
    "l_ear": say("left ear"),
    "r_ear": say("right ear"),
    "mouth": say("mouth, between the lips"),
    "u_lip": say("upper lip"),
    "l_lip": say("lower lip"),
}

BODY: Final = Sought(code="body", label=say("Body"))
HEAD: Final = Sought(code="head", label=say("Head"))
FACE: Final = Sought(code="face", label=say("Face"))
HAIR: Final = Sought(code="hair", label=say("Hair"))
PARTS: Final = Sought(code="face-part", label=say("Part of the face"), kind=PictureKind.MASK, parts=FACE_PARTS)
COMMODITY: Final = Sought(code="commodity", label=say("Product"))
FURNITURE: Final = Sought(code="furniture", label=say("Furniture"), kind=PictureKind.ANY)
OBJECT: Final = Sought(code="object", label=say("Object"))
VEHICLE: Final = Sought(code="vehicle", label=say("Vehicle"))
REFINED: Final = Sought(code="refined-mask", label=say("Refined mask"), kind=PictureKind.MASK)
