"""Names for what a photograph shows: no classical method knows them, so all is simulated, in the documents' shape.

Which names come, and how sure, follows from the pixels alone: the same picture has the same answer.
"""

from __future__ import annotations

import json
import uuid
from typing import Final

from workstation.localcloud.engine.asked import Analysis, Answer
from workstation.localcloud.engine.photograph import DEMANDS, Photograph, photograph_of, read

_BASIS: Final[Answer] = {"YingtaiBasis": {"all": "simulated", "parts": {}}}
_TAGS: Final = ("沙发", "床", "家具", "长沙发", "卧室", "人物", "植物", "天空", "杯子", "书本", "桌子", "衣服")
_SCENES: Final = (
    "人物",
    "动物",
    "花",
    "草地",
    "水果",
    "美食",
    "室外",
    "建筑",
    "夜景",
    "天空",
    "街景",
    "海滨",
    "船",
    "其他",
)
_STYLES: Final = (
    "chinese", "watercolor", "cartoon", "real", "standard", "simple", "lively", "colourful", "luxury", "technology",
    "morbidezza", "strong", "simpleelegant", "coolcold", "promotion", "protrude",
)  # fmt: skip
_RUBBISH: Final = (
    ("纸板箱", "可回收垃圾"), ("玻璃杯", "可回收垃圾"), ("充电电池", "有害垃圾"), ("苹果皮", "湿垃圾"),
    ("烟蒂", "干垃圾"),
)  # fmt: skip
_FRUITS: Final = ("橙子", "苹果", "香蕉", "葡萄", "核桃", "草莓", "西瓜", "开心果")
_VEHICLES: Final = ("car", "MPV_mian", "others", "SUV")  # (sic)
_DISHES: Final = (
    ("清蒸鲈鱼", 105), ("鳜鱼", 117), ("清蒸桂花鱼", 112), ("沸腾鱼", 118), ("三菌汤", 208), ("其他类", "UNKNOWN"),
)  # fmt: skip
_LOGOS: Final = (("TV", "优酷英文"), ("trademark", "阿里云"))


def tagging_image(asked: Analysis) -> Answer:
    """raises BadInput"""
    return {"Tags": _tags(photograph_of(asked), _TAGS), **_BASIS}


def recognize_scene(asked: Analysis) -> Answer:
    """raises BadInput"""
    return {"Tags": _tags(photograph_of(asked), _SCENES), **_BASIS}


def recognize_image_style(asked: Analysis) -> Answer:
    """raises BadInput"""
    photograph = photograph_of(asked)
    looks, moods = _STYLES[:5], _STYLES[5:]
    return {"Styles": [_picked(photograph, moods, 0), _picked(photograph, looks, 1)], **_BASIS}


def classify_rubbish(asked: Analysis) -> Answer:
    """raises BadInput"""
    photograph = photograph_of(asked)
    thing, into = _RUBBISH[photograph.digest[0] % len(_RUBBISH)]
    share = _share(photograph, 1)
    element = {"Rubbish": thing, "Category": into, "CategoryScore": share, "RubbishScore": round(share * 0.98, 4)}
    return {"Sensitive": False, "Elements": [element], **_BASIS}


def detect_fruits(asked: Analysis) -> Answer:
    """raises BadInput"""
    photograph = photograph_of(asked)
    left, top, right, bottom = _box(photograph, 2)
    element = {
        "Score": _share(photograph, 1),
        "Box": [left + 0.25, top + 0.25, right - 0.25, bottom - 0.25],
        "Name": _picked(photograph, _FRUITS, 0),
    }
    return {"Elements": [element], **_BASIS}


def recognize_vehicle_type(asked: Analysis) -> Answer:
    """The threshold is the best score. raises BadInput"""
    photograph = photograph_of(asked)
    weights = [1 + photograph.digest[place] ** 2 for place in range(len(_VEHICLES))]
    scores = [round(weight / sum(weights), 4) for weight in weights]
    ranked = sorted(zip(scores, _VEHICLES, strict=True), reverse=True)
    elements = [{"Score": score, "Name": name} for score, name in ranked]
    return {"Elements": elements, "Threshold": ranked[0][0], **_BASIS}


