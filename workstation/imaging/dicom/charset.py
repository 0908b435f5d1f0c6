"""Which characters a header's bytes are: its Specific Character Set, or what its texts show it to be.

source: DICOM PS3.3 C.12.1.1.2, PS3.5 6.1.2.5 (code extensions, ISO 2022), PS3.5 annexes H to K
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from workstation.imaging.dicom.plausible import apart, chinese, hangul, latin_in_place, one_script, titled, traditional

# ISO_IR number (or name) → Python codec. JIS X 0201 (13) is the single-byte half of Shift-JIS.
_CODECS: Final = {
    "6": "latin-1",
    "100": "latin-1",
    "101": "iso8859-2",
    "109": "iso8859-3",
    "110": "iso8859-4",
    "144": "iso8859-5",
    "127": "iso8859-6",
    "126": "iso8859-7",
    "138": "iso8859-8",
    "148": "iso8859-9",
    "203": "iso8859-15",
    "166": "iso8859-11",
    "13": "shift_jis",
    "192": "utf-8",
    "UTF8": "utf-8",
    "GB18030": "gb18030",
    "GBK": "gb18030",
    "GB2312": "gb18030",
    "58": "gb18030",
    "149": "euc_kr",
    "87": "shift_jis",
    "159": "shift_jis",
    "BIG5": "big5",
}
_NAMES: Final = {
    "utf-8": "UTF-8",
    "gb18030": "GB18030",
    "big5": "Big5",
    "euc_kr": "EUC-KR",
    "shift_jis": "Shift-JIS",
    "latin-1": "Latin-1",
    "iso8859-5": "ISO 8859-5",
    "iso8859-7": "ISO 8859-7",
    "cp1251": "Windows-1251",
    "koi8-r": "KOI8-R",
    "iso2022": "ISO 2022",
}
# Escape sequences (without ESC) → (into G1, codec). PS3.3 tables C.12-3 and C.12-4.
_ESCAPES: Final[dict[bytes, tuple[bool, str]]] = {
    b"(B": (False, ""),
    b"(J": (False, ""),
    b")I": (True, "shift_jis"),
    b"-A": (True, "latin-1"),
    b"-B": (True, "iso8859-2"),
    b"-C": (True, "iso8859-3"),
    b"-D": (True, "iso8859-4"),
    b"-L": (True, "iso8859-5"),
    b"-G": (True, "iso8859-6"),
    b"-F": (True, "iso8859-7"),
    b"-H": (True, "iso8859-8"),
    b"-M": (True, "iso8859-9"),
    b"-T": (True, "iso8859-11"),
    b"-b": (True, "iso8859-15"),
    b"$B": (False, "jisx0208"),
    b"$@": (False, "jisx0208"),
    b"$(D": (False, "jisx0212"),
    b"$)C": (True, "euc_kr"),
    b"$)A": (True, "gb18030"),
}
_LEAST_LIKE: Final = 0.5  # share of frequent letters that outweighs a declaration; Chinese by chance has fewer
_FEW_BYTES: Final = 6  # of which two-byte UTF-8 may be made by chance
_ESCAPE: Final = re.compile(rb"\x1b(\$?[()\-]?[@-~])")
_CONTROLS: Final = re.compile("[\x80-\x9f]")
_DELIMITERS: Final = re.compile(rb"(?<=[\\^=\r\n\f\t])")


@dataclass(frozen=True, slots=True)
class Charset:
    """How the texts of one header are read.

    codec   of bytes without escape sequences
    guess   what people call it, where it is not what the header declares; "" where it is
    stated  whether the header declares any character set
    """

    codec: str = "latin-1"
    guess: str = ""
    stated: bool = True

    def text(self, raw: bytes) -> str:
        """What can't be decoded is replaced."""
        if raw.isascii() and b"\x1b" not in raw:
            return raw.decode("ascii")
        return _extended(raw, self.codec) if b"\x1b" in raw else raw.decode(self.codec, "replace")


def charset_of(declared: bytes, texts: Sequence[bytes]) -> Charset:
    """`texts`: all of a header that may hold other than ASCII, the patient's name first.

    The name decides alone where it can, so that all series of a patient are read alike.
    """
    odd = tuple(text for text in texts if not text.isascii() or b"\x1b" in text)
    return _charset(declared.strip(b"\0 "), odd) if odd else Charset()


@lru_cache(maxsize=512)
def _charset(declared: bytes, odd: tuple[bytes, ...]) -> Charset:
    codec = _declared(declared)
    plain = [text for text in odd if b"\x1b" not in text]
    if not plain:
        # Escape sequences say themselves what they switch to.
        fits = b"2022" in declared
        return Charset(codec or "latin-1", "" if fits else _NAMES["iso2022"], bool(declared))
    if codec == "latin-1" and latin_in_place(plain[0]):
        return Charset()
    found = next(filter(None, (_better(codec, text) for text in plain)), "")
    if not found and codec is None:
        found = "latin-1"
    if found and found != codec:
        return Charset(found, _NAMES.get(found, found), bool(declared))
    return Charset(codec or "latin-1")


