"""A call's business parameters against its row: everything there, nothing unknown, every value allowed."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_DOWN, Decimal
from typing import Final
from urllib.parse import urlsplit

from workstation.localcloud.operations.row import Checked, Kind, Operation, Parameter
from workstation.localcloud.refusal import RpcRefusal

# An address the service would fetch from, or the reason why not.
Reachable = Callable[[str], bool]
_ABOUT_PARAMETERS: Final = frozenset({"MissingParameter", "InvalidParameter", "InvalidParameter.Convert"})
_WHOLE: Final = re.compile(r"-?[0-9]{1,12}")
_DECIMAL: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,17})?")


def check(operation: Operation, given: Mapping[str, str], reachable: Reachable) -> Checked:
    """Take every parameter of the row out of the call. raises RpcRefusal with a code that the product's document has"""
    try:
        return _checked(operation, given, reachable)
    except RpcRefusal as refused:
        wrong = operation.product.wrong
        if wrong is None or refused.code not in _ABOUT_PARAMETERS:
            raise
        code, status = wrong
        raise RpcRefusal(code, refused.message, status) from None


def _checked(operation: Operation, given: Mapping[str, str], reachable: Reachable) -> Checked:
    left = dict(given)
    into = Checked({}, {}, {})
    for parameter in operation.parameters:
        found = _take(parameter, left)
        if not found:
            if parameter.required:
                raise RpcRefusal(parameter.missing, f"The parameter {parameter.wire} is missing.")
            continue
        checked = tuple(_check_value(parameter, value, reachable) for value in found)
        if parameter.kind is Kind.ADDRESS:
            into.addresses[parameter.name] = checked
        elif parameter.items is not None:
            into.lists[parameter.name] = checked
        else:
            into.values[parameter.name] = checked[0]
    if left:
        raise RpcRefusal("InvalidParameter", f"The parameter {_printable(min(left))} is not known to this action.")
    operation.rule(into)
    return into


def _take(parameter: Parameter, left: dict[str, str]) -> list[str]:
    if parameter.items is None:
        return [left.pop(parameter.wire)] if parameter.wire in left else []
    before, after = parameter.wire.split("N")
    pattern = re.compile(re.escape(before) + "([1-9][0-9]{0,5})" + re.escape(after))
    numbers = sorted(int(match[1]) for name in left if (match := pattern.fullmatch(name)))
    if numbers != list(range(1, len(numbers) + 1)):
        raise RpcRefusal("InvalidParameter", f"{parameter.wire} must count from 1 without holes.")
    least, most = parameter.items
    if numbers and not least <= len(numbers) <= most:
        raise RpcRefusal("InvalidParameter", f"{parameter.wire} has {len(numbers)} items; {least} to {most} may be.")
    return [left.pop(f"{before}{number}{after}") for number in numbers]


def _check_value(parameter: Parameter, value: str, reachable: Reachable) -> str:
    if not value.strip():
        code = parameter.missing if parameter.required else "InvalidParameter"
        raise RpcRefusal(code, f"The parameter {parameter.wire} is empty.")
    if parameter.values and value not in parameter.values:
        raise RpcRefusal("InvalidParameter", f"{parameter.wire} must be one of {', '.join(parameter.values)}.")
    if parameter.shorter_than is not None and len(value) >= parameter.shorter_than:
        raise RpcRefusal("InvalidParameter", f"{parameter.wire} must be shorter than {parameter.shorter_than}.")
    if parameter.kind in (Kind.DECIMAL, Kind.WHOLE):
        return _check_number(parameter, value)
    if parameter.kind is Kind.ADDRESS:
        _check_address(parameter, value, reachable)
    if parameter.kind is Kind.DATA:
        _check_data(parameter, value)
    return value


def _check_data(parameter: Parameter, value: str) -> None:
    try:
        base64.b64decode(value, validate=True)
    except ValueError:
        raise RpcRefusal("InvalidParameter.Convert", f"{parameter.wire} must be Base64.") from None


def _check_number(parameter: Parameter, value: str) -> str:
    if not (_DECIMAL if parameter.kind is Kind.DECIMAL else _WHOLE).fullmatch(value):
        kind = "a decimal number" if parameter.kind is Kind.DECIMAL else "an integer"
        raise RpcRefusal("InvalidParameter.Convert", f"{parameter.wire} must be {kind}.")
    number = Decimal(value)
    if parameter.decimals is not None:
        number = number.quantize(Decimal(1).scaleb(-parameter.decimals), ROUND_DOWN)
    above, most = parameter.above, parameter.most
    if (above is not None and not number > Decimal(str(above))) or (most is not None and Decimal(value) > most):
        raise RpcRefusal("InvalidParameter", f"{parameter.wire} must be above {above} and at most {most}.")
    return str(number)


def _check_address(parameter: Parameter, value: str, reachable: Reachable) -> None:
    if not value.isascii() or not value.isprintable() or " " in value:
        raise RpcRefusal("IllegalUrlParameter", f"{parameter.wire} may hold no Chinese characters or blanks.")
    try:
        parts = urlsplit(value)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and bool(parts.path.strip("/"))
        whole = whole and parts.username is None and (parts.port is None or parts.port > 0)
    except ValueError:
        whole = False
    if not whole:
        raise RpcRefusal("IllegalUrlParameter", f"{parameter.wire} must be a whole HTTP(S) address.")
    if not reachable(value):
        raise RpcRefusal("InvalidImage.Region", f"{parameter.wire} must lie in this service's object store.")


def _printable(name: str) -> str:
    return re.sub(r"[^\x21-\x7e]", "?", name)[:60]
