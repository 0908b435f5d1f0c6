"""How a front says no: the documented code, a sentence for the log of the caller, an HTTP status."""

from __future__ import annotations

from typing import Final

# Status of the documented codes (the same code has other numbers in other products; callers go by the code).
RPC_STATUS: Final = {
    "InvalidAccessKeyId.NotFound": 404,
    "UnsupportedHTTPMethod": 403,
    "Timeout": 408,
    "InternalError": 500,
    "ServiceUnavailable": 503,
}
OSS_STATUS: Final = {
    "AccessDenied": 403,
    "InvalidAccessKeyId": 403,
    "SignatureDoesNotMatch": 403,
    "RequestTimeTooSkewed": 403,
    "NoSuchBucket": 404,
    "NoSuchKey": 404,
    "NoSuchUpload": 404,
    "MethodNotAllowed": 405,
    "InvalidRange": 416,
    "InternalError": 500,
    "SlowDown": 503,
    "InsufficientStorage": 507,
}


class RpcRefusal(Exception):
    """An RPC call that is not served; `code` is one of the documented texts."""

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(code)
        self.code, self.message = code, message
        self.status = status if status is not None else RPC_STATUS.get(code, 400)


class OssRefusal(Exception):
    """A request to the object store that is not served."""

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(code)
        self.code, self.message = code, message
        self.status = status if status is not None else OSS_STATUS.get(code, 400)


class NoSpace(Exception):
    """The disk, the quota or a file-size limit leaves no room."""
