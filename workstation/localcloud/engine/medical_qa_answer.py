"""RunMedQA and FeedbackSession: the documented order of questions, and a report of what was answered.

Nothing here knows medicine: predictions, shares and boxes are made up, in the documented shape.
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from workstation.localcloud.engine.asked import Analysis, Answer, BadInput, File

FORMATS: Final = frozenset({"JPEG", "PNG", "BMP"})
LARGEST_BYTES: Final = 3 * 1024**2
MORE_THAN_PX: Final = 256
LESS_THAN_PX: Final = 2048
_SIMULATED: Final[Answer] = {"all": "simulated", "parts": {}}
_NAMES: Final = ("模拟病种甲", "模拟病种乙", "模拟病种丙")


@dataclass(frozen=True, slots=True)
class Step:
    """One question. `options` only for a choice."""

    kind: str
    question: str
    type: str = "text"
    options: tuple[str, ...] = ()


STEPS: Final = (
    Step("chiefComplaint", "请描述一下您的病情？"),
    Step("age", "你好，还需要你补充些其他信息，年龄多大了？"),
    Step("bodyParts", "哪些部位有皮损？", "multiple", ("头面部", "颈部", "躯干", "上肢", "下肢", "手足", "全身")),
    Step("symptoms", "皮损有什么感觉？", "multiple", ("瘙痒", "疼痛", "灼热", "渗液", "脱屑", "无")),
    Step(
        "complications",
        "是否有以下伴随情况？",
        "multiple",
        ("发烧", "呼吸困难", "关节疼痛", "腹泻", "头痛", "无"),
    ),
    Step("diseaseCourse", "持续多长时间了？", "single", ("一周以内", "一周到一个月", "一个月到半年", "半年以上")),
    Step("diseaseHistory", "以前得过哪些疾病？"),
    Step("medications", "用过哪些药物？"),
    Step("allegries", "对哪些药物或食物过敏？"),
    Step("images", ""),
)
_PLACE: Final = {step.kind: place for place, step in enumerate(STEPS)}


def run_med_qa(asked: Analysis) -> Answer:
    """One turn: the next question, or after the pictures the report. raises BadInput"""
    talk, kind = asked.talk, asked.parameters["QuestionType"]
    if talk is None:
        raise BadInput("InvalidParameter", "a dialogue is needed")
    answered = {**talk.answers, kind: asked.lists.get("AnswerTextList", ())}
    expected = next((step.kind for step in STEPS if step.kind not in talk.answers), "reports")
    if kind not in (*talk.answers, expected):
        raise BadInput("InvalidParameter", f"QuestionType {expected} is asked now")
    said: Answer = {"SessionId": talk.session, "YingtaiBasis": _SIMULATED}
    following = next((step for step in STEPS if step.kind not in answered), None)
    if kind == "images":
        sizes = [_size(content) for content in _pictures(asked)]
        return said | {"QuestionType": "images", "AnswerType": "text", "Reports": _report(answered, sizes)}
    if following is None:
        return said | {"QuestionType": "reports", "AnswerType": "text"}
    said |= {"QuestionType": following.kind, "AnswerType": following.type}
    if following.question:
        said["Question"] = following.question
    if following.options:
        said["Options"] = list(following.options)
    return said


def feedback_session(asked: Analysis) -> Answer:
    """Taken, and not kept."""
    return {"YingtaiBasis": _SIMULATED}


def _pictures(asked: Analysis) -> Iterator[bytes]:
    """Addresses win over data. raises BadInput"""
    files: tuple[File, ...] = asked.files.get("AnswerImageURLList", ())
    if files:
        for file in files:
            yield file if isinstance(file, bytes) else file.read_bytes()
        return
    for text in asked.lists.get("AnswerImageDataList", ()):
        content = base64.b64decode(text)
        if len(content) > LARGEST_BYTES:
            raise BadInput("InvalidParameter.TooLarge", f"a picture is larger than {LARGEST_BYTES} bytes")
        yield content


def _size(content: bytes) -> tuple[int, int]:
    """(width, height) of a picture that is as documented. raises BadInput"""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as picture:
            width, height = picture.size
            if picture.format not in FORMATS:
                raise BadInput("InvalidImage.Content", "a picture is not JPEG, PNG or BMP")
            if min(width, height) <= MORE_THAN_PX or max(width, height) >= LESS_THAN_PX:
                allowed = f"more than {MORE_THAN_PX} and less than {LESS_THAN_PX}"
                raise BadInput("InvalidImage.Resolution", f"a picture must have {allowed} pixels each way")
            picture.load()
    except UnidentifiedImageError:
        raise BadInput("InvalidImage.Content", "a picture is not JPEG, PNG or BMP") from None
    except (OSError, ValueError, Image.DecompressionBombError):
        raise BadInput("InvalidImage.Decode", "a picture can not be decoded") from None
    return width, height


def _report(answered: dict[str, tuple[str, ...]], sizes: list[tuple[int, int]]) -> Answer:
    told = [step.kind for step in STEPS if step.kind not in ("chiefComplaint", "images")]
    width, height = sizes[0]
    return {
        **{kind: list(answered.get(kind, ())) for kind in told},
        "images": [f"{number}" for number, _ in enumerate(sizes, start=1)],
        "diagResults": list(_NAMES),
        "diagProb": _shares(answered),
        # One object where the table promises an array, as in the documents' sample.
        "bbox": {
            "x1": round(width * 0.25),
            "y1": round(height * 0.25),
            "x2": round(width * 0.75),
            "y2": round(height * 0.75),
            "score": 0.5,
        },
    }


def _shares(answered: dict[str, tuple[str, ...]]) -> dict[str, float]:
    """Three shares that add up to one, the same for the same answers."""
    seed = hashlib.sha256(repr(sorted(answered.items())).encode()).digest()
    weights = sorted((1 + byte for byte in seed[: len(_NAMES)]), reverse=True)
    shares = [round(weight / sum(weights), 4) for weight in weights]
    return dict(zip(_NAMES, shares, strict=True))
