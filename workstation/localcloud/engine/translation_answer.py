"""TranslateMed: a small glossary, word by word. It knows no grammar; what it does not know stays as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from workstation.localcloud.engine.asked import Analysis, Answer

_GLOSSARY: Final = (
    ("新生儿", "neonatal"), ("黄疸", "jaundice"), ("问题", "question"), ("怎么", "how to"), ("治疗", "treat"),
    ("患者", "patient"), ("医生", "doctor"), ("医院", "hospital"), ("检查", "examination"), ("检查所见", "findings"),
    ("结论", "conclusion"), ("印象", "impression"), ("未见", "no"), ("明显", "obvious"), ("异常", "abnormality"),
    ("正常", "normal"), ("左侧", "left"), ("右侧", "right"), ("双侧", "bilateral"), ("左肺", "left lung"),
    ("右肺", "right lung"), ("双肺", "both lungs"), ("上叶", "upper lobe"), ("中叶", "middle lobe"),
    ("下叶", "lower lobe"), ("肺", "lung"), ("肝", "liver"), ("肾", "kidney"), ("脾", "spleen"), ("胰腺", "pancreas"),
    ("心脏", "heart"), ("主动脉", "aorta"), ("脑", "brain"), ("脊柱", "spine"), ("椎体", "vertebral body"),
    ("椎间盘", "disc"), ("肋骨", "rib"), ("骨折", "fracture"), ("膝关节", "knee"), ("髋关节", "hip"),
    ("结节", "nodule"), ("肿块", "mass"), ("囊肿", "cyst"), ("钙化", "calcification"), ("积液", "effusion"),
    ("淋巴结", "lymph node"), ("肿大", "enlarged"), ("炎症", "inflammation"), ("感染", "infection"),
    ("出血", "bleeding"), ("密度", "density"), ("增高", "increased"), ("减低", "decreased"), ("直径", "diameter"),
    ("大小", "size"), ("约", "about"), ("建议", "advise"), ("随访", "follow-up"), ("复查", "re-examination"),
    ("平扫", "plain scan"), ("增强", "contrast"), ("扫描", "scan"), ("图像", "image"), ("病史", "history"),
    ("发热", "fever"), ("咳嗽", "cough"), ("疼痛", "pain"), ("皮肤", "skin"), ("瘙痒", "itching"), ("过敏", "allergy"),
    ("药物", "drug"), ("年龄", "age"), ("男", "male"), ("女", "female"), ("无", "none"), ("有", "has"), ("和", "and"),
    ("的", ""), ("，", ","), ("。", "."), ("；", ";"), ("：", ":"), ("？", "?"),
)  # fmt: skip
_ENGLISH: Final[Mapping[str, str]] = dict(_GLOSSARY)
_CHINESE: Final[Mapping[str, str]] = {english: chinese for chinese, english in _GLOSSARY if english}
_LONGEST_TERM: Final = max(map(len, _ENGLISH))
_LONGEST_PHRASE: Final = max(len(english.split()) for english in _CHINESE)
_UNIT: Final = re.compile(r"[㐀-鿿豈-﫿]|[^\s㐀-鿿豈-﫿]+")
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z'-]*|\d+(?:\.\d+)?|[^\sA-Za-z\d]")
_MARKS: Final = ",.;:?"
TO_ENGLISH: Final = "[Simulated, word by word; not a translation]"
TO_CHINESE: Final = "【模拟，逐词对照，并非翻译】"


def translate_med(asked: Analysis) -> Answer:
    """`Words` counts Chinese characters or English words."""
    text = asked.parameters["Text"]
    if asked.parameters["FromLanguage"] == "zh_CN":
        translated = f"{TO_ENGLISH} {' '.join(filter(None, _into_english(text)))}"
        translated = re.sub(r" ([,.;:?])", r"\1", translated)
    else:
        translated = TO_CHINESE + "".join(_into_chinese(text))
    return {
        "Words": len(_UNIT.findall(text)),
        "Text": translated,
        "YingtaiBasis": {"all": "simulated", "parts": {}},
    }


def _into_english(text: str) -> Iterator[str]:
    """The longest term first; figures and Latin words stay whole."""
    place = 0
    while place < len(text):
        for size in range(min(_LONGEST_TERM, len(text) - place), 0, -1):
            term = text[place : place + size]
            if term in _ENGLISH:
                yield _ENGLISH[term]
                place += size
                break
        else:
            whole = re.compile(r"[\w.%×-]+", re.ASCII).match(text, place)
            yield whole[0] if whole else text[place].strip()
            place += len(whole[0]) if whole else 1


def _into_chinese(text: str) -> Iterator[str]:
    """The longest phrase first; what is not known keeps a blank on either side."""
    words, place = _WORD.findall(text), 0
    while place < len(words):
        for size in range(min(_LONGEST_PHRASE, len(words) - place), 0, -1):
            phrase = " ".join(words[place : place + size]).lower()
            if phrase in _CHINESE:
                yield _CHINESE[phrase]
                place += size
                break
        else:
            yield f" {words[place]} " if words[place] not in _MARKS else words[place]
            place += 1
