"""A call's business parameters against its row: everything there, nothing unknown, every value allowed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Final
from urllib.parse import urlsplit

from workstation.localcloud.operations import Kind, Operation, Parameter
from workstation.localcloud.refusal import RpcRefusal

# An address the service would fetch from, or the reason why not.
Reachable = Callable[[str], bool]
_DECIMAL: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,17})?")


@dataclass(frozen=True, slots=True)
class Checked:
    """Values by name as the engine gets them, and addresses in order by the name of their list."""

    values: dict[str, str]
    addresses: dict[str, tuple[str, ...]]


def check(operation: Operation, given: Mapping[str, str], reachable: Reachable) -> Checked:
    """Take every parameter of the row out of the call. raises RpcRefusal with a documented code"""
    left = dict(given)
    values: dict[str, str] = {}
    addresses: dict[str, tuple[str, ...]] = {}
    for parameter in operation.parameters:
        found = _take(parameter, left)
        if not found:
            if parameter.required:
                raise RpcRefusal("MissingParameter", f"The parameter {parameter.wire} is missing.")
            continue
        checked = tuple(_check_value(parameter, value, reachable) for value in found)
        if parameter.kind is Kind.ADDRESS:
            addresses[parameter.name] = checked
        else:
            values[parameter.name] = checked[0]
    if left:
        raise RpcRefusal("InvalidParameter", f"The parameter {_printable(min(left))} is not known to this action.")
    return Checked(values, addresses)


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
        code = "MissingParameter" if parameter.required else "InvalidParameter"
        raise RpcRefusal(code, f"The parameter {parameter.wire} is empty.")
    if parameter.values and value not in parameter.values:
        raise RpcRefusal("InvalidParameter", f"{parameter.wire} must be one of {', '.join(parameter.values)}.")
    if parameter.shorter_than is not None and len(value) >= parameter.shorter_than:
        raise RpcRefusal("InvalidParameter", f"{parameter.wire} must be shorter than {parameter.shorter_than}.")
    if parameter.kind is Kind.DECIMAL:
        return _check_decimal(parameter, value)
    if parameter.kind is Kind.ADDRESS:
        _check_address(parameter, value, reachable)
    return value


def _check_decimal(parameter: Parameter, value: str) -> str:
    if not _DECIMAL.fullmatch(value):
        raise RpcRefusal("InvalidParameter.Convert", f"{parameter.wire} must be a decimal number.")
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
