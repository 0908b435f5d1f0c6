"""A pydicom decoder plugin for JPEG Lossless and 12-bit JPEG through imagecodecs: pydicom's own can't read them.

The names and signatures are what pydicom's `Decoder.add_plugin` asks of a module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydicom import uid

if TYPE_CHECKING:
    from pydicom.pixels.decoders.base import DecodeRunner

_LOSSLESS: Final = (uid.JPEGLossless, uid.JPEGLosslessSV1)
DECODER_DEPENDENCIES = {
    uid.JPEGLossless: ("imagecodecs",),
    uid.JPEGLosslessSV1: ("imagecodecs",),
    uid.JPEGExtended12Bit: ("imagecodecs",),
}


def is_available(transfer_syntax: str) -> bool:
    import importlib.util

    return importlib.util.find_spec("imagecodecs") is not None


def decode_frame(src: bytes, runner: DecodeRunner) -> bytearray:
    """One frame's stored values, samples by pixel. raises ValueError, RuntimeError of the codec"""
    import imagecodecs

    if runner.transfer_syntax in _LOSSLESS:
        pixels = imagecodecs.jpegsof3_decode(src)
    else:
        pixels = imagecodecs.jpeg8_decode(src)
    if pixels.ndim == 3:
        runner.set_option("planar_configuration", 0)
    runner.set_option("bits_allocated", 8 * pixels.dtype.itemsize)
    return bytearray(pixels.tobytes())
