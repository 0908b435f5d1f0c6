"""Drawn photographs whose every pixel is known: what lies on them, and where."""

from __future__ import annotations

import io
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

Rgb = npt.NDArray[np.uint8]  # [row, column, 3]
Mask = npt.NDArray[np.bool_]  # [row, column]
Color = tuple[int, int, int]

SKIN: Final[Color] = (200, 170, 150)
WOUND: Final[Color] = (150, 60, 60)
_FINER: Final = 4  # shapes are drawn so many times larger: half covered pixels are told from whole ones


def overlap(one: Mask, other: Mask) -> float:
    """Intersection over union."""
    return float((one & other).sum() / max(1, (one | other).sum()))


def shape(kind: str, rows: int, columns: int) -> Mask:
    rows_, columns_ = np.mgrid[:rows, :columns]
    y, x = rows_ / rows, columns_ / columns
    if kind == "ellipse":
        return np.asarray(((x - 0.55) / 0.22) ** 2 + ((y - 0.45) / 0.3) ** 2 <= 1)
    if kind == "rectangle":
        return np.asarray((abs(x - 0.4) < 0.18) & (abs(y - 0.5) < 0.2))
    if kind == "ring":
        away = np.hypot(columns_ - columns / 2, rows_ - rows / 2) / min(rows, columns)
        return np.asarray((away < 0.35) & (away > 0.15))
    if kind == "star":
        image = Image.new("L", (columns, rows))
        corners = [(0.5, 0.2), (0.8, 0.8), (0.5, 0.65), (0.2, 0.85)]
        ImageDraw.Draw(image).polygon([(cx * columns, cy * rows) for cx, cy in corners], fill=255)
        return np.asarray(image) > 0
    if kind == "two":
        left = ((x - 0.28) / 0.12) ** 2 + ((y - 0.45) / 0.2) ** 2 <= 1
        return np.asarray(left | ((abs(x - 0.72) < 0.1) & (abs(y - 0.6) < 0.15)))
    raise ValueError(kind)


def photo(mask: Mask, color: Color = WOUND, ground: Color = SKIN, noise: float = 6.0, seed: int = 0) -> Rgb:
    """The shape in one colour on another, lit from the right, with noise of so many gray levels."""
    picture = np.where(mask[..., None], np.array(color, float), np.array(ground, float))
    picture += np.linspace(0, 20, mask.shape[1])[None, :, None]
    picture += np.random.default_rng(seed).normal(0, noise, picture.shape)
    return picture.clip(0, 255).astype(np.uint8)


def portrait(width: int = 200) -> tuple[Rgb, Mask, Mask]:
    """A face that looks at the camera, and masks of face and of hair; `width` of the head, pixels."""
    columns, rows, s, f = 500, 600, float(width), _FINER
    x, y = columns / 2, rows / 2
    image = Image.new("RGB", (columns * f, rows * f), (120, 150, 190))
    draw = ImageDraw.Draw(image)

    def around(cx: float, cy: float, across: float, down: float) -> tuple[float, float, float, float]:
        return (cx - across) * f, (cy - down) * f, (cx + across) * f, (cy + down) * f

    hair, face = around(x, y - 0.12 * s, 0.62 * s, 0.78 * s), around(x, y, 0.46 * s, 0.62 * s)
    draw.ellipse(around(x, y + 1.35 * s, 0.95 * s, 0.55 * s), fill=(60, 70, 110))
    draw.ellipse(hair, fill=(45, 30, 25))
    draw.ellipse(face, fill=(224, 180, 155))
    for side in (-1, 1):
        eye = x + side * 0.19 * s
        draw.ellipse(around(eye, y - 0.10 * s, 0.115 * s, 0.07 * s), fill=(170, 125, 105))
        draw.ellipse(around(eye, y - 0.19 * s, 0.12 * s, 0.025 * s), fill=(60, 40, 30))
        draw.ellipse(around(eye, y - 0.09 * s, 0.085 * s, 0.038 * s), fill=(240, 240, 240))
        draw.ellipse(around(eye, y - 0.09 * s, 0.04 * s, 0.04 * s), fill=(40, 30, 25))
    draw.ellipse(around(x, y + 0.05 * s, 0.05 * s, 0.17 * s), fill=(235, 195, 170))
    draw.ellipse(around(x, y + 0.18 * s, 0.09 * s, 0.035 * s), fill=(190, 140, 120))
    draw.ellipse(around(x, y + 0.36 * s, 0.17 * s, 0.05 * s), fill=(165, 80, 80))
    small = image.resize((columns, rows), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(s / 130))
    picture = np.asarray(small) + np.random.default_rng(0).normal(0, 3, (rows, columns, 3))
    masks = []
    for box in (face, hair):
        drawn = Image.new("L", image.size)
        ImageDraw.Draw(drawn).ellipse(box, fill=255)
        masks.append(np.asarray(drawn.resize((columns, rows), Image.Resampling.BOX)) >= 128)
    return picture.clip(0, 255).astype(np.uint8), masks[0], masks[1] & ~masks[0]


def encoded(picture: npt.NDArray[np.uint8] | Mask, form: str = "PNG") -> bytes:
    """A file of it. A mask becomes white on black."""
    stream = io.BytesIO()
    samples = np.where(picture, 255, 0).astype(np.uint8) if picture.dtype == np.bool_ else picture
    Image.fromarray(samples).save(stream, form, **({"quality": 95} if form == "JPEG" else {}))
    return stream.getvalue()
