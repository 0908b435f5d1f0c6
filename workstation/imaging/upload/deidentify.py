"""De-identified copies: only listed attributes survive, UIDs are replaced one way, pixels stay bit for bit."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from workstation.domain.series import Instance, Stack
from workstation.imaging.upload.deidentify_table import RULES, SIGNED_LIKE_PIXELS, Key, Rule, identity_words, kept
from workstation.imaging.upload.write import decimal, element

Elements = dict[Key, tuple[bytes, bytes]]  # (group, element) → (VR, value)

PATIENT_NAME: Final = b"ANON"
METHOD: Final = b"PS3.15 E basic profile, allow-list, geometry kept"
SOP_CLASS: Final[Key] = (0x0008, 0x0016)
SOP_INSTANCE: Final[Key] = (0x0008, 0x0018)
STUDY_UID: Final[Key] = (0x0020, 0x000D)
SERIES_UID: Final[Key] = (0x0020, 0x000E)
FRAMES: Final[Key] = (0x0028, 0x0008)
FRAME_OF_REFERENCE: Final[Key] = (0x0020, 0x0052)
_REPRESENTATION: Final[Key] = (0x0028, 0x0103)
_STORAGE: Final = "1.2.840.10008.5.1.4.1.1."
# One frame of an enhanced object leaves as the classic object of its kind, which needs no functional groups.
_CLASSIC: Final[Mapping[str, str]] = {
    _STORAGE + "2.1": _STORAGE + "2",
    _STORAGE + "2.2": _STORAGE + "2",
    _STORAGE + "4.1": _STORAGE + "4",
    _STORAGE + "4.4": _STORAGE + "4",
    _STORAGE + "130": _STORAGE + "128",
    _STORAGE + "128.1": _STORAGE + "128",
}
_CLASS_OF_MODALITY: Final[Mapping[str, str]] = {"CT": "2", "MR": "4", "PT": "128", "CR": "1", "DX": "1.1", "MG": "1.2"}


@dataclass(slots=True)
class Pseudonyms:
    """New UIDs and a new patient number for one job. One way: nobody without the job's secret finds the old ones again.

    salt  secret random bytes of the job
    map   original UID → new UID, of all that were asked for
    """

    salt: bytes
    map: dict[str, str] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)

    def uid(self, original: str, missing: str) -> str:
        """The new UID of an original; where that is missing, one that stands for `missing`, a name within the job."""
        if not original:
            return self._made("missing", missing)
        if original not in self.map:
            self.map[original] = self._made("uid", original)
        return self.map[original]

    def instance_uid(self, original: str, index: int) -> str:
        """A UID for one slice, never used twice: frames of one file and damaged studies share their original."""
        new = self.uid(original, f"instance {index}")
        if new in self._used:
            new = self._made("again", f"{original} {index}")
        self._used.add(new)
        return new

    @property
    def patient_id(self) -> str:
        return "ANON" + self._digest("patient", "")[:6].hex().upper()

    def _made(self, kind: str, value: str) -> str:
        """source: PS3.5 B.2 (2.25 and a number of 128 bits)"""
        return f"2.25.{int.from_bytes(self._digest(kind, value)[:16], 'big')}"

    def _digest(self, kind: str, value: str) -> bytes:
        return hmac.new(self.salt, f"{kind}\0{value}".encode(), hashlib.sha256).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUids:
    """What one copy is called."""

    study: str
    series: str
    frame_of_reference: str
    instance: str


def series_uids(stack: Stack, pseudonyms: Pseudonyms) -> NewUids:
    """The new UIDs that all slices of a stack share; the instance's is filled in slice by slice."""
    return NewUids(
        study=pseudonyms.uid(stack.study.uid, f"study {stack.id}"),
        series=pseudonyms.uid(stack.series_uid, f"series {stack.id}"),
        frame_of_reference=pseudonyms.uid(stack.frame_of_reference_uid, f"frame of reference {stack.id}"),
        instance="",
    )


def surviving(values: Mapping[Key, bytes], instance: Instance) -> Elements:
    """What of one slice's header leaves: listed attributes with listed values; a frame's place where groups held it."""
    identity = identity_words(values)
    elements: Elements = {}
    for key in RULES.keys() & values.keys():
        value = kept(key, values[key], identity)
        if value is not None:
            elements[key] = (_vr(RULES[key], key, values), value)
    groups = {key: (b"DS", text.encode("ascii")) for key, text in _from_groups(instance).items()}
    # What stands above all frames of a file is not this frame's place.
    return {**elements, **groups} if has_frames(values) else {**groups, **elements}


def has_frames(values: Mapping[Key, bytes]) -> bool:
    """Whether the file holds several pictures."""
    raw = values.get(FRAMES, b"").strip(b" \0")
    return raw.isdigit() and int(raw) > 1


def is_enhanced(instance: Instance) -> bool:
    """Whether the frame leaves as an object of another, classic kind."""
    return instance.sop_class_uid in _CLASSIC


