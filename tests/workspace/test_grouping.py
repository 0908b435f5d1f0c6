"""Objects stand with the series they refer to; left-out files with others of the same reason."""

from __future__ import annotations

from tests.stacks import chest_ct
from workstation.domain.error import ErrorCode
from workstation.domain.object_words import KIND_WORDS, file_name, kind_words
from workstation.domain.series import FoundObject, LeftOut
from workstation.domain.words import say
from workstation.imaging.dicom.kinds import _KINDS
from workstation.workspace.grouping import by_reason, tied

FIRST, SECOND = chest_ct(name="1.2.3#0"), chest_ct(name="1.2.4#0")


def test_each_object_stands_once_under_the_first_series_it_refers_to() -> None:
    both = FoundObject("a", "seg", ("9.9", "1.2.4", "1.2.3"))
    second, other = FoundObject("b", "seg", ("1.2.4",)), FoundObject("c", "sr", ("1.2.4",))
    stranger = FoundObject("d", "sr", ("9.9",))
    found = tied((FIRST, SECOND), (both, second, other, stranger))

    assert {place: [group.objects for group in groups] for place, groups in found.by_stack.items()} == {
        SECOND.id: [(both, second), (other,)]
    }
    assert [(group.kind, group.objects) for group in found.apart] == [("sr", (stranger,))]


def test_what_series_came_through_is_not_called_untied() -> None:
    index, archive = FoundObject("e", "dicomdir"), FoundObject("f.zip", "archive")
    found = tied((FIRST,), (index, archive))

    assert found.apart == ()
    assert [(str(head.message), len(groups)) for head, groups in found.others] == [("Archives and indices", 2)]


def test_the_rare_reason_comes_first_with_what_can_be_done() -> None:
    note = say("This is not a DICOM file.")
    left = [LeftOut(f"{n}.txt", ErrorCode.NOT_DICOM, note) for n in range(3)]
    groups = by_reason([*left, LeftOut("x.dcm", ErrorCode.NO_CODEC, say("JPEG XL is missing."))])

    assert [len(group.files) for group in groups] == [1, 3]
    assert groups[1].sentence == note
    assert str(groups[0].remedy)


def test_one_reason_with_other_figures_is_one_group_without_a_common_sentence() -> None:
    cut = [LeftOut(f"{n}.dcm", ErrorCode.TRUNCATED, say("{missing} bytes are missing.", missing=n)) for n in (1, 2)]
    (group,) = by_reason(cut)

    assert group.files == tuple(cut)
    assert group.sentence is None


def test_every_kind_that_a_scan_names_has_words() -> None:
    assert {kind for _, kind in _KINDS if kind} | {"archive"} <= set(KIND_WORDS)
    assert str(kind_words("new-kind")) == "new-kind"


def test_a_member_is_named_with_its_archive() -> None:
    assert file_name("/home/x/study.zip!/a/1.dcm") == "study.zip!/a/1.dcm"
    assert file_name("C:\\x\\1.dcm") == "1.dcm"
