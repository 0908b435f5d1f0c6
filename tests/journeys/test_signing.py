"""From an analysis by command to a signed report, through the program's own desk and over a restart."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest

from tests.journeys.program import Program
from tests.measures import drawn
from workstation.app import App
from workstation.domain.coverage import Coverage, WindowGroup
from workstation.domain.decision import Decision, DecisionState
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.measure import MeasureKind
from workstation.domain.signature import Addendum, OpenPoints, Signed
from workstation.domain.words import Language
from workstation.domain.work import CancelToken, silent
from workstation.workspace.intents import ReportRequest
from workstation.workspace.state import Reader


def test_a_signed_reading_stays_as_it_was_signed(
    program: Program, study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with program.service(truth=study):
        made = program.analyze(study, tmp_path / "draft", "--json")
    assert made.code == 0, made.err
    monkeypatch.setenv("YINGTAI_HOME", str(program.home))
    app = App()
    (stack,) = app.scan([study], silent).stacks
    desk = app.desk()
    (earlier,) = desk.results(stack)
    job, first = earlier.result.job.id, earlier.result.findings[0].id
    now = app.clock.now()
    accepted = Decision(state=DecisionState.ACCEPTED, comment="复查", by="李伟", role="医师", at=now)
    desk.decide(first, accepted)
    desk.readings.look(stack.id, "李伟", Coverage(stack.slices).looked_at(3, WindowGroup.LUNG))
    assert stack.geometry is not None
    length = replace(drawn(MeasureKind.LENGTH, stack.geometry, 3, (5, 5), (25, 5), stack_id=stack.id), at=now)
    desk.put_measure(stack.id, length.id, length)
    signed = Signed(by="李伟", role="医师", at=now)
    points = OpenPoints(slices=stack.slices, unread=stack.slices - 1)
    kept = desk.readings.sign(job, stack.id, signed, {first: accepted}, points)
    added = Addendum(text="已对照旧片。", by="王芳", role="主任", at=now)
    desk.readings.add_addendum(job, added)
    app.close()

    later = App()
    desk = later.desk()
    (again,) = desk.results(stack)
    with pytest.raises(WorkstationError) as refused:
        desk.decide(first, Decision(state=DecisionState.REJECTED, by="李伟", at=now))
    with pytest.raises(WorkstationError) as held:
        desk.put_measure(stack.id, length.id, None)
    later_one = replace(length, id="m2", at=later.clock.now())
    desk.put_measure(stack.id, later_one.id, later_one)
    desk.write_outputs(stack, again.result, tmp_path / "signed", Language.CHINESE, silent)
    stale = ReportRequest(  # from a window that saw nothing of the signature
        stack=stack,
        result=again.result,
        decisions={first: Decision(state=DecisionState.REJECTED, by="王芳", at=now)},
        reader=Reader("王芳"),
        language=Language.CHINESE,
        window=None,
        folder=tmp_path / "stale",
    )
    written = desk.write_report(stale, silent, CancelToken())
    seen = desk.readings.coverage(stack, "李伟")
    later.close()
    text = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "signed" / "report.pdf").pages)
    data = json.loads((tmp_path / "signed" / "result.json").read_text(encoding="utf-8"))

    from_stale = json.loads(next(one for one in written.paths if one.suffix == ".json").read_text(encoding="utf-8"))

    assert [from_stale[part] for part in ("findings", "noted", "signed")] == [
        data[part] for part in ("findings", "noted", "signed")
    ]
    assert earlier.signed is None
    assert again.signed == kept.with_addendum(added)
    assert again.decisions == {first: accepted}
    assert refused.value.code is held.value.code is ErrorCode.READING_SIGNED
    assert seen.seen == {WindowGroup.LUNG: 1 << 3}
    assert "已签署：李伟，医师" in text
    assert "草稿" not in text
    assert "已对照旧片。" in text
    assert data["signed"]["sha256"] == kept.digest
    assert [one["by"] for one in data["addenda"]] == ["王芳"]
    assert [one["at"] for one in data["noted"]["measures"]] == [now.isoformat(timespec="seconds")]
    assert data["noted"]["added_after_signing"] == 1
    assert "有 1 项测量或掩膜是签署之后添加的，不属于本报告。" in text.replace("\n", "")
