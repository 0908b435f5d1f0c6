"""What a call costs: by the month's count, and by how many uses of the price list it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workstation.catalogue.chest import ALIYUN_COVID


@pytest.mark.parametrize(
    ("calls_before", "uses", "yuan"),
    [(0, 1, 2.4), (0, 2, 4.8), (0, 0, 0.0), (499, 2, 2.4 + 1.2), (2999, 2, 1.2 + 0.6), (10_000, 2, 1.2)],
)
def test_a_call_costs_as_many_uses_as_it_is_each_at_its_own_tier(calls_before: int, uses: int, yuan: float) -> None:
    service = replace(ALIYUN_COVID, uses=lambda parameters: int(parameters["uses"]))

    assert service.price(calls_before, {"uses": uses}) == pytest.approx(yuan)


def test_a_call_is_one_use_where_nothing_else_is_said() -> None:
    assert ALIYUN_COVID.price(0) == 2.4
