"""One reading → a folder: result.json, raw.json, findings.csv, masks, report.pdf, report.png; each whole or not at
all."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from workstation.domain.decision import Reading
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.noted import Noted
from workstation.domain.words import say
from workstation.domain.work import CancelToken, Progress, Reporter, silent
from workstation.report.before_after import write_before_after
from workstation.report.kept_files import write_files
from workstation.report.mask_files import write_masks
from workstation.report.mask_pictures import mask_pictures
from workstation.report.noted_files import drawn_pictures
from workstation.report.paper import Paper
from workstation.report.pictures import write_key_pictures
from workstation.report.result_json import result_json
from workstation.report.tables import findings_csv
from workstation.resources import resource

PDF_STANDARD: Final = "a-2b"
PNG_PPI: Final = 144.0
_FULL: Final = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class Written:
    """The files, the report first; `missing` are the characters that the report's font does not have."""

    paths: tuple[Path, ...]
    missing: str = ""


def write_reading(
    reading: Reading, folder: Path, reporter: Reporter = silent, cancel: CancelToken | None = None
) -> Written:
    """Write every format. raises NO_SPACE, CANNOT_WRITE, Cancelled"""
    cancel = cancel or CancelToken()
    words = say("Writing the report")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        reporter(Progress(0, 3, words))
        geometry, used = reading.geometry, _is_ours(folder)
        data = result_json(reading.result, reading.decisions, geometry, reading.language, reading.signed, reading.noted)
        paths = [
            put(folder / "result.json", json.dumps(data, ensure_ascii=False, indent=2).encode()),
            put(folder / "raw.json", _raw(reading.result.raw).encode(errors="backslashreplace")),  # JSON's own escape
            put(folder / "findings.csv", b"\xef\xbb\xbf" + findings_csv(reading).encode()),
            *write_masks(reading.result.masks, folder),
            *(put(folder / name, content) for name, content in mask_pictures(reading).items()),
            *_write_drawn(reading.noted, folder),
            *write_files(reading.result.files, folder),
        ]
        cancel.check()
        reporter(Progress(1, 3, words))
        printed, missing = print_reading(reading)
        paths = [put(folder / name, content) for name, content in printed.items()] + paths
        if used:
            _drop_further_pages(folder, printed)
    except OSError as error:
        raise _failed(error) from None
    reporter(Progress(3, 3, words))
    return Written(tuple(paths), missing)


def _write_drawn(noted: Noted, folder: Path) -> list[Path]:
    if noted.drawn:
        (folder / "masks").mkdir(exist_ok=True)
    return [put(folder / name, content) for name, content in drawn_pictures(noted)]


def _is_ours(folder: Path) -> bool:
    """Whether an earlier result was written here by this program."""
    try:
        data = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(data, dict) and str(data.get("schema", "")).startswith("yingtai-result/")


def _drop_further_pages(folder: Path, printed: Mapping[str, bytes]) -> None:
    """Pages of a longer report that was here before would be read as parts of this one."""
    for number in count(2):
        page = folder / f"report-{number}.png"
        if page.name in printed:
            continue
        if not page.is_file():
            return
        page.unlink()


def check_writable(folder: Path) -> None:
    """Try it before an analysis is paid for; leaves nothing behind. raises NO_SPACE, CANNOT_WRITE"""
    try:
        there = next(above for above in (folder, *folder.parents) if above.exists())
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        raise _failed(error) from None


def _failed(error: OSError) -> WorkstationError:
    return WorkstationError(ErrorCode.NO_SPACE if error.errno in _FULL else ErrorCode.CANNOT_WRITE)


def print_reading(reading: Reading) -> tuple[dict[str, bytes], str]:
    """`report.pdf` (PDF/A-2b) and `report.png` (the first page; further ones as report-2.png …), and missing glyphs."""
    import typst

    with tempfile.TemporaryDirectory(prefix="yingtai-report-") as name:
        root = Path(name)
        pictures = write_key_pictures(reading, root)
        paper = Paper(reading, pictures, write_before_after(reading, root))
        (root / "report.json").write_text(json.dumps(paper.data(), ensure_ascii=False), encoding="utf-8")
        for template in resource("report").glob("*.typ"):
            shutil.copy(template, root)
        fonts = [str(resource("fonts"))]
        source = str(root / "report.typ")
        timestamp = int(reading.made_at.timestamp())
        pdf = typst.compile(
            source,
            root=str(root),
            font_paths=fonts,
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=PDF_STANDARD,
            timestamp=timestamp,
        )
        pages = typst.compile(
            source, root=str(root), font_paths=fonts, ignore_system_fonts=True, format="png", ppi=PNG_PPI
        )
    listed = pages if isinstance(pages, list) else [pages]
    pngs = {f"report-{n}.png" if n > 1 else "report.png": page for n, page in enumerate(listed, start=1)}
    return {"report.pdf": pdf, **pngs}, "".join(sorted(paper.missing))


def _raw(text: str) -> str:
    """The service's answer, indented where it is JSON, else as it came."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return json.dumps({"text": text}, ensure_ascii=False)


def put(target: Path, content: bytes) -> Path:
    """Write beside it, then put it in place: a full disk leaves the older file whole."""
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        beside.write_bytes(content)
        beside.replace(target)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    return target
