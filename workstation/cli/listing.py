"""What `scan` and `check` say to people: series by study, objects, and what was left out by its reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from workstation.catalogue import operation_named
from workstation.catalogue.check import PLANES, Eligibility, Recommendation
from workstation.catalogue.suits import listed
from workstation.cli.output import Output
from workstation.domain.geometry import Plane
from workstation.domain.object_words import file_name, kind_words, object_name
from workstation.domain.person_name import readable
from workstation.domain.series import ScanResult, Stack
from workstation.domain.series_name import series_name, short_name
from workstation.domain.words import NOTHING, Words, render, say, say_count
from workstation.workspace.grouping import LeftOutGroup, ObjectGroup, by_reason, nobodys, tied
from workstation.workspace.state import PatientGroup, StudyGroup, patients

if TYPE_CHECKING:
    from rich.text import Text

_NAMED: Final = 6  # files named one by one; more are counted
_INDENT: Final = 6


def show_scan(output: Output, result: ScanResult) -> None:
    """One table a study, then objects, then what was left out; the count of all files at the end."""
    listing = _Listing(output)
    bound = tied(result.stacks, result.objects)
    for number, person in enumerate(patients(result.stacks), start=1):
        listing.person(number, person)
        for study in person.studies:
            listing.study(study, {stack.id: bound.by_stack.get(stack.id, ()) for stack in study.stacks})
    for head, groups in bound.others:
        listing.head(head)
        for group in groups:
            listing.objects(group)
    if result.left_out:
        count = len(result.left_out)
        listing.head(say_count("{count} file left out", "{count} files left out", count))
        for reason in by_reason(result.left_out):
            listing.left_out(reason)
    faulty = [found.fault for found in result.objects if found.fault is not None]
    if faulty:
        listing.head(say("Archives and indices that could not be read whole"))
        for reason in by_reason(faulty):
            listing.left_out(reason)
    if result.missing:
        count = len(result.missing)
        listing.head(say_count("{count} file is missing", "{count} files are missing", count))
        for reason in by_reason(result.missing):
            listing.left_out(reason)
    listing.total(result)


def show_check(
    output: Output,
    rows: Sequence[tuple[Stack, tuple[Eligibility, ...]]],
    recommended: Iterable[Recommendation],
) -> None:
    """For each series each operation with every reason, then the series that suits best."""
    listing = _Listing(output)
    names = {stack.id: short_name(stack) for stack, _ in rows}
    for stack, eligibilities in rows:
        listing.head(series_name(stack))
        listing.line(stack.id, style="dim")
        for found in eligibilities:
            listing.eligibility(found, names)
    chosen = tuple(recommended)
    if chosen:
        listing.head(say("Suits best"))
    for one in chosen:
        title = operation_named(one.operation).title
        for stack in one.stacks:
            listing.line(
                say(
                    "{title}: {series} – {reasons}", title=title, series=series_name(stack), reasons=listed(one.reasons)
                )
            )
        if len(one.stacks) > 1:
            listing.line(say("These are equally good; choose with --series."), indent=_INDENT)


class _Listing:
    """Lines of one width: that of the terminal, or as long as they are where nobody looks at them."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._console = output.console
        self._width = self._console.width if self._console.is_terminal else 0

    def person(self, number: int, person: PatientGroup) -> None:
        """By name at a terminal only: what is kept in a file or sent on names nobody."""
        files = nobodys(stack for study in person.studies for stack in study.stacks)
        if files is not NOTHING:
            self.head(files)
            return
        name = " · ".join(filter(None, (readable(person.patient.name), person.patient.id)))
        shown = say("Patient {number}: {name}", number=number, name=name)
        self.head(shown if name and self._console.is_terminal else say("Patient {number}", number=number))

    def study(self, study: StudyGroup, objects: dict[str, tuple[ObjectGroup, ...]]) -> None:
        date = study.info.date
        written = f"{date[:4]}-{date[4:6]}-{date[6:8]}" if len(date) == 8 and date.isdigit() else date
        count = render(say_count("{count} series", "{count} series", len(study.stacks)), self._output.language)
        title = study.info.description or render(say("Study"), self._output.language)
        if nobodys(study.stacks) is NOTHING:
            self.line(" · ".join(filter(None, (title, written, count))), style="bold", indent=0)
        cells = [self._cells(stack) for stack in study.stacks]
        widths = [max(_wide(row[column]) for row in cells) for column in range(len(cells[0]))]
        if self._width:
            rest = sum(widths) - widths[1] + 2 * len(widths)
            widths[1] = min(widths[1], max(16, self._width - rest))
        for stack, row in zip(study.stacks, cells, strict=True):
            self._print(
                "  " + "  ".join(_fitted(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
            )
            self.line(stack.id, style="dim", indent=_INDENT)
            for fact in stack.facts:
                self.line(say("– {sentence}", sentence=fact.sentence), indent=_INDENT)
            for group in objects[stack.id]:
                self.objects(group, indent=_INDENT)

    def _cells(self, stack: Stack) -> tuple[str, ...]:
        language = self._output.language
        number = "" if stack.series_number is None else str(stack.series_number)
        plane = render(PLANES[stack.plane], language) if stack.plane is not Plane.NONE else ""
        size = f"{stack.slices} × {stack.rows} × {stack.columns}"
        spacing = stack.geometry.spacing_zyx if stack.geometry is not None else stack.instances[0].spacing or ()
        if stack.slices == 1:
            spacing = spacing[-2:]
        millimetres = " × ".join(f"{value:.3g}" for value in spacing) + " mm" if spacing else ""
        title = stack.description or render(say("without a name"), language)
        return (number, title, f"{stack.modality} {plane}".strip(), size, millimetres)

    def objects(self, group: ObjectGroup, indent: int = 2) -> None:
        kind = render(kind_words(group.kind), self._output.language)
        called = [render(object_name(found), self._output.language) for found in group.objects[:_NAMED]]
        self.line(f"+ {kind}: {self._some(called, len(group.objects))}", indent=indent)

    def left_out(self, group: LeftOutGroup) -> None:
        language, count = self._output.language, len(group.files)
        shown = group.files[:_NAMED]
        if group.sentence is not None:
            self.line(say("{count} × {sentence}", count=count, sentence=group.sentence))
            self.line(self._some([file_name(left.path) for left in shown], count), indent=_INDENT)
        else:
            for left in shown:
                self.line(f"{file_name(left.path)}: {render(left.sentence, language)}")
            if count > len(shown):
                more = count - len(shown)
                self.line(say_count("and {count} more like this", "and {count} more like these", more), indent=_INDENT)
        remedy = render(group.remedy, language)
        if remedy:
            self.line(remedy, style="dim", indent=_INDENT)

    def _some(self, names: list[str], count: int) -> str:
        told = ", ".join(names)
        if count > len(names):
            more = say_count("and {count} more", "and {count} more", count - len(names))
            told = f"{told}, {render(more, self._output.language)}"
        return told

    def eligibility(self, found: Eligibility, names: dict[str, Words]) -> None:
        title = operation_named(found.operation).title
        self.line(say("{title}: {state}", title=title, state=say("fits") if found.fits else say("does not fit")))
        for reason in found.reasons:
            self.line(say("– {sentence}", sentence=reason.sentence), indent=_INDENT)
        for repair in found.repairs:
            self.line(say("+ {sentence}", sentence=repair.sentence), indent=_INDENT)
        if found.better is not None:
            name = names.get(found.better, say("{text}", text=found.better))
            why = listed(found.better_reason)
            self.line(say("Better: {series} – {reasons}", series=name, reasons=why), indent=_INDENT)

    def total(self, result: ScanResult) -> None:
        self._print("")
        parts = [say_count("{count} file", "{count} files", result.files)]
        if result.members:
            parts.append(say_count("{count} in archives", "{count} in archives", result.members))
        parts += [
            say_count("{count} series", "{count} series", len(result.stacks)),
            say_count("{count} other object", "{count} other objects", len(result.objects)),
            say_count("{count} left out", "{count} left out", len(result.left_out)),
        ]
        self.line(" · ".join(render(part, self._output.language) for part in parts), indent=0)

    def head(self, words: Words) -> None:
        self._print("")
        self.line(words, style="bold", indent=0)

    def line(self, words: Words | str, *, style: str = "", indent: int = 2) -> None:
        """Wrapped within the terminal; what goes on in the next line stands two further in."""
        from rich.text import Text

        text = Text(words if isinstance(words, str) else render(words, self._output.language), style=style)
        if not self._width:
            self._print(Text(" " * indent) + text)
            return
        for number, part in enumerate(text.wrap(self._console, max(20, self._width - indent - 2))):
            part.rstrip()
            self._print(Text(" " * (indent + (2 if number else 0))) + part)

    def _print(self, text: str | Text) -> None:
        self._console.print(text, markup=False, highlight=False)


def _wide(text: str) -> int:
    """Columns of a terminal: a Chinese character takes two."""
    from rich.cells import cell_len

    return cell_len(text)


def _fitted(text: str, width: int) -> str:
    from rich.cells import set_cell_size

    return set_cell_size(text, width) if _wide(text) <= width else set_cell_size(text, width - 1) + "…"
