"""Cards and consent: what a connection offers for a series, and exactly what would leave this PC."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.stacks import chest_ct
from workstation.catalogue.chest import ALIYUN_NODULES, CALCIUM_SCORE, LUNG_NODULE, RIB_FRACTURE
from workstation.catalogue.operation import ConnectionKind, Lifecycle, LifecycleStatus
from workstation.catalogue.two_series import CT_REGISTRATION
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Patient, Stack, StudyInfo
from workstation.domain.words import Language, Words, render
from workstation.imaging.phantom.make import PhantomOptions, make_phantom
from workstation.imaging.series.scan import scan
from workstation.jobs.consent import vendor_day
from workstation.workspace.cards import CardView, ConsentView, Fit
from workstation.workspace.connections import ConnectionInfo
from workstation.workspace.offers import (
    about,
    cards,
    check_carried,
    consent_view,
    fitting,
    lifecycle_line,
    service_of,
    still_have,
)

BEFORE, AFTER = date(2026, 7, 1), date(2026, 11, 27)
LOCAL = ConnectionInfo(name="local", kind=ConnectionKind.LOCAL)
VENDOR = ConnectionInfo(name="aliyun", kind=ConnectionKind.ALIYUN, bucket="studies", host="oss.example")
CLINIC = ConnectionInfo(name="clinic", kind=ConnectionKind.COMPATIBLE, bucket="studies", host="oss.clinic.example")
GATEWAY = ConnectionInfo(name="showapi", kind=ConnectionKind.SHOWAPI)
ALL = (LOCAL, VENDOR, CLINIC)


def said(words: Words | None) -> str:
    return "" if words is None else render(words, Language.ENGLISH)


def card(stack: Stack, connection: ConnectionInfo, today: date = BEFORE, *others: Stack) -> CardView:
    found = cards(stack, (stack, *others), connection, {"lung-nodule": 2.4}, today, ALL)
    return next(view for view in found if view.operation == "lung-nodule")


def consent(stack: Stack, connection: ConnectionInfo) -> ConsentView:
    service = service_of(LUNG_NODULE, connection, BEFORE, ALL)
    return consent_view(
        stack, LUNG_NODULE, service, connection, cost_yuan=2.4, calls=6, limit_yuan=100, site_code="site-01"
    )


def nodule_fits(fits: tuple[Fit, ...]) -> list[Fit]:
    return [fit for fit in fits if fit.title == LUNG_NODULE.title]


def test_what_the_vendor_withdrew_is_refused_there_and_goes_on_elsewhere() -> None:
    with pytest.raises(WorkstationError) as refused:
        service_of(LUNG_NODULE, VENDOR, AFTER, ALL)

    assert refused.value.code is ErrorCode.WITHDRAWN
    assert refused.value.facts["others"] == "local, clinic"
    assert service_of(LUNG_NODULE, VENDOR, BEFORE, ALL).action == "DetectLungNodule"
    assert service_of(LUNG_NODULE, LOCAL, AFTER, ALL) is service_of(LUNG_NODULE, CLINIC, AFTER, ALL)


def test_a_connection_without_the_service_says_who_has_it() -> None:
    with pytest.raises(WorkstationError) as refused:
        service_of(RIB_FRACTURE, GATEWAY, BEFORE, ALL)

    assert refused.value.code is ErrorCode.NOT_OFFERED
    assert "local" in str(refused.value.facts["others"])


def test_a_series_that_fits_has_a_card_with_its_price() -> None:
    paid, free = card(chest_ct(), CLINIC), card(chest_ct(), LOCAL)

    assert (paid.fits, said(paid.chip), said(paid.cost)) == (True, "fits", "¥2.40 a call")
    assert (free.fits, said(free.cost)) == (True, "Local cloud, free")
    assert free.lifecycle is None


def test_a_gateway_without_room_for_the_slices_says_so_on_the_card_and_before_consent() -> None:
    view = card(chest_ct(), GATEWAY)

    assert (view.fits, said(view.chip)) == (False, "does not fit")
    assert [reason.code for reason in view.reasons] == ["no-room"]
    assert said(view.lifecycle).startswith("A gateway, which states no end")
    assert "Local cloud" in said(view.lifecycle)
    with pytest.raises(WorkstationError) as refused:
        check_carried(LUNG_NODULE, service_of(LUNG_NODULE, GATEWAY, BEFORE, ALL), [chest_ct()])
    assert refused.value.code is ErrorCode.NO_ROOM


def test_a_connection_without_room_is_not_proposed_for_another() -> None:
    have = still_have(LUNG_NODULE, (LOCAL, GATEWAY), BEFORE)
    scored = still_have(CALCIUM_SCORE, (LOCAL, GATEWAY), BEFORE)

    assert (have, scored) == ((LOCAL,), (LOCAL, GATEWAY))


def test_a_series_that_leaves_as_one_file_is_told_so(tmp_path: Path) -> None:
    make_phantom("chest-ct", tmp_path, 1, PhantomOptions(slices=20, size=32, nodules=0))
    (stack,) = scan([tmp_path]).stacks
    service = service_of(CALCIUM_SCORE, GATEWAY, BEFORE, ALL)
    view = consent_view(
        stack, CALCIUM_SCORE, service, GATEWAY, cost_yuan=0, calls=0, limit_yuan=100, site_code="site-01"
    )

    assert said(view.leaves[0]).startswith("One NIfTI file, up to ")
    assert view.tags == ()
    assert not any("attribute" in said(line) for line in view.leaves)
    assert "names no price" in said(view.cost)


def test_a_card_gives_every_reason_at_once() -> None:
    view = card(chest_ct(19, modality="MR"), LOCAL)

    assert (view.fits, said(view.chip)) == (False, "does not fit")
    assert len(view.reasons) >= 2


def test_a_card_says_beforehand_that_an_answer_will_be_made_up() -> None:
    made_up = {
        connection.name: {
            view.operation for view in cards(chest_ct(), (chest_ct(),), connection, {}, BEFORE, ALL) if view.simulated
        }
        for connection in (LOCAL, VENDOR)
    }

    assert {"rib-fracture", "pancreas", "knee-xray"} <= made_up[LOCAL.name]
    assert "lung-nodule" not in made_up[LOCAL.name]
    assert made_up[VENDOR.name] == set()


def test_a_card_names_the_series_that_suits_better() -> None:
    thick = chest_ct(40, step=8.0, name="1.2.4#0")
    thin = chest_ct(200, step=1.0, name="1.2.3#0")
    view = card(thick, LOCAL, BEFORE, thin)

    assert view.better_series == thin.id
    assert said(view.chip) in ("better series", "does not fit")


def test_the_vendors_end_stands_on_its_card_and_on_no_other() -> None:
    ending, ended, own = card(chest_ct(), VENDOR), card(chest_ct(), VENDOR, AFTER), card(chest_ct(), CLINIC, AFTER)

    assert (ending.fits, ending.ending) == (True, True)
    assert "2026-11-26" in said(ending.lifecycle)
    assert (ended.fits, said(ended.chip)) == (False, "withdrawn")
    assert (own.fits, own.lifecycle, own.ending) == (True, None, False)
    assert said(ended.lifecycle) == "The vendor withdrew this on 2026-11-26. Also offered by: Local cloud, clinic"


@pytest.mark.parametrize(
    ("today", "status"),
    [
        (date(2026, 11, 25), LifecycleStatus.ENDING),
        (date(2026, 11, 26), LifecycleStatus.STOPPED),
        (date(2027, 1, 1), LifecycleStatus.STOPPED),
    ],
)
def test_the_day_of_withdrawal_is_the_first_without_the_operation(today: date, status: LifecycleStatus) -> None:
    view = card(chest_ct(), VENDOR, today)

    assert ALIYUN_NODULES.lifecycle.status(today) is status
    assert view.fits is (status is LifecycleStatus.ENDING)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 25, 15, 59, tzinfo=UTC), date(2026, 11, 25)),
        (datetime(2026, 11, 25, 16, 0, tzinfo=UTC), date(2026, 11, 26)),
    ],
)
def test_the_day_is_that_of_the_vendors_region(moment: datetime, day: date) -> None:
    assert vendor_day(moment) == day


@pytest.mark.parametrize(
    ("lifecycle", "says"),
    [
        (Lifecycle(), "The vendor has announced no end of this."),
        (Lifecycle(known=False), "Whether this still exists is not known: its vendor states nothing."),
    ],
)
def test_a_card_says_so_where_the_vendor_names_no_date(lifecycle: Lifecycle, says: str) -> None:
    row = replace(LUNG_NODULE, services=(replace(ALIYUN_NODULES, lifecycle=lifecycle),))

    assert said(lifecycle_line(row, VENDOR, AFTER, ALL).says) == says
    assert still_have(row, ALL, AFTER) == ALL


def test_consent_tells_what_leaves_where_to_and_what_it_costs(stack: Stack) -> None:
    view = consent(stack, CLINIC)
    text = " ".join(map(said, (view.title, view.subtitle, *view.leaves, view.cost, view.deleted)))

    assert view.leaves_pc
    for part in ("20 slices", "clinic", "studies", "site-01", "¥2.40", "call 7", "limit ¥100"):
        assert part in text
    assert view.stays
    assert stack.patient.id
    assert stack.patient.id not in text
    assert not any(part in text for part in stack.patient.name.replace("=", "^").split("^") if part)


def test_no_attribute_that_identifies_is_listed_as_leaving(stack: Stack) -> None:
    names = {line.tag for line in consent(stack, CLINIC).tags}

    assert {"PixelSpacing", "ImagePositionPatient"} <= names
    assert names.isdisjoint({"PatientName", "PatientID", "StudyDate", "InstitutionName", "AccessionNumber"})


def test_nothing_leaves_for_the_local_cloud(stack: Stack) -> None:
    view = consent(stack, LOCAL)

    assert not view.leaves_pc
    assert "nothing leaves" in said(view.title)
    assert said(about(LOCAL)) == "Nothing leaves this PC"
    assert said(about(CLINIC)) == "Bucket studies, oss.clinic.example"


def test_of_each_study_the_series_to_take_is_marked_and_the_others_are_beaten() -> None:
    thick, thin = chest_ct(60, step=5.0, name="1.2.4#0"), chest_ct(300, name="1.2.3#0")
    alone, short = chest_ct(300, name="1.2.5#0", study="9.9"), chest_ct(5, name="1.2.6#0")
    known = fitting((thick, thin, alone, short))

    told = {stack_id: [(fit.best, fit.beaten) for fit in nodule_fits(fits)] for stack_id, fits in known.items()}
    assert told == {thick.id: [(False, True)], thin.id: [(True, False)], alone.id: [(False, False)], short.id: []}
    assert said(nodule_fits(known[thin.id])[0].why) == "300 mm covered, 1 mm, sharp kernel (B60f)"


def test_equal_series_are_neither_the_one_to_take_nor_beaten() -> None:
    known = fitting((chest_ct(name="1.2.3#0"), chest_ct(name="1.2.4#0")))

    assert {(fit.best, fit.beaten) for fits in known.values() for fit in nodule_fits(fits)} == {(False, False)}


def pair_card(stack: Stack, *others: Stack, connection: ConnectionInfo = LOCAL) -> CardView:
    found = cards(stack, (stack, *others), connection, {}, BEFORE, ALL)
    return next(view for view in found if view.operation == "ct-registration")


def test_of_two_series_the_second_one_is_chosen_among_those_of_the_patient() -> None:
    first = chest_ct()
    later = replace(chest_ct(name="1.2.9#0", study="1.2.8"), study=StudyInfo(uid="1.2.8", date="20260401"))
    stranger = replace(chest_ct(name="7.7#0", study="7.1"), patient=Patient(name="OTHER", id="other"))
    view = pair_card(first, later, stranger)

    assert view.fits
    assert (view.second_role, [second.stack_id for second in view.seconds]) == ("floating", [later.id])
    assert said(view.seconds[0].name).startswith("2026-04-01 · ")


def test_without_a_second_series_the_card_says_what_is_missing() -> None:
    stranger = replace(chest_ct(name="7.7#0", study="7.1"), patient=Patient(name="OTHER", id="other"))
    alone, among_others = pair_card(chest_ct()), pair_card(chest_ct(), stranger)

    assert not alone.fits
    assert [said(reason.sentence) for reason in alone.reasons] == [
        "A second series of the same patient is needed: open it, too."
    ]
    assert not among_others.fits
    assert "other patients" in said(among_others.reasons[0].sentence)


def test_what_this_pc_lacks_a_library_for_is_refused_with_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    later = replace(chest_ct(name="1.2.9#0", study="1.2.8"), study=StudyInfo(uid="1.2.8"))
    monkeypatch.setitem(sys.modules, "SimpleITK", None)  # as where it is not installed
    view = pair_card(chest_ct(), later)
    with pytest.raises(WorkstationError) as refused:
        service_of(CT_REGISTRATION, LOCAL, BEFORE, ALL)

    assert not view.fits
    assert "yingtai[registration]" in said(view.reasons[0].sentence)
    assert refused.value.code is ErrorCode.MISSING_EXTRA
    assert service_of(CT_REGISTRATION, CLINIC, BEFORE, ALL)


def test_both_series_stand_in_the_consent(stack: Stack) -> None:
    service = service_of(CT_REGISTRATION, CLINIC, BEFORE, ALL)
    view = consent_view(
        stack, CT_REGISTRATION, service, CLINIC,
        cost_yuan=0, calls=0, limit_yuan=100, site_code="site-01", others=(stack,),
    )  # fmt: skip

    assert "40 slices" in said(view.title)
    assert "40 slices" in said(view.leaves[0])


def test_a_paid_call_without_a_stated_price_is_not_called_free(stack: Stack) -> None:
    later = replace(chest_ct(name="1.2.9#0", study="1.2.8"), study=StudyInfo(uid="1.2.8"))
    service = service_of(CT_REGISTRATION, CLINIC, BEFORE, ALL)
    view = consent_view(
        stack, CT_REGISTRATION, service, CLINIC, cost_yuan=0, calls=0, limit_yuan=100, site_code="x", others=(stack,)
    )

    assert "may cost" in said(pair_card(chest_ct(), later, connection=VENDOR).cost)
    assert "may cost" in said(view.cost)
    assert said(pair_card(chest_ct(), later).cost) == "Local cloud, free"
