"""Every step from an older settings file is tested by its name, and steps run in order from the file's version."""

from __future__ import annotations

import pytest

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.settings.migrations import (
    MIGRATIONS,
    Migration,
    migrate,
    remember_hands_and_studies,
    remember_looks_of_masks,
)


def untested(migrations: tuple[Migration, ...], names: set[str]) -> list[str]:
    return [step.__name__ for step in migrations if f"test_{step.__name__}" not in names]


def rename_colour(data: dict[str, object]) -> dict[str, object]:
    data["theme"] = data.pop("colour")
    return data


def add_limit(data: dict[str, object]) -> dict[str, object]:
    return data | {"limit": f"after {data['theme']}"}


def test_all_migrations_have_tests() -> None:
    assert untested(MIGRATIONS, set(globals())) == []


def test_a_migration_without_a_test_would_be_found() -> None:
    assert untested((rename_colour,), {"test_add_limit"}) == ["rename_colour"]


def test_steps_run_in_order_from_the_files_version() -> None:
    steps = (rename_colour, add_limit)

    assert migrate({"version": 1, "colour": "dark"}, steps) == {"version": 3, "theme": "dark", "limit": "after dark"}
    assert migrate({"version": 2, "theme": "dark"}, steps) == {"version": 3, "theme": "dark", "limit": "after dark"}
    assert migrate({"version": 3, "theme": "dark"}, steps) == {"version": 3, "theme": "dark"}


def test_the_given_data_is_not_changed() -> None:
    before: dict[str, object] = {"version": 1, "colour": "dark"}
    migrate(before, (rename_colour,))

    assert before == {"version": 1, "colour": "dark"}


def test_a_newer_version_is_refused() -> None:
    with pytest.raises(WorkstationError) as caught:
        migrate({"version": 2}, ())

    assert caught.value.code is ErrorCode.SCHEMA_TOO_NEW


@pytest.mark.parametrize("version", [None, 0, "1", 1.0])
def test_a_file_without_a_version_is_none_of_ours(version: object) -> None:
    with pytest.raises(ValueError, match="version"):
        migrate({"version": version}, ())


def test_remember_hands_and_studies() -> None:
    before: dict[str, object] = {"version": 1, "theme": "light"}

    after = remember_hands_and_studies(before)

    assert after["theme"] == "light"
    assert after["keys"] == {}
    assert (after["narrows_right"], after["lowers_down"]) == (False, False)
    assert (after["layout"], after["recent"], after["reopen"]) == ("", [], False)


def test_remember_looks_of_masks() -> None:
    after = remember_looks_of_masks({"version": 2, "theme": "light"})

    assert after == {"version": 2, "theme": "light", "mask_opacity": 0.35, "mask_outline": False}
