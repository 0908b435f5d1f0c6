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
    "湿疹": say("eczema (湿疹)"),
    "银屑病": say("psoriasis (银屑病)"),
    "寻常痤疮": say("acne vulgaris (寻常痤疮)"),
    "寻常疣": say("common wart (寻常疣)"),
    "带状疱疹": say("herpes zoster (带状疱疹)"),
    "急性荨麻疹": say("acute urticaria (急性荨麻疹)"),
    "色素痣": say("melanocytic nevus (色素痣)"),
    "白癜风": say("vitiligo (白癜风)"),
    "红斑狼疮": say("lupus erythematosus (红斑狼疮)"),
    "扁平苔藓": say("lichen planus (扁平苔藓)"),
    "体癣": say("tinea corporis (体癣)"),
    "甲癣": say("onychomycosis (甲癣)"),
    "花斑癣": say("pityriasis versicolor (花斑癣)"),
    "玫瑰糠疹": say("pityriasis rosea (玫瑰糠疹)"),
    "药物性皮炎": say("drug eruption (药物性皮炎)"),
    "脚癣": say("tinea pedis (脚癣)"),
    "光化性角化病": say("actinic keratosis (光化性角化病)"),
    "传染性软疣": say("molluscum contagiosum (传染性软疣)"),
    "斑秃": say("alopecia areata (斑秃)"),
    "天疱疮": say("pemphigus (天疱疮)"),
    "皮炎": say("dermatitis (皮炎)"),
    "毛囊炎": say("folliculitis (毛囊炎)"),
    "单纯疱疹": say("herpes simplex (单纯疱疹)"),
    "结节性痒疹": say("prurigo nodularis (结节性痒疹)"),
    "玫瑰痤疮": say("rosacea (玫瑰痤疮)"),
    "丘疹性荨麻疹": say("papular urticaria (丘疹性荨麻疹)"),
    "水痘": say("varicella (水痘)"),
    "股癣": say("tinea cruris (股癣)"),
    "过敏性紫癜": say("allergic purpura (过敏性紫癜)"),
    "疥疮": say("scabies (疥疮)"),
    "多形红斑": say("erythema multiforme (多形红斑)"),
    "淤积性皮炎": say("stasis dermatitis (淤积性皮炎)"),
    "手癣": say("tinea manuum (手癣)"),
    "毛周角化病": say("keratosis pilaris (毛周角化病)"),
    "脂溢性皮炎": say("seborrheic dermatitis (脂溢性皮炎)"),
    "瘢痕疙瘩": say("keloid (瘢痕疙瘩)"),
    "血管瘤": say("hemangioma (血管瘤)"),
    "皮赘": say("skin tag (皮赘)"),
    "脂溢性脱发": say("androgenetic (seborrheic) alopecia (脂溢性脱发)"),
    "扁平疣": say("flat wart (扁平疣)"),
    "皮脂腺囊肿": say("sebaceous cyst (皮脂腺囊肿)"),
    "黄褐斑": say("melasma (黄褐斑)"),
    "丹毒": say("erysipelas (丹毒)"),
    "头癣": say("tinea capitis (头癣)"),
    "疖": say("furuncle (疖)"),
    "汗管瘤": say("syringoma (汗管瘤)"),
    "甲周炎": say("paronychia (甲周炎)"),
    "白色糠疹": say("pityriasis alba (白色糠疹)"),
    "皮脂腺痣": say("nevus sebaceus (皮脂腺痣)"),
    "鸡眼": say("corn (鸡眼)"),
    "脂溢性角化": say("seborrheic keratosis (脂溢性角化)"),
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
    return CLASSES.get(name, say("{name}", name=name))


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """The classes that came back, with their probabilities."""
    bars = tuple(
        Bar(label=finding.label, share=finding.confidence, text=f"{finding.confidence:.2%}", basis=finding.basis)
        for finding in result.findings
        if finding.confidence is not None
    )
    return (BarsBlock(bars=bars, title=say("Probability by class")),) if bars else ()
