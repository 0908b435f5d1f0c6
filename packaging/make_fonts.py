"""Cut the shipped fonts out of Noto Sans CJK:  python packaging/make_fonts.py FOLDER

FOLDER holds NotoSansCJK-Regular.ttc and NotoSansCJK-Bold.ttc (Debian: fonts-noto-cjk). The regular weight keeps every
ideograph that the simplified Chinese face has, so that rare names can be written; the bold one, used for headings,
keeps those of GB 2312.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

FAMILY = "Noto Sans CJK SC"
TARGET = Path(__file__).parent.parent / "resources" / "fonts"
LETTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x250),  # Latin
    *range(0x370, 0x400),  # Greek
    *range(0x400, 0x460),  # Cyrillic
    *range(0x2000, 0x2070),  # punctuation
    *range(0x2070, 0x20D0),  # superscripts, currency
    *range(0x2100, 0x2300),  # letter-like, fractions, arrows, mathematics
    *range(0x2460, 0x2500),  # enclosed numbers
    *range(0x25A0, 0x2700),  # shapes, symbols
    *range(0x3000, 0x3040),  # CJK punctuation
    *range(0xFE30, 0xFE50),
    *range(0xFF00, 0xFFF0),  # full width forms
)
IDEOGRAPHS = ((0x2E80, 0x2FE0), (0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x33480))


def is_ideograph(code: int) -> bool:
    return any(low <= code < high for low, high in IDEOGRAPHS)


def in_gb2312(code: int) -> bool:
    try:
        chr(code).encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def face(collection: Path) -> TTFont:
    return next(font for font in TTCollection(collection).fonts if font["name"].getDebugName(1).startswith(FAMILY))


def cut(source: Path, target: Path, *, everything: bool) -> None:
    font = face(source)
    codes = [code for code in font.getBestCmap() if is_ideograph(code) and (everything or in_gb2312(code))]
    options = subset.Options(
        layout_features=["kern", "ccmp", "locl", "palt"], name_IDs=["*"], hinting=False, notdef_outline=True
    )
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[*LETTERS, *codes])
    subsetter.subset(font)
    rename(font)
    font.save(target)
    if everything:
        write_coverage(font.getBestCmap(), target.parent / "coverage.txt")
    print(f"{target.name}: {len(font.getBestCmap())} characters, {target.stat().st_size / 2**20:.1f} MiB")


def write_coverage(codes: dict[int, str], target: Path) -> None:
    """The characters that the regular weight has, as ranges: the program reads these instead of the font."""
    ranges: list[list[int]] = []
    for code in sorted(codes):
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    target.write_text("".join(f"{low:X}-{high:X}\n" for low, high in ranges), encoding="ascii")


def rename(font: TTFont) -> None:
    """The shipped cut has a name of its own, so that it never mixes with an installed one of another coverage."""
    for record in list(font["name"].names):
        if record.nameID in (1, 3, 4, 6, 16):
            text = record.toUnicode().replace(FAMILY, "Yingtai Sans").replace("NotoSansCJKsc", "YingtaiSans")
            font["name"].setName(text, record.nameID, record.platformID, record.platEncID, record.langID)
    table = font["CFF "].cff
    table.fontNames = [table.fontNames[0].replace("NotoSansCJKsc", "YingtaiSans")]
    top = table.topDictIndex[0]
    for field in ("FullName", "FamilyName"):
        if hasattr(top, field):
            setattr(top, field, getattr(top, field).replace(FAMILY, "Yingtai Sans"))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    TARGET.mkdir(parents=True, exist_ok=True)
    cut(folder / "NotoSansCJK-Regular.ttc", TARGET / "YingtaiSans-Regular.otf", everything=True)
    cut(folder / "NotoSansCJK-Bold.ttc", TARGET / "YingtaiSans-Bold.otf", everything=False)
