"""The printed report: what it says, and what it must never say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from PIL import Image, ImageChops

from tests.report.readings import NOON, finding, reading, result
from workstation.domain.answer import Placement, PlacementState
from workstation.domain.decision import Decision, DecisionState, Reading
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis
from workstation.domain.signature import Addendum, Signed
from workstation.domain.words import Language, say
from workstation.domain.work import CancelToken, silent
from workstation.report.glyphs import writable
from workstation.report.paper import SIMULATED
from workstation.report.write import print_reading, write_reading

Printed = Callable[[Reading], str]
ACCEPTED = Decision(state=DecisionState.ACCEPTED, comment="follow up in 3 months", by="Dr Li", at=NOON)
SIGNED = Signed(by="Dr Li", role="radiologist", at=NOON, digest="ab12")


def text_of(printed: Reading) -> str:
    """All text of the PDF with its line breaks made spaces."""
    files, _ = print_reading(printed)
    return " ".join(
        "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(files["report.pdf"])).pages).split()
    )


def test_a_result_without_findings_says_by_whom_at_which_threshold_and_never_normal() -> None:
    text = text_of(reading(result()))

    assert "None reported by the local cloud at threshold 0.60." in text
    assert "normal" not in text.lower()


def test_an_empty_result_is_not_called_normal_in_chinese() -> None:
    text = text_of(reading(result(), language=Language.CHINESE))

    assert "0.60" in text
    assert not any(word in text for word in ("正常", "未见异常", "阴性"))


def test_a_report_is_a_draft_until_it_is_signed() -> None:
    text = text_of(replace(reading(), signed=SIGNED))

    assert "DRAFT, unsigned" in text_of(reading())
    assert "draft" not in text.lower()
    assert "Dr Li, radiologist · 2026-03-14 12:00 UTC" in text


def test_addenda_stand_below_a_signed_report() -> None:
    added = Addendum(text="Prior of 2024 seen.\nNo growth.", by="Dr Wang", role="chief", at=NOON + timedelta(hours=2))
    text = text_of(replace(reading(language=Language.CHINESE), signed=SIGNED.with_addendum(added)))

    assert text.index("Dr Li") < text.index("Dr Wang，chief · 2026-03-14 14:00 UTC")
    assert "Prior of 2024 seen. No growth." in text


def test_a_report_of_what_was_changed_after_signing_says_so() -> None:
    text = text_of(replace(reading(), signed=replace(SIGNED, intact=False)))

    assert "no longer what was signed" in text
    assert "Signature broken" in text
    assert "signed by Dr Li" not in text


def test_findings_are_told_with_size_confidence_place_and_decision() -> None:
    text = text_of(reading(decisions={"7F3A/1": ACCEPTED}))

    for part in ("Nodule, left lung", "8.4", "0.92", "−120", "accepted: follow up in 3 months", "undecided"):
        assert part in text
    assert "Placement proven" in text
    assert "not a medical device" in text


def test_a_patient_is_named_in_characters_that_can_be_copied() -> None:
    text = text_of(reading(language=Language.CHINESE, name="Zhang^San=张^三"))

    assert "张三" in text or "张 三" in text
    assert "PH-0001" in text
    assert "示例医院" in text


def test_a_character_without_a_glyph_is_reported_and_shown_by_its_code() -> None:
    files, missing = print_reading(reading(name="Zhang^San=张^\U000323af"))
    text = pypdf.PdfReader(BytesIO(files["report.pdf"])).pages[0].extract_text()

    assert missing == "\U000323af"
    assert "[U+323AF]" in text


@pytest.mark.parametrize(
    ("written", "shown", "missing"),
    [
        ("李\ue000明", "李[U+E000]明", "\ue000"),  # private characters, as hospital systems make them for rare names
        ("李\u3000明", "李\u3000明", ""),
        ("李\u2005明", "李\u2005明", ""),
        ("李\x00\u200f明", "李明", ""),
    ],
)
def test_a_name_never_gets_shorter_in_silence(written: str, shown: str, missing: str) -> None:
    found: set[str] = set()
    text = writable(written, found)

    assert "".join(text.split()) == "".join(shown.split())
    assert "".join(found) == missing


def test_simulated_values_are_marked_on_every_page_and_picture() -> None:
    simulated = result(finding(1, basis=Basis.SIMULATED), basis=Basis.SIMULATED)
    marked, _ = print_reading(reading(simulated))
    plain, _ = print_reading(reading(replace(simulated, basis=Basis.ALGORITHM)))
    english, chinese = SIMULATED.split(" / ")
    for page in pypdf.PdfReader(BytesIO(marked["report.pdf"])).pages:
        text = " ".join(page.extract_text().split())
        assert english in text
        assert chinese in text
    difference = ImageChops.difference(opened(marked["report.png"]), opened(plain["report.png"]))

    assert english not in pypdf.PdfReader(BytesIO(plain["report.pdf"])).pages[0].extract_text()
    changed = difference.point(lambda value: 255 if value > 20 else 0).histogram()[255]
    assert changed > 0.01 * difference.width * difference.height


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content)).convert("L")


def test_findings_of_a_contradicted_place_are_listed_and_not_drawn() -> None:
    lost = Placement(PlacementState.CONTRADICTED, say("The answer belongs to another geometry."))
    files, _ = print_reading(reading(replace(result(finding(1)), placement=lost)))
    (page, *_) = pypdf.PdfReader(BytesIO(files["report.pdf"])).pages

    assert len(page.images) == 0
    assert "The answer belongs to another geometry." in " ".join(page.extract_text().split())
    assert "Nodule, left lung" in page.extract_text()


def test_a_rejected_finding_has_no_picture() -> None:
    both, _ = print_reading(reading())
    one, _ = print_reading(reading(decisions={"7F3A/1": Decision(state=DecisionState.REJECTED)}))

    def images(files: dict[str, bytes]) -> int:
        return sum(len(page.images) for page in pypdf.PdfReader(BytesIO(files["report.pdf"])).pages)

    assert (images(both), images(one)) == (2, 1)


def test_the_same_reading_prints_the_same_bytes() -> None:
    assert print_reading(reading())[0] == print_reading(reading())[0]


def test_a_cancelled_report_prints_nothing(tmp_path: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(WorkstationError) as ended:
        write_reading(reading(), tmp_path, silent, cancel)

    assert ended.value.code is ErrorCode.CANCELLED
    assert not (tmp_path / "report.pdf").exists()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WorkstationError) as refused:
        write_reading(reading(), tmp_path / "file")

    assert refused.value.code is ErrorCode.CANNOT_WRITE


def test_findings_that_were_all_rejected_are_said_to_be() -> None:
    rejected = Decision(state=DecisionState.REJECTED)
    every = {f"7F3A/{number}": rejected for number in (1, 2)}

    text = " ".join(text_of(reading(decisions=every)).split())

    assert "2 findings reported by the local cloud; all were rejected." in text
    assert "none accepted yet" not in text


def test_what_a_paid_call_cost_is_told_and_a_free_one_tells_nothing() -> None:
    free = result()
    paid = replace(free, job=replace(free.job, cost_yuan=2.4))

    assert "Cost ¥2.40" in text_of(reading(paid))
    assert "Cost" not in text_of(reading(free))


def test_pages_of_a_longer_report_before_this_one_do_not_stay(tmp_path: Path) -> None:
    many = result(*(finding(number) for number in range(1, 61)))
    write_reading(reading(many), tmp_path)
    longer = {page.name for page in tmp_path.glob("report*.png")}
    write_reading(reading(result(finding(1))), tmp_path)

    assert {"report.png", "report-2.png"} <= longer
    assert [page.name for page in tmp_path.glob("report*.png")] == ["report.png"]


def test_pictures_that_somebody_else_keeps_in_the_folder_stay(tmp_path: Path) -> None:
    (tmp_path / "report-2.png").write_bytes(b"theirs")
    write_reading(reading(result(finding(1))), tmp_path)

    assert (tmp_path / "report-2.png").read_bytes() == b"theirs"


def test_what_files_of_others_showed_is_told_by_name_and_place() -> None:
    shown = say("{object}, placement proven", object=say("{kind} “{name}”", kind=say("Segmentation"), name="Liver"))

    text = text_of(replace(reading(), beside=(shown,)))

    assert "Read with files of others, not in the pictures here Segmentation “Liver”, placement proven" in text
    assert "files of others" not in text_of(reading())


@pytest.mark.parametrize(("times", "told"), [(None, ""), (0.0, "with loss."), (12.5, "with loss, 12.5:1.")])
def test_a_report_says_what_was_lost_in_compression(times: float | None, told: str) -> None:
    told_of = reading()
    assert told_of.stack is not None
    text = text_of(replace(told_of, stack=replace(told_of.stack, lossy=times)))

    assert ("with loss" in text) == bool(told)
    assert told in text