def copy_elements(
    survivors: Elements,
    sop_class_uid: str,
    new: NewUids,
    patient_id: str,
    number: int,
    lut: bytes | None = None,
    cleaned: bool = False,
) -> Elements:
    """All elements of one copy before its pixels: the survivors, and what the standard wants in the place of the rest.

    cleaned  what was burnt into its pixels is covered
    source   PS3.15 E.1.1 (dummy values, Patient Identity Removed), E.3.1 (Clean Pixel Data Option), CID 7050
    """
    fixed: Elements = {
        SOP_CLASS: (b"UI", sop_class_uid.encode("ascii")),
        SOP_INSTANCE: (b"UI", new.instance.encode("ascii")),
        (0x0008, 0x0020): (b"DA", b""),
        (0x0008, 0x0030): (b"TM", b""),
        (0x0008, 0x0050): (b"SH", b""),
        (0x0008, 0x0090): (b"PN", b""),
        (0x0010, 0x0010): (b"PN", PATIENT_NAME),
        (0x0010, 0x0020): (b"LO", patient_id.encode("ascii")),
        (0x0010, 0x0030): (b"DA", b""),
        (0x0010, 0x0040): (b"CS", b""),
        (0x0012, 0x0062): (b"CS", b"YES"),
        (0x0012, 0x0063): (b"LO", METHOD),
        (0x0012, 0x0064): (b"SQ", _METHOD_CODES + _CLEANED if cleaned else _METHOD_CODES),
        STUDY_UID: (b"UI", new.study.encode("ascii")),
        SERIES_UID: (b"UI", new.series.encode("ascii")),
        (0x0020, 0x0010): (b"SH", b""),
        (0x0020, 0x0011): (b"IS", b"1"),
        (0x0020, 0x0012): (b"IS", b""),
        (0x0020, 0x0013): (b"IS", str(number).encode("ascii")),
        FRAME_OF_REFERENCE: (b"UI", new.frame_of_reference.encode("ascii")),
        (0x0020, 0x1040): (b"LO", b""),
        (0x0028, 0x0303): (b"CS", b"REMOVED"),
    }
    if cleaned:
        fixed[(0x0028, 0x0301)] = (b"CS", b"NO")
    if lut is not None:
        fixed[(0x0028, 0x3000)] = (b"SQ", lut)
    return {(0x0008, 0x0070): (b"LO", b""), **survivors, **fixed}


def encoded(elements: Elements) -> bytes:
    """Elements in tag order, explicit VR little endian (PS3.5 7.1.2)."""
    parts: list[bytes] = []
    for (group, number), (vr, value) in sorted(elements.items()):
        if vr == b"SQ":
            parts.append(_long_element(group, number, vr, value))
        else:
            parts.append(element(group, number, vr, value, b"\0" if vr == b"UI" else b" "))
    return b"".join(parts)


def pixel_lead(length: int, bits_allocated: int) -> bytes:
    """The header of native pixel data; 8-bit pixels are OB, wider ones OW (PS3.5 A.2)."""
    vr = b"OB" if bits_allocated <= 8 else b"OW"
    return b"\xe0\x7f\x10\x00" + vr + b"\0\0" + length.to_bytes(4, "little")


def sop_class_of(instance: Instance, modality: str) -> str:
    """The copy's SOP class: the original's, the classic one for a frame of an enhanced object, else the modality's.

    A private class, which may name who made it, does not leave.
    """
    original = instance.sop_class_uid
    if original.startswith(_STORAGE):
        return _CLASSIC.get(original, original)
    return _STORAGE + _CLASS_OF_MODALITY.get(modality, "7")


def _vr(rule: Rule, key: Key, values: Mapping[Key, bytes]) -> bytes:
    signed = key in SIGNED_LIKE_PIXELS and values.get(_REPRESENTATION, b"")[:1] == b"\1"
    return b"SS" if signed else rule.vr


def _from_groups(instance: Instance) -> dict[Key, str]:
    """What functional groups say of one frame, as a classic object writes it. The scan read the groups."""
    found: dict[Key, str] = {}
    if instance.position is not None and instance.row_cosine is not None and instance.column_cosine is not None:
        found[(0x0020, 0x0032)] = "\\".join(map(decimal, instance.position))
        found[(0x0020, 0x0037)] = "\\".join(map(decimal, (*instance.row_cosine, *instance.column_cosine)))
        if instance.spacing is not None:
            found[(0x0028, 0x0030)] = "\\".join(map(decimal, instance.spacing))
    if instance.slope is not None and instance.intercept is not None and (instance.slope, instance.intercept) != (1, 0):
        found[(0x0028, 0x1052)] = decimal(instance.intercept)
        found[(0x0028, 0x1053)] = decimal(instance.slope)
    if instance.window is not None and instance.window.table is None:
        found[(0x0028, 0x1050)] = decimal(instance.window.center)
        found[(0x0028, 0x1051)] = decimal(instance.window.width)
    return found


def _long_element(group: int, number: int, vr: bytes, value: bytes) -> bytes:
    tag = group.to_bytes(2, "little") + number.to_bytes(2, "little")
    return tag + vr + b"\0\0" + len(value).to_bytes(4, "little") + value


def item(content: bytes) -> bytes:
    """One sequence item of defined length."""
    return b"\xfe\xff\x00\xe0" + len(content).to_bytes(4, "little") + content


_METHOD_CODES: Final = item(
    element(0x0008, 0x0100, b"SH", b"113100")
    + element(0x0008, 0x0102, b"SH", b"DCM")
    + element(0x0008, 0x0104, b"LO", b"Basic Application Confidentiality Profile")
)
_CLEANED: Final = item(
    element(0x0008, 0x0100, b"SH", b"113101")
    + element(0x0008, 0x0102, b"SH", b"DCM")
    + element(0x0008, 0x0104, b"LO", b"Clean Pixel Data Option")
)
