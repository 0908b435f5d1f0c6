"""What part of the signal a picture shows, by its image type: magnitude or phase, water or fat …"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

# Value → what it is called here. Values 3 and up of ImageType; PS3.3 C.8.3.1.1.1, C.8.13.3.1.1, and vendors' own.
_COMPONENTS: Final = {
    "M": "M",
    "MAGNITUDE": "M",
    "P": "P",
    "PHASE": "P",
    "PHASE MAP": "P",
    "R": "R",
    "REAL": "R",
    "I": "I",
    "IMAGINARY": "I",
    "W": "W",
    "WATER": "W",
    "F": "F",
    "FAT": "F",
    "IP": "IP",
    "IN_PHASE": "IP",
    "IN PHASE": "IP",
    "OP": "OP",
    "OPP_PHASE": "OP",
    "OUT_PHASE": "OP",
    "OUT PHASE": "OP",
    "OPPOSED PHASE": "OP",
    "FF": "FF",
    "FAT_FRACTION": "FF",
    "T2_STAR": "T2*",
    "R2_STAR": "R2*",
    "ADC": "ADC",
    "EADC": "EADC",
    "TRACEW": "TRACE",
    "FA": "FA",
    "MIP": "MIP",
    "MEAN": "MEAN",
    "VELOCITY": "V",
    "MPR": "MPR",
    "SUB": "SUB",
    "SUBTRACTION": "SUB",
}
_PREFIXES: Final = ("M_", "P_", "R_", "I_")  # Philips: M_FFE, R_IR


@lru_cache(maxsize=1024)
def components(image_type: tuple[str, ...], complex_component: str = "") -> tuple[str, ...]:
    """Such as ("M",) or ("M", "W"); () where the image type tells nothing of it.

    complex_component  of an enhanced frame: MAGNITUDE, PHASE …
    """
    found: list[str] = []
    for value in (complex_component, *image_type[2:]):
        name = _COMPONENTS.get(value.upper()) or (value[0] if value.upper().startswith(_PREFIXES) else "")
        if name and name not in found:
            found.append(name)
    return tuple(found)
