"""Keys: the environment wins, the keyring is next, a private file the last; and none of them is ever shown."""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringError, PasswordDeleteError

from workstation.domain.credentials import Credentials
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.settings.secrets import (
    EnvironmentSecrets,
    FileSecrets,
    KeyringSecrets,
    LayeredSecrets,
    require,
    variable,
)

KEYS = Credentials(access_key_id="LTAI5tExample", access_key_secret="very-secret-value", security_token="temporary")
OTHER = Credentials(access_key_id="LTAI5tOther", access_key_secret="other-secret-value")
POSIX = pytest.mark.skipif(os.name != "posix", reason="file modes exist on POSIX only")


class Memory(KeyringBackend):
    """A keyring that forgets at the end of the test."""

    priority = 1.0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


class Locked(Memory):
    """A keyring that its owner did not unlock."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringError("locked: very-secret-value")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringError("locked: very-secret-value")

    def delete_password(self, service: str, username: str) -> None:
        raise KeyringError("locked")


def layered(environ: dict[str, str], *places: KeyringSecrets | FileSecrets) -> LayeredSecrets:
    return LayeredSecrets(EnvironmentSecrets(environ), places)


def test_keys_are_not_shown() -> None:
    assert "very-secret-value" not in f"{KEYS!r} {KEYS}"
    assert "temporary" not in repr(KEYS)
    assert "LTAI5tExample" not in repr(KEYS)


def test_a_connections_name_gives_the_variables() -> None:
    assert variable("hospital-a") == "YINGTAI_HOSPITAL_A_ACCESS_KEY_ID"
    assert variable("local", "app_key") == "YINGTAI_LOCAL_APP_KEY"


def test_what_a_keyring_keeps_comes_back_and_can_be_deleted() -> None:
    backend = Memory()
    store = KeyringSecrets(backend)
    store.write("a", KEYS)
    store.write("b", OTHER)
    back = store.read("a")
    store.delete("a")

    assert back == KEYS
    assert (store.read("a"), store.read("b")) == (None, OTHER)


def test_a_key_that_is_gone_leaves_no_old_part_behind() -> None:
    store = KeyringSecrets(Memory())
    store.write("a", KEYS)
    store.write("a", OTHER)

    assert store.read("a") == OTHER


def test_what_the_file_keeps_comes_back_and_can_be_deleted(tmp_path: Path) -> None:
    store = FileSecrets(tmp_path / "keys.json")
    store.write("a", KEYS)
    store.write("b", OTHER)
    back = store.read("a")
    store.delete("a")
    store.delete("never there")

    assert back == KEYS
    assert (store.read("a"), store.read("b")) == (None, OTHER)


@POSIX
def test_the_file_is_for_its_owner_only_and_is_closed_again(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    store = FileSecrets(file)
    store.write("a", KEYS)
    as_written = stat.S_IMODE(file.stat().st_mode)
    file.chmod(0o644)
    store.read("a")

    assert (as_written, stat.S_IMODE(file.stat().st_mode)) == (0o600, 0o600)


@pytest.mark.parametrize("text", ["", "no", "[1]", '{"a": 1}', '{"a": {"access_key_id": 5}}'])
def test_a_damaged_file_holds_no_keys(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.json").write_text(text)

    assert FileSecrets(tmp_path / "keys.json").read("a") in (None, Credentials())


def test_the_environment_wins_as_a_whole() -> None:
    kept = KeyringSecrets(Memory())
    kept.write("a", KEYS)
    environ = {"YINGTAI_A_ACCESS_KEY_ID": "env-id", "YINGTAI_A_ACCESS_KEY_SECRET": " env-secret\n"}

    assert layered(environ, kept).read("a") == Credentials(access_key_id="env-id", access_key_secret="env-secret")


def test_an_app_key_joins_the_keys_that_are_kept() -> None:
    kept = KeyringSecrets(Memory())
    kept.write("a", OTHER)

    found = layered({"YINGTAI_A_APP_KEY": "app"}, kept).read("a")
    assert found == Credentials(access_key_id="LTAI5tOther", access_key_secret="other-secret-value", app_key="app")


def test_without_a_keyring_the_file_is_used_and_said(tmp_path: Path) -> None:
    store = layered({}, KeyringSecrets(NoKeyring()), FileSecrets(tmp_path / "keys.json"))

    assert "file" in str(store.write("a", KEYS))
    assert store.read("a") == KEYS


def test_a_locked_keyring_does_not_lose_keys_or_tell_them(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = layered({}, KeyringSecrets(Locked()), FileSecrets(tmp_path / "keys.json"))
    with caplog.at_level(logging.DEBUG):
        store.write("a", KEYS)

    assert store.read("a") == KEYS
    assert "very-secret-value" not in caplog.text


def test_keys_move_to_the_place_where_they_were_written_last(tmp_path: Path) -> None:
    file = FileSecrets(tmp_path / "keys.json")
    file.write("a", KEYS)
    store = layered({}, KeyringSecrets(Memory()), file)
    store.write("a", OTHER)

    assert file.read("a") is None
    assert store.read("a") == OTHER


def test_missing_keys_name_the_variable() -> None:
    with pytest.raises(WorkstationError) as caught:
        require(layered({}), "hospital-a")

    assert caught.value.code is ErrorCode.NO_CREDENTIALS
    assert caught.value.facts == {"name": "hospital-a", "variable": "YINGTAI_HOSPITAL_A_ACCESS_KEY_ID"}


def test_a_key_without_its_secret_is_no_key() -> None:
    with pytest.raises(WorkstationError):
        require(layered({"YINGTAI_A_ACCESS_KEY_ID": "id"}), "a")


def test_a_gateway_asks_for_its_own_key() -> None:
    keys = layered({"YINGTAI_A_ACCESS_KEY_ID": "id", "YINGTAI_A_ACCESS_KEY_SECRET": "s"})
    with pytest.raises(WorkstationError) as caught:
        require(keys, "a", app_key=True)

    assert caught.value.facts["variable"] == "YINGTAI_A_APP_KEY"
