"""Reading DetectSkinDisease's answer: probabilities by the Chinese names of diseases.

Names are the keys. Those that are documented are told in the reader's language besides; any other is shown as it is.
Documents that went through PDF hold look-alike characters, so names are compared after Unicode normalisation (NFKC).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

from workstation.catalogue.operation import CallInput, WireAnswer
from workstation.catalogue.pixel_boxes import probability
from workstation.catalogue.wire import bad_answer, opened
from workstation.domain.answer import AnalysisResult, AnswerFinding, AnswerGrid, ServiceAnswer
from workstation.domain.blocks import Bar, BarsBlock, Block
from workstation.domain.finding import worst
from workstation.domain.words import Words, say

CLASSES: Final[Mapping[str, Words]] = {
    "湿疹": say("eczema"),
    "银屑病": say("psoriasis"),
    "寻常痤疮": say("acne vulgaris"),
    "寻常疣": say("common wart"),
    "带状疱疹": say("herpes zoster"),
    "急性荨麻疹": say("acute urticaria"),
    "色素痣": say("melanocytic nevus"),
    "白癜风": say("vitiligo"),
    "红斑狼疮": say("lupus erythematosus"),
    "扁平苔藓": say("lichen planus"),
    "体癣": say("tinea corporis"),
    "甲癣": say("onychomycosis"),
    "花斑癣": say("pityriasis versicolor"),
    "玫瑰糠疹": say("pityriasis rosea"),
    "药物性皮炎": say("drug eruption"),
    "脚癣": say("tinea pedis"),
    "光化性角化病": say("actinic keratosis"),
    "传染性软疣": say("molluscum contagiosum"),
    "斑秃": say("alopecia areata"),
    "天疱疮": say("pemphigus"),
    "皮炎": say("dermatitis"),
    "毛囊炎": say("folliculitis"),
    "单纯疱疹": say("herpes simplex"),
    "结节性痒疹": say("prurigo nodularis"),
    "玫瑰痤疮": say("rosacea"),
    "丘疹性荨麻疹": say("papular urticaria"),
    "水痘": say("varicella"),
    "股癣": say("tinea cruris"),
    "过敏性紫癜": say("allergic purpura"),
    "疥疮": say("scabies"),
    "多形红斑": say("erythema multiforme"),
    "淤积性皮炎": say("stasis dermatitis"),
    "手癣": say("tinea manuum"),
    "毛周角化病": say("keratosis pilaris"),
    "脂溢性皮炎": say("seborrheic dermatitis"),
    "瘢痕疙瘩": say("keloid"),
    "血管瘤": say("hemangioma"),
    "皮赘": say("skin tag"),
    "脂溢性脱发": say("androgenetic (seborrheic) alopecia"),
    "扁平疣": say("flat wart"),
    "皮脂腺囊肿": say("sebaceous cyst"),
    "黄褐斑": say("melasma"),
    "丹毒": say("erysipelas"),
    "头癣": say("tinea capitis"),
    "疖": say("furuncle"),
    "汗管瘤": say("syringoma"),
    "甲周炎": say("paronychia"),
    "白色糠疹": say("pityriasis alba"),
    "皮脂腺痣": say("nevus sebaceus"),
    "鸡眼": say("corn"),
    "脂溢性角化": say("seborrheic keratosis"),
}


def arguments(call: CallInput) -> Mapping[str, str]:
    return {"Url": call.picture, **call.organisation}


def parse(answer: WireAnswer) -> ServiceAnswer:
    """The whole answer → one finding a class, the most probable first. raises BAD_ANSWER, NO_BASIS"""
    root, basis = opened(answer.text, expect_basis=answer.expect_basis)
    results = root.child("Results")
    if results is None or not isinstance(results.value, dict):
        raise bad_answer("Results")
    given = basis.of("Results")
    found: list[AnswerFinding] = []
    for key in results.value:
        name = unicodedata.normalize("NFKC", str(key)).strip()
        found.append(
            AnswerFinding(
                code="skin-class",
                label=words_of(name),
                shapes=(),
                measurements=(),
                confidence=probability(results.required(str(key)), "Results"),
                basis=given,
            )
        )
    found.sort(key=lambda finding: -(finding.confidence or 0.0))
    return ServiceAnswer(
        findings=tuple(found),
        grid=AnswerGrid(),
        basis=worst([basis.everything, *basis.parts.values()]),
        unknown=root.unread(),
    )


def words_of(name: str) -> Words:
    """A class as people read it: its Chinese name, with its translation where it is a documented one."""
    known = CLASSES.get(name)
    return say("{english} ({name})", english=known, name=name) if known is not None else say("{name}", name=name)


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """The classes that came back, with their probabilities."""
    bars = tuple(
        Bar(label=finding.label, share=finding.confidence, text=f"{finding.confidence:.2%}", basis=finding.basis)
        for finding in result.findings
        if finding.confidence is not None
    )
    return (BarsBlock(bars=bars, title=say("Probability by class")),) if bars else ()
