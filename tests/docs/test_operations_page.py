"""The page of the operations is the catalogue's."""

from __future__ import annotations

from tests.journeys.program import ROOT
from workstation.catalogue import OPERATIONS
from workstation.cli.catalogue_page import operations_page

PAGE = ROOT / "docs" / "operations.md"


def test_the_page_of_the_operations_is_that_of_the_catalogue() -> None:
    """`make docs` makes it anew."""
    assert PAGE.read_text(encoding="utf-8") == operations_page(OPERATIONS)