def _declared(declared: bytes) -> str | None:
    """The codec for bytes without escape sequences; None where none is declared that we know and that has them.

    Of several sets the first is meant (PS3.3 C.12.1.1.2); an empty first one is ASCII, so bytes beyond it belong to
    the next.
    """
    for part in declared.decode("ascii", "replace").split("\\"):
        name = re.sub(r"^ISO[ _-]*(2022)?[ _-]*(IR)?[ _-]*", "", part.strip().upper()) or part.strip().upper()
        codec = _CODECS.get(name.replace("-", "").replace("_", ""))
        if codec is not None and name != "6":
            return codec
    return None


def _better(codec: str | None, text: bytes) -> str:
    """What the bytes show where that is clearer than what is declared; "" where the declaration stands."""
    if _is_utf8(text) and codec not in ("utf-8", "euc_kr", "shift_jis"):
        return "utf-8"
    reads = _reads(text, codec or "latin-1")
    if reads and codec not in (None, "latin-1"):
        return ""
    found = _guessed(text, _LEAST_LIKE if codec and reads else 0.0)
    if found or (reads and codec):
        return found
    if codec != "latin-1" and _decodes(text, "shift_jis") and _is_japanese(text.decode("shift_jis", "ignore")):
        return "shift_jis"
    return next((other for other in ("shift_jis", "gb18030") if not reads and apart(text, other)), "")


def _guessed(text: bytes, least_like: float) -> str:
    """Of bytes that nothing is said of, or nothing that fits. least_like: share of `titled` that is believed"""
    if _is_utf8(text):
        return "utf-8"
    if latin_in_place(text):
        return "latin-1"
    if chinese(text, sure=True):
        return "gb18030"
    if hangul(text):
        return "euc_kr"
    likeness, titles = max((titled(text, codec), codec) for codec in ("iso8859-5", "cp1251", "koi8-r", "iso8859-7"))
    if likeness > least_like:
        return titles
    if traditional(text):
        return "big5"
    if chinese(text, sure=False):
        return "gb18030"
    return ""


def _is_utf8(text: bytes) -> bool:
    """Valid, and no pair of two-byte characters that looks like chance: Chinese in GB18030 may be valid UTF-8."""
    if not _decodes(text, "utf-8"):
        return False
    decoded = text.decode("utf-8", "ignore")
    if any(character > "\u07ff" for character in decoded):
        return True
    return one_script(decoded) and not (len(text) <= _FEW_BYTES and chinese(text, sure=True))


def _reads(text: bytes, codec: str) -> bool:
    """Whether it decodes, and to nothing that no text has: the control characters that Latin-1 has for 80 to 9F."""
    return _decodes(text, codec) and not _CONTROLS.search(text.decode(codec, "ignore"))


def _is_japanese(text: str) -> bool:
    return all(c < "\x80" or "\u3000" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff" for c in text)


def _decodes(text: bytes, codec: str) -> bool:
    """A last character that was cut off by the field's length does no harm."""
    try:
        getincrementaldecoder(codec)().decode(text)
    except UnicodeDecodeError:
        return False
    return True


def _extended(raw: bytes, codec: str) -> str:
    """Text with ISO 2022 escape sequences; after a delimiter the first character set is in force again."""
    pieces: list[str] = []
    g0, g1, at = "", codec, 0
    for escape in (*_ESCAPE.finditer(raw), None):
        piece = raw[at : escape.start() if escape else len(raw)]
        if g0:
            pieces.append(_pairs(piece, b"\x8f" if g0 == "jisx0212" else b""))
        else:
            for number, part in enumerate(_DELIMITERS.split(piece)):
                g1 = codec if number else g1
                pieces.append(part.decode(g1, "replace"))
        if escape is not None:
            at = escape.end()
            into_g1, name = _ESCAPES.get(escape[1], (False, ""))
            g0, g1 = ("", name) if into_g1 else (name, g1)
    return "".join(pieces)


def _pairs(piece: bytes, prefix: bytes) -> str:
    """Seven-bit pairs of a Japanese set, through EUC-JP, which has them with the high bit; control bytes stay."""
    out: list[str] = []
    at = 0
    while at < len(piece):
        pair = piece[at : at + 2]
        if len(pair) == 2 and min(pair) > 0x20:
            out.append((prefix + bytes(byte | 0x80 for byte in pair)).decode("euc_jp", "replace"))
            at += 2
        else:
            out.append(pair[:1].decode("ascii", "replace"))
            at += 1
    return "".join(out)
