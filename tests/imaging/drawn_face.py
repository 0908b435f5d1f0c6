"""A face that nobody has: drawn so that cascades trained on people's faces find it."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter


def drawn_face(side: int = 360) -> Image.Image:
    """A square picture, RGB; the face lies in its middle third."""
    image = Image.new("RGB", (360, 360), (90, 110, 140))
    draw = ImageDraw.Draw(image)
    draw.ellipse((100, 65, 260, 290), fill=(60, 40, 30))
    draw.ellipse((110, 90, 250, 280), fill=(224, 180, 150))
    for eye in (148, 212):
        draw.ellipse((eye - 18, 148, eye + 18, 164), fill=(250, 250, 250))
        draw.ellipse((eye - 9, 147, eye + 9, 165), fill=(30, 20, 20))
        draw.rectangle((eye - 22, 130, eye + 22, 138), fill=(70, 45, 35))
    draw.polygon([(174, 165), (186, 165), (195, 205), (165, 205)], fill=(200, 150, 125))
    draw.ellipse((150, 225, 210, 242), fill=(170, 80, 80))
    return image.filter(ImageFilter.GaussianBlur(3)).resize((side, side))
