"""What a service's error answer means: its code text first, the HTTP status only where there is no code.

The same code comes with different status numbers from different products, so the number decides nothing by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.faults import FAULTS
from workstation.domain.words import Fact

_C = ErrorCode
_INPUT_NUMBER: Final = re.compile(r"\b42[1-6]\b")

# Families of codes that gateways send beyond the documents' tables; `Throttling.Api` belongs to `Throttling`.
_FAMILIES: Final[Mapping[str, ErrorCode]] = MappingProxyType(
    {
        "Throttling": _C.THROTTLED,
        "InvalidTimeStamp": _C.CLOCK_WRONG,
        "IllegalTimestamp": _C.CLOCK_WRONG,
        "IncompleteSignature": _C.WRONG_SIGNATURE,
        "SignatureDoesNotMatch": _C.WRONG_SIGNATURE,
        "InvalidAccessKeyId": _C.WRONG_KEY,
        "InvalidAccessKeySecret": _C.WRONG_SIGNATURE,
        "MissingSecurityToken": _C.WRONG_KEY,
        "InvalidSecurityToken": _C.WRONG_KEY,
        "Forbidden": _C.FORBIDDEN,
        "NoPermission": _C.FORBIDDEN,
        "InvalidApi": _C.NOT_ACTIVATED,
        "InvalidAction": _C.NOT_ACTIVATED,
        "InvalidVersion": _C.NOT_ACTIVATED,
        "InternalError": _C.SERVICE_FAILED,
        "ServiceUnavailable": _C.SERVICE_FAILED,
        "InvalidParameter": _C.REFUSED_INPUT,
        "InvalidImage": _C.REFUSED_INPUT,
        "InvalidFile": _C.REFUSED_INPUT,
        "MissingParameter": _C.REFUSED,
    }
)

# The object store's own codes; the general sentences of `ErrorCode` say them.
_STORE: Final[Mapping[str, ErrorCode]] = MappingProxyType(
    {
        "AccessDenied": _C.FORBIDDEN,
        "NoSuchBucket": _C.NO_BUCKET,
        "InvalidBucketName": _C.NO_BUCKET,
        "InvalidAccessKeyId": _C.WRONG_KEY,
        "InvalidSecurityToken": _C.WRONG_KEY,
        "SecurityTokenExpired": _C.WRONG_KEY,
        "SignatureDoesNotMatch": _C.WRONG_SIGNATURE,
        "RequestTimeTooSkewed": _C.CLOCK_WRONG,
        "InvalidDigest": _C.UPLOAD_DAMAGED,
        "BadDigest": _C.UPLOAD_DAMAGED,
        "IncompleteBody": _C.UPLOAD_DAMAGED,
        "InvalidPart": _C.UPLOAD_DAMAGED,
        "NoSuchUpload": _C.UPLOAD_DAMAGED,
        "EntityTooLarge": _C.REFUSED_INPUT,
        "UserDisable": _C.IN_DEBT,
        "NoSuchKey": _C.LINK_EXPIRED,
        "ServiceUnavailable": _C.THROTTLED,
        "SlowDown": _C.THROTTLED,
        "InternalError": _C.SERVICE_FAILED,
    }
)


def is_documented(code: str) -> bool:
    """Whether the documents say what the code means, so that the call's outcome is known."""
    return code in FAULTS or _family(code) is not None


def meaning(code: str, http_status: int, message: str = "", request_id: str = "") -> WorkstationError:
    """The error behind an RPC error answer.

    code     its `Code`, empty when it has none
    message  read only to tell 421–426 apart, never kept: it may repeat what was sent
    returns  with the facts `vendor_code` and, where known, `request_id`
    """
    key = _input_number(code, http_status, message) or code
    fault = FAULTS.get(key)
    if fault:
        return _error(fault.code, key, request_id)
    return _error(_family(code) or _by_status(http_status), code or f"HTTP {http_status}", request_id)


def job_meaning(code: str, message: str = "", request_id: str = "") -> WorkstationError:
    """The error behind a job that failed; JOB_FAILED where no document explains its `ErrorCode`. Facts as above."""
    key = _input_number(code, 0, message) or code
    fault = FAULTS.get(key)
    return _error(fault.code if fault else _C.JOB_FAILED, key, request_id)


def store_meaning(code: str, http_status: int, message: str = "", request_id: str = "") -> WorkstationError:
    """The error behind an object store's answer; the same facts, or `cause` where the store's code is too vague."""
    if _is_wrong_region(code, message):
        return WorkstationError(_C.NO_BUCKET, cause="wrong-region", vendor_code=code, request_id=request_id)
    return _error(_STORE.get(code) or _by_status(http_status), code or f"HTTP {http_status}", request_id)


def _error(code: ErrorCode, vendor_code: str, request_id: str) -> WorkstationError:
    facts: dict[str, Fact] = {"vendor_code": vendor_code}
    if request_id:
        facts["request_id"] = request_id
    return WorkstationError(code, **facts)


def _input_number(code: str, http_status: int, message: str) -> str:
    """421–426 come behind `InvalidParameter`, as the HTTP status or inside the text: the documents leave it open."""
    if code.split(".")[0] not in ("InvalidParameter", str(http_status)):
        return ""
    if 421 <= http_status <= 426:
        return str(http_status)
    found = _INPUT_NUMBER.search(message)
    return found.group() if found and code == "InvalidParameter" else ""


def _family(code: str) -> ErrorCode | None:
    return _FAMILIES.get(code.split(".")[0]) if code else None


def _by_status(http_status: int) -> ErrorCode:
    match http_status:
        case 429:
            return _C.THROTTLED
        case 401 | 403:
            return _C.FORBIDDEN
        case 408:
            return _C.TIMED_OUT
    return _C.SERVICE_FAILED if http_status >= 500 else _C.REFUSED


def _is_wrong_region(code: str, message: str) -> bool:
    text = message.lower()
    if code == "AccessDenied":
        return "must be addressed using the specified endpoint" in text
    return code in ("InvalidArgument", "AuthorizationHeaderMalformed") and "region" in text