def recognize_food(asked: Analysis) -> Answer:
    """Five at most, the most probable first. raises BadInput"""
    photograph = photograph_of(asked)
    order = sorted(_DISHES, key=lambda dish: photograph.digest[_DISHES.index(dish)])[:5]
    left, dishes = 1.0, []
    for place, (name, calorie) in enumerate(order):
        score = round(left * (0.4 + photograph.digest[10 + place] / 1024), 6)
        left -= score
        dishes.append({"Calorie": calorie, "Score": score, "Category": name})
    return {"TopFives": sorted(dishes, key=lambda dish: -float(str(dish["Score"]))), **_BASIS}


def recognize_logo(asked: Analysis) -> Answer:
    """One task a picture; one object where the table promises an array, as in the document's example.

    raises BadInput
    """
    elements = []
    for file in asked.files["Tasks"]:
        photograph = read(file, DEMANDS[asked.action])
        kind, name = _LOGOS[photograph.digest[0] % len(_LOGOS)]
        left, top, right, bottom = _box(photograph, 1)
        logo = {"Type": kind, "Name": name, "X": left, "Y": top, "W": right - left, "H": bottom - top}
        found = photograph.digest[6] % 4 > 0
        result: dict[str, object] = {
            "Suggestion": "block" if found else "pass",
            "Rate": round(80 + photograph.digest[7] * 19.9 / 255, 2),
            "Label": kind if found else "normal",
        }
        if found:
            result["LogosData"] = logo
        task = "img" + uuid.UUID(bytes=photograph.digest[:16]).hex
        elements.append({"TaskId": task, "Results": result, "ImageURL": "http://internal.invalid/picture"})
    return {"Elements": elements[0] if len(elements) == 1 else elements, **_BASIS}


def tagging_ad_image(asked: Analysis) -> Answer:
    """As a job's result has it: the tags as JSON text, arrays within arrays, `[null]` for no thing. raises BadInput"""
    photograph = photograph_of(asked)
    left, top, right, bottom = _box(photograph, 2)
    person = {
        "category": "human-real-normal",
        "score": _share(photograph, 0),
        "bbox": [top, left, bottom, right],
        "cloth_category": "modern",
        "cloth_category_score": _share(photograph, 1),
    }
    scene = {"category": "gamescreen-gameeffect", "score": _share(photograph, 9)}
    info = {"tagInfo": {"humanInfo": [[person]], "sceneInfo": [[scene]], "objectInfo": [None]}}
    return {"tags": [{"confidence": -1, "value": json.dumps(info)}], **_BASIS}


def _tags(photograph: Photograph, names: tuple[str, ...]) -> list[dict[str, object]]:
    """Five names, the surest first; 0 to 100."""
    order = sorted(names, key=lambda name: photograph.digest[names.index(name)])[:5]
    rates = sorted((5 + photograph.digest[20 + place] % 90 for place in range(5)), reverse=True)
    return [{"Confidence": rate, "Value": name} for rate, name in zip(rates, order, strict=True)]


def _picked(photograph: Photograph, names: tuple[str, ...], place: int) -> str:
    return names[photograph.digest[place] % len(names)]


def _share(photograph: Photograph, place: int) -> float:
    return round(0.5 + photograph.digest[place] / 512, 4)


def _box(photograph: Photograph, place: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom within the picture, at least two pixels each way."""
    shares = [photograph.digest[place + k] / 1024 for k in range(4)]
    left, top = int(shares[0] * photograph.columns), int(shares[1] * photograph.rows)
    right = max(left + 2, photograph.columns - int(shares[2] * photograph.columns))
    bottom = max(top + 2, photograph.rows - int(shares[3] * photograph.rows))
    return left, top, min(right, photograph.columns), min(bottom, photograph.rows)
