"""How `oss2` is used here: larger blocks, no redirects, no password files, errors with a meaning.

This module imports oss2 and requests (0.2 s): import it inside the function that needs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from xml.etree.ElementTree import ParseError

import oss2
import requests
from requests.adapters import HTTPAdapter

from workstation.cloud.http import CONNECT_S, is_loopback, silence_libraries, unreachable
from workstation.cloud.meaning import store_meaning
from workstation.domain.credentials import Credentials
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.words import say

_READ_S: Final = 60.0
_BLOCK_BYTES: Final = 256 * 1024
_CONNECTIONS: Final = 8


class _Adapter(HTTPAdapter):
    """Reads bodies in blocks of 256 KiB instead of 16: fewer turns of the interpreter for each upload."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> Any:
        return super().init_poolmanager(*args, **kwargs, blocksize=_BLOCK_BYTES)


def _keep(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """An `auth` that changes nothing: with none at all, requests would put a .netrc entry over our signature."""
    return request


def open_bucket(endpoint: str, bucket: str, region: str, credentials: Credentials) -> oss2.Bucket:
    """A bucket with V4 signatures and without CRC (pure Python without a compiler; integrity is by Content-MD5).

    raises  BAD_CONNECTION for a name or address that can't be one
    """
    silence_libraries()
    session = oss2.Session(adapter=_Adapter(pool_connections=_CONNECTIONS, pool_maxsize=_CONNECTIONS))
    session.session.trust_env = not is_loopback(endpoint)
    session.session.max_redirects = 0
    session.session.auth = _keep
    if credentials.security_token:
        provider = oss2.StsAuth(
            credentials.access_key_id, credentials.access_key_secret, credentials.security_token, "v4"
        )
    else:
        provider = oss2.AuthV4(credentials.access_key_id, credentials.access_key_secret)
    try:
        return oss2.Bucket(
            provider,
            endpoint,
            bucket,
            session=session,
            connect_timeout=(CONNECT_S, _READ_S),
            enable_crc=False,
            region=region,
            # a host that is not the vendor's has no name for each bucket
            is_path_style=not endpoint.endswith(".aliyuncs.com"),
        )
    except oss2.exceptions.ClientError:
        raise WorkstationError(
            ErrorCode.BAD_CONNECTION, name="bucket", allowed=say("a bucket's name and its storage address")
        ) from None


@contextmanager
def meant() -> Iterator[None]:
    """Turn the errors of oss2 into ours. Their texts repeat addresses and signatures, so none is kept."""
    try:
        yield
    except oss2.exceptions.RequestError as error:
        raise _connection_error(error.exception) from None
    except oss2.exceptions.OssError as error:
        raise store_meaning(error.code, error.status, str(error.message), error.request_id) from None
    except requests.RequestException as error:  # a body that breaks off while oss2 parses it
        raise _connection_error(error) from None
    except (ParseError, RuntimeError):  # no XML, or an element missing: oss2 lets both through
        raise WorkstationError(ErrorCode.BAD_ANSWER, where="storage") from None


def _connection_error(error: Exception) -> WorkstationError:
    if isinstance(error, requests.exceptions.TooManyRedirects):
        return WorkstationError(ErrorCode.REFUSED, vendor_code="HTTP 3xx")
    if isinstance(error, requests.exceptions.ReadTimeout):
        return WorkstationError(ErrorCode.TIMED_OUT)
    return unreachable(error)
