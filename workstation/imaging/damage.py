"""One way to call pydicom and the codecs on files of unknown origin: whatever they raise becomes one of our errors."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from workstation.domain.error import ErrorCode, WorkstationError


@contextmanager
def as_error(code: ErrorCode) -> Iterator[None]:
    """raises `code` in place of what a damaged or hostile file makes the libraries raise; the message is dropped

    raises READING_MEMORY too: in a worker it is tried once more with more memory
    """
    from pydicom.errors import BytesLengthException, InvalidDicomError

    try:
        yield
    except FileNotFoundError:
        raise WorkstationError(ErrorCode.NOT_FOUND) from None
    except MemoryError:
        raise WorkstationError(ErrorCode.READING_MEMORY) from None
    except (
        ArithmeticError,
        AssertionError,
        AttributeError,
        BytesLengthException,
        EOFError,
        InvalidDicomError,
        LookupError,
        OSError,
        RuntimeError,
        TypeError,
        ValueError,
        struct.error,
        zlib.error,
    ):
        raise WorkstationError(code) from None
