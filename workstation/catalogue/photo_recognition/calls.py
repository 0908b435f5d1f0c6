"""What all rows of the image recognition product have in common: product, version, kinds of connection, one picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from workstation.catalogue.limits import Limits, documented, ours
from workstation.catalogue.operation import (
    CallInput,
    ConnectionKind,
    Lifecycle,
    Prices,
    Service,
    WireAnswer,
)
from workstation.domain.answer import ServiceAnswer

KINDS: Final = (ConnectionKind.LOCAL, ConnectionKind.ALIYUN, ConnectionKind.COMPATIBLE)
MEGABYTE: Final = 2**20
TEST_PHASE: Final = Prices()  # what is not in the price list is in a public test phase, free of charge
_NOTHING_SAID: Final = Lifecycle(known=False)  # neither in the document nor looked up since


def recognition(
    action: str,
    arguments: Callable[[CallInput], Mapping[str, str]],
    read: Callable[[WireAnswer], ServiceAnswer],
    *,
    prices: Prices = TEST_PHASE,
    asynchronous: bool = False,
) -> Service:
    return Service(
        source=f"imagerecog.{action}",
        product="imagerecog",
        version="2019-09-30",
        action=action,
        asynchronous=asynchronous,
        kinds=KINDS,
        prices=prices,
        lifecycle=_NOTHING_SAID,
        arguments=arguments,
        read=read,
    )


def photograph(
    forms: tuple[str, ...],
    most_bytes: int,
    *,
    least: int | None = None,
    most: int | None = None,
    color: bool = False,
) -> Limits:
    """Limits of one photograph. `least`, `most`: pixels each way, inclusive; `color`: three channels are demanded."""
    return Limits(
        modality=ours(("XC", "GM", "DMS")),
        slices=documented((1, 1)),
        forms=documented(forms),
        smallest=documented((least, least)) if least is not None else None,
        largest=documented((most, most)) if most is not None else None,
        file_bytes=documented(most_bytes),
        png_color=color,
        whole=False,
    )


def image_url(call: CallInput) -> Mapping[str, str]:
    return {"ImageURL": call.picture}


def plain_url(call: CallInput) -> Mapping[str, str]:
    """Some operations call the same thing otherwise."""
    return {"Url": call.picture}
