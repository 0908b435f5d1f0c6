"""DetectSkinDisease: three classes with probabilities, simulated: no classical method tells skin diseases apart."""

from __future__ import annotations

from typing import Final

from workstation.localcloud.engine.asked import Analysis, Answer, BadInput
from workstation.localcloud.engine.picture import read_photograph

BELOW_PX: Final = 1280
_CLASSES: Final = ("湿疹", "银屑病", "寻常痤疮", "体癣", "色素痣", "白癜风", "玫瑰糠疹", "血管瘤", "脂溢性角化")


def detect_skin_disease(asked: Analysis) -> Answer:
    """raises BadInput"""
    (file,) = asked.files["Url"]
    picture = read_photograph(file)
    if max(picture.rows, picture.columns) >= BELOW_PX:
        raise BadInput("InvalidImage.Resolution", f"a side has {BELOW_PX} pixels or more")
    digest = bytes.fromhex(picture.sha256)
    names = sorted(_CLASSES, key=lambda name: digest[_CLASSES.index(name)])[:3]
    first = 0.5 + digest[10] / 1024
    second = (1 - first) * (0.5 + digest[11] / 1024)
    shares = (first, second, (1 - first - second) * 0.9)
    results = {name: round(share, 4) for name, share in zip(names, shares, strict=True)}
    return {"Results": results, "YingtaiBasis": {"all": "simulated", "parts": {}}}
