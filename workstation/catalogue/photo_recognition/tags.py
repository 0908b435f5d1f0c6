"""TaggingImage and RecognizeScene: names with a confidence of 0 to 100. A name that is not told has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.catalogue.operation import WireAnswer
from workstation.catalogue.photo_recognition.reading import (
    PERCENT,
    answered,
    confidence_bars,
    listed,
    name_at,
    of_hundred,
    told,
)
from workstation.catalogue.wire import opened
from workstation.domain.answer import AnalysisResult, AnswerFinding, ServiceAnswer
from workstation.domain.blocks import Block
from workstation.domain.words import Words, say

NO_NAMES: Final[Mapping[str, Words]] = {}
SCENES: Final[Mapping[str, Words]] = {
    "人物": say("person (人物)"),
    "动物": say("animal (动物)"),
    "狗": say("dog (狗)"),
    "猫": say("cat (猫)"),
    "鱼": say("fish (鱼)"),
    "鸟": say("bird (鸟)"),
    "花": say("flower (花)"),
    "草地": say("grassland (草地)"),
    "蔬菜": say("vegetables (蔬菜)"),
    "植物": say("plant (植物)"),
    "水果": say("fruit (水果)"),
    "餐厅": say("restaurant (餐厅)"),
    "美食": say("fine food (美食)"),
    "聚餐": say("dinner party (聚餐)"),
    "烧烤": say("barbecue (烧烤)"),
    "物品": say("article (物品)"),
    "手机": say("mobile phone (手机)"),
    "显示器": say("monitor (显示器)"),
    "室外": say("outside (室外)"),
    "广场": say("square (广场)"),
    "建筑": say("building (建筑)"),
    "游乐场": say("amusement park (游乐场)"),
    "户外": say("outdoors (户外)"),
    "公路": say("road (公路)"),
    "小河": say("stream (小河)"),
    "山峰": say("mountain peak (山峰)"),
    "夜景": say("night view (夜景)"),
    "天空": say("sky (天空)"),
    "旅行": say("journey (旅行)"),
    "日出": say("sunrise (日出)"),
    "日落": say("sunset (日落)"),
    "树林": say("wood (树林)"),
    "沙滩": say("beach (沙滩)"),
    "沙漠": say("desert (沙漠)"),
    "海滨": say("seaside (海滨)"),
    "湖": say("lake (湖)"),
    "露营": say("camping (露营)"),
    "街景": say("street view (街景)"),
    "街道": say("street (街道)"),
    "运动": say("sport (运动)"),
    "运动场": say("sports ground (运动场)"),
    "婚礼": say("wedding (婚礼)"),
    "演出": say("performance (演出)"),
    "地铁": say("underground railway (地铁)"),
    "汽车": say("car (汽车)"),
    "火车": say("train (火车)"),
    "自行车": say("bicycle (自行车)"),
    "船": say("ship (船)"),
    "飞机": say("aeroplane (飞机)"),
    "其他": say("other (其他)"),
}


def parse_tags(answer: WireAnswer) -> ServiceAnswer:
    """The whole answer → one finding a tag, the most probable first. raises BAD_ANSWER, NO_BASIS"""
    return _parse(answer, "tag", NO_NAMES)


def parse_scenes(answer: WireAnswer) -> ServiceAnswer:
    """The whole answer → one finding a scene, the most probable first. raises BAD_ANSWER, NO_BASIS"""
    return _parse(answer, "scene", SCENES)


def _parse(answer: WireAnswer, code: str, known: Mapping[str, Words]) -> ServiceAnswer:
    root, bases = opened(answer.text, expect_basis=answer.expect_basis)
    findings = [
        AnswerFinding(
            code=code,
            label=told(name_at(tag, "Value"), known),
            shapes=(),
            measurements=(),
            confidence=of_hundred(tag, "Confidence"),
            basis=bases.of(tag.path),
        )
        for tag in listed(root, "Tags")
    ]
    findings.sort(key=lambda finding: -(finding.confidence or 0.0))
    return answered(root, bases, findings)


def tags_panel(result: AnalysisResult) -> tuple[Block, ...]:
    return confidence_bars(result, say("Tags"), PERCENT)


def scenes_panel(result: AnalysisResult) -> tuple[Block, ...]:
    return confidence_bars(result, say("Scenes"), PERCENT)
