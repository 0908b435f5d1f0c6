"""The words and figures of the printed report, rendered in one language: what the Typst template lays out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from workstation.catalogue import operation_named
from workstation.catalogue.operation import NOT_MEDICAL, AnyParameter, Choice, FreeText, InputKind, Parameter
from workstation.catalogue.panels import blocks_of
from workstation.domain.answer import PlacementState
from workstation.domain.block_words import Bases
from workstation.domain.blocks import Block
from workstation.domain.calibrated_area import reading_with_square_mm
from workstation.domain.decision import DecisionState, Reading
from workstation.domain.figures import value_text
from workstation.domain.finding import Basis, Finding
from workstation.domain.own_finding import OWN_READING
from workstation.domain.person_name import readable
from workstation.domain.signature import NOT_INTACT, SIGNATURE_BROKEN
from workstation.domain.words import Words, render, say, say_count
from workstation.report.before_after import BeforeAfter
from workstation.report.block_paper import BlockPaper
from workstation.report.colors import color_of, hex_of
from workstation.report.finding_table import FindingTable, finding_table
from workstation.report.glyphs import writable
from workstation.report.pictures import KeyPicture

Json = dict[str, object]

SIMULATED: Final = "SIMULATED – NOT FOR DIAGNOSIS / 模拟结果 不可用于诊断"
BASES: Final = {
    Basis.VENDOR: say("values of the vendor's service"),
    Basis.READER: say("found and measured by the reader"),
    Basis.ALGORITHM: say("values of a published classical algorithm on this PC"),
    Basis.TRUTH: say("known truth of a test phantom, not an analysis"),
    Basis.SIMULATED: say("simulated values without medical content"),
}
_SEX: Final = {"M": say("male"), "F": say("female"), "O": say("other")}


class Paper:
    """Collects the report's texts; characters without a glyph are gathered in `missing`."""

    def __init__(
        self, reading: Reading, pictures: Sequence[KeyPicture], before_after: BeforeAfter | None = None
    ) -> None:
        self.reading = reading_with_square_mm(reading)
        self.pictures = pictures
        self.before_after = before_after
        self.missing: set[str] = set()

    def data(self) -> Json:
        reading, result = self.reading, self.reading.result
        signed = reading.signed is not None and reading.signed.intact
        title = say("{operation}: report", operation=operation_named(result.operation).title)
        blocks = blocks_of(result)
        table = finding_table(reading, blocks)
        return {
            "language": reading.language.value,
            "program": "Yingtai",
            "watermark": SIMULATED if result.basis is Basis.SIMULATED else "",
            "title": self._words(title),
            "subtitle": self._text(reading.stack.study.institution if reading.stack is not None else ""),
            "state": self._words(self._state()),
            "signed": signed,
            "dates": self._dates(),
            "patient": self._patient(),
            "conclusion": self._words(self._conclusion()),
            "remarks": [self._words(remark) for remark in self._remarks()],
            "warnings": [self._words(warning) for warning in self._warnings()],
            "pictures": [self._picture(picture) for picture in self.pictures],
            "before_after": self._before_after(),
            "findings_title": self._words(say("Findings")) if self._findings_told else "",
            "blocks": self._blocks(blocks, table),
            **self._table(table),
            "none": self._words(result.none_reported) if self._findings_told else "",
            "provenance": [[self._words(name), value] for name, value in self._provenance()],
            "place": self._words(result.placement.sentence),
            "signatures": self._signatures(),
            "addenda": self._addenda(),
            "foot": self._foot(),
        }

    @property
    def _on_series(self) -> bool:
        """Whether something was looked at, in which findings might have been."""
        return operation_named(self.reading.result.operation).input_kind.about_series

    @property
    def _findings_told(self) -> bool:
        """Also that there are none; moving a series looks for none, and so does a reader who only measures."""
        result = self.reading.result
        looked = self._on_series and not result.moving_id and result.operation != OWN_READING
        return bool(result.findings) or looked

    def _before_after(self) -> Json | None:
        made = self.before_after
        if made is None:
            return None
        return {
            "aspect": made.aspect,
            "slice": self._words(say("slice {first}", first=made.slice_index + 1)),
            "rows": [
                {
                    "head": self._words(row.head),
                    "pictures": [
                        {"file": file, "caption": self._words(caption)}
                        for file, caption in zip(row.files, row.captions, strict=True)
                    ],
                }
                for row in made.rows
            ],
        }

    def _words(self, words: Words) -> str:
        return self._text(render(words, self.reading.language))

    def _text(self, text: str) -> str:
        return writable(text, self.missing)

    def _dates(self) -> list[str]:
        if self.reading.stack is None:
            return []
        study = self.reading.stack.study
        lines = []
        if study.date:
            lines.append(self._words(say("Examined {date}", date=day(study.date))))
        if study.accession:
            lines.append(self._words(say("Accession {number}", number=study.accession)))
        return lines

    def _patient(self) -> list[list[str]]:
        stack = self.reading.stack
        if stack is None:
            return []
        patient = stack.patient
        unknown = say("not given")
        who: list[Words | str] = [_SEX[patient.sex]] if patient.sex in _SEX else []
        if patient.age:
            who.append(patient.age.lstrip("0").replace("Y", "") if patient.age.endswith("Y") else patient.age)
        sex_age = " · ".join(self._words(part) if isinstance(part, Words) else part for part in who)
        series = self._words(say_count("{count} slice", "{count} slices", stack.slices))
        if self.reading.result.in_pixels:
            series = self._words(say_count("{count} image", "{count} images", stack.slices))
        elif stack.geometry is not None:
            series = f"{stack.geometry.step:.3g} mm · {series}"
        return [
            [self._words(say("Patient")), self._text(readable(patient.name)) or self._words(unknown)],
            [self._words(say("ID")), self._text(patient.id) or self._words(unknown)],
            [self._words(say("Sex, age")), sex_age or self._words(unknown)],
            [self._words(say("Series")), series],
        ]

    def _conclusion(self) -> Words:
        result = self.reading.result
        if not result.findings and result.operation == OWN_READING:
            return say("Measured and drawn by the reader; nothing was analysed.")
        if not result.findings:
            return result.none_reported if self._on_series else say("Answered by {service}.", service=result.service)
        accepted = self._of(DecisionState.ACCEPTED)
        if accepted:
            largest = max(accepted, key=_size)
            return say_count(
                "{count} finding accepted: {largest}",
                "{count} findings accepted; the largest: {largest}",
                len(accepted),
                largest=self._short(largest),
            )
        if len(self._of(DecisionState.REJECTED)) == len(result.findings):
            return say_count(
                "{count} finding reported by {service}; it was rejected.",
                "{count} findings reported by {service}; all were rejected.",
                len(result.findings),
                service=result.service,
            )
        return say_count(
            "{count} finding reported by {service}; none accepted yet.",
            "{count} findings reported by {service}; none accepted yet.",
            len(result.findings),
            service=result.service,
        )

    def _remarks(self) -> list[Words]:
        if not self.reading.result.findings:
            return []
        told = self.reading.result
        own = sum(finding.own for finding in told.findings)
        remarks = [] if told.reported or not self._on_series or told.operation == OWN_READING else [told.none_reported]
        if own and told.operation != OWN_READING:
            remarks.append(
                say_count("{count} finding is the reader's own.", "{count} findings are the reader's own.", own)
            )
        counts = {state: len(self._of(state)) for state in DecisionState}
        return [
            *remarks,
            say(
                "Accepted {accepted}, rejected {rejected}, undecided {open}.",
                accepted=counts[DecisionState.ACCEPTED],
                rejected=counts[DecisionState.REJECTED],
                open=counts[DecisionState.OPEN],
            ),
        ]

    def _warnings(self) -> list[Words]:
        result = self.reading.result
        warnings = list(result.notes)
        if not operation_named(result.operation).medical:
            warnings.insert(0, NOT_MEDICAL)
        if self.reading.signed is not None and not self.reading.signed.intact:
            warnings.insert(0, NOT_INTACT)
        if later := self.reading.noted.later:
            warnings.append(
                say_count(
                    "{count} measure or mask was added after signing; it is not part of this report.",
                    "{count} measures and masks were added after signing; they are not part of this report.",
                    later,
                )
            )
        if result.basis not in (Basis.VENDOR, Basis.READER):
            warnings.append(say("Research use, not a medical device: {basis}.", basis=BASES[result.basis]))
        stack = self.reading.stack
        if stack is not None and stack.lossy is not None:
            ratio = say("The pictures were compressed with loss, {ratio}:1.", ratio=f"{stack.lossy:.3g}")
            warnings.append(ratio if stack.lossy else say("The pictures were compressed with loss."))
        if result.placement.state is PlacementState.CONTRADICTED and result.findings:
            warnings.append(result.placement.sentence)
        return warnings

    def _of(self, state: DecisionState) -> list[Finding]:
        return [f for f in self.reading.findings if self.reading.decision(f.id).state is state]

    def _short(self, finding: Finding) -> Words:
        size = finding.measurement("diameter")
        if size is None:
            return say("{label}.", label=finding.label)
        return say("{label}, {size} mm.", label=finding.label, size=value_text(size, self.reading.language))

    def _picture(self, picture: KeyPicture) -> Json:
        window, whole = self.reading.window, picture.whole
        return {
            "file": picture.file,
            "mask": picture.marked.mask_file,
            "width": picture.size_pt[0],
            "height": picture.size_pt[1],
            "marks": [{**mark, "text": self._text(str(mark.get("text", "")))} for mark in picture.marked.marks],
            "letters": list(picture.letters),
            "whole": whole,
            "slice": "" if whole else self._words(say("slice {first}", first=picture.slice_index + 1)),
            "window": "" if whole else f"C {window.center:g} W {window.width:g}".replace("-", "−"),
            "captions": self._captions(picture),
        }

    def _captions(self, picture: KeyPicture) -> list[list[str]]:
        """Colour, number and words of each thing that is named below the picture."""
        if picture.whole:
            marked = say("The picture with all that was found on it, numbered as in the table.")
            told = picture.marked.marks or picture.marked.mask_file
            layers = [(color_of(layer.colour), layer.name) for layer in picture.marked.layers]
            layers += [(hex_of(mask.colour), mask.title) for mask in self.reading.noted.drawn]
            named = [[color, "■", self._words(name)] for color, name in layers]
            return [["", "", self._words(marked if told else say("The picture."))], *named]
        found = [[color_of(number), str(number), self._caption(finding)] for number, finding in picture.findings]
        return found + [[color_of(layer.colour), "■", self._words(layer.name)] for layer in picture.marked.layers]

    def _caption(self, finding: Finding) -> str:
        parts = [self._words(finding.label)]
        size, kind = finding.measurement("diameter"), finding.measurement("type")
        if size is not None:
            parts.append(f"{value_text(size, self.reading.language)} mm")
        if kind is not None:
            parts.append(self._text(value_text(kind, self.reading.language)))
        return " · ".join(parts)

    def _blocks(self, blocks: Sequence[Block], table: FindingTable) -> list[Json]:
        paper = BlockPaper(Bases.of(self.reading.result), self.reading.language, self._text)
        noted = self.reading.noted.table() if self.reading.result.in_pixels else None
        told = [block for block in blocks if block is not table.used]
        return [paper.data(block) for block in (*told, *((noted,) if noted is not None else ()))]

    def _table(self, table: FindingTable) -> Json:
        columns = table.columns
        return {
            "heads": [self._text(column.head) for column in columns],
            "right": [column.right for column in columns],
            "rows": [
                {"rejected": rejected, "cells": [self._text(column.cells[place]) for column in columns]}
                for place, rejected in enumerate(table.rejected)
            ],
        }

    def _provenance(self) -> list[tuple[Words, str]]:
        result = self.reading.result
        if result.operation == OWN_READING:
            return [(say("Basis"), self._words(BASES[result.basis])), *self._beside()]
        service = f"{self._words(result.service)} {result.service_version}".rstrip()
        parameters = ", ".join(self._parameter(name, value) for name, value in self._chosen())
        made = f"{result.job.finished:%Y-%m-%d %H:%M} UTC"
        paid = [(say("Cost"), f"¥{result.job.cost_yuan:.2f}")] if result.job.cost_yuan > 0 else []
        return [
            (say("Service"), self._text(service)),
            (say("Analysed"), made),
            (say("Parameters"), parameters or "–"),
            (say("Basis"), self._words(BASES[result.basis])),
            *paid,
            *self._beside(),
        ]

    def _beside(self) -> list[tuple[Words, str]]:
        shown = "; ".join(self._words(one) for one in self.reading.beside)
        return [(say("Read with files of others, not in the pictures here"), shown)] if shown else []

    def _chosen(self) -> Iterator[tuple[str, object]]:
        """Parameters that a person set; what was written or said stands above."""
        operation = operation_named(self.reading.result.operation)
        if operation.input_kind is InputKind.DIALOGUE:
            return
        written = {parameter.name for parameter in operation.parameters if isinstance(parameter, FreeText)}
        for name, value in self.reading.result.parameters.items():
            if name not in written:
                yield name, value

    def _parameter(self, name: str, value: object) -> str:
        """As its form calls it; one that this version does not know keeps its name."""
        for known in operation_named(self.reading.result.operation).parameters:
            if known.name == name:
                return f"{self._words(known.label)} {self._value(known, value)}"
        return self._text(f"{name} {value}")

    def _value(self, parameter: AnyParameter, value: object) -> str:
        if isinstance(parameter, Parameter) and isinstance(value, (int, float)):
            return f"{value:.{parameter.decimals}f}"
        if isinstance(parameter, Choice):
            return next(
                (self._words(words) for sent, words in parameter.values if sent == value), self._text(f"{value}")
            )
        return self._text(f"{value}")

    def _signatures(self) -> list[list[str]]:
        return [
            [self._words(say("Reported by")), self._signature()],
            [self._words(say("Verified by")), ""],
        ]

    def _state(self) -> Words:
        if self.reading.signed is None:
            return say("DRAFT, unsigned")
        return say("signed by {who}", who=self._signature()) if self.reading.signed.intact else SIGNATURE_BROKEN

    def _signature(self) -> str:
        signed = self.reading.signed
        return self._words(_who_when(signed.by, signed.role, signed.at)) if signed is not None else ""

    def _addenda(self) -> list[list[str]]:
        """Who added what when, oldest first."""
        addenda = self.reading.signed.addenda if self.reading.signed is not None else ()
        return [
            [
                self._words(say("Addendum by {who}", who=_who_when(one.by, one.role, one.at))),
                self._text(one.text),
            ]
            for one in addenda
        ]

    def _foot(self) -> str:
        reading = self.reading
        parts = [
            f"Yingtai 影台 {reading.program_version}",
            self._words(say("not a medical device")),
            self._words(say("job {job}", job=reading.result.job.id)),
            f"{reading.made_at:%Y-%m-%d %H:%M} UTC",
        ]
        return " · ".join(parts)


def _who_when(name: str, role: str, at: datetime) -> Words:
    who = say("{name}, {role}", name=name, role=role) if role else name
    return say("{who} · {at} UTC", who=who, at=f"{at.astimezone(UTC):%Y-%m-%d %H:%M}")


def _size(finding: Finding) -> float:
    measured = finding.measurement("diameter")
    return measured.value if measured is not None and isinstance(measured.value, float) else 0.0


def day(text: str) -> str:
    """A DICOM date as people write it; anything else as it is."""
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}" if len(text) == 8 and text.isdigit() else text
