"""Keys of connections: from the environment, the system's keyring, or a private file where there is none."""

from __future__ import annotations

import json
import logging
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from workstation.domain.credentials import Credentials
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.words import Words, say
from workstation.settings.files import write_private

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

log = logging.getLogger(__name__)
_SERVICE: Final = "yingtai"
_FIELDS: Final = tuple(field.name for field in fields(Credentials))


class SecretStore(Protocol):
    """One place for keys."""

    def read(self, connection: str) -> Credentials | None:
        """None: it has none for this connection."""

    def write(self, connection: str, credentials: Credentials) -> Words:
        """Keep them; says where. raises CANNOT_WRITE, NO_SPACE"""

    def delete(self, connection: str) -> None:
        """Forget them; nothing happens if there are none."""


def variable(connection: str, field: str = "access_key_id") -> str:
    """The environment variable of one key: `YINGTAI_HOSPITAL_A_ACCESS_KEY_ID` for the connection `hospital-a`."""
    return f"YINGTAI_{connection}_{field}".replace("-", "_").upper()


def require(store: SecretStore, connection: str, *, app_key: bool = False) -> Credentials:
    """The keys of a connection; `app_key`: with the gateway's own. raises NO_CREDENTIALS"""
    found = store.read(connection)
    missing = "app_key" if app_key else "access_key_id"
    if found is None or found.empty or not getattr(found, missing):
        raise WorkstationError(ErrorCode.NO_CREDENTIALS, name=connection, variable=variable(connection, missing))
    return found


class EnvironmentSecrets:
    """Variables of this process. Nothing can be kept here."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def read(self, connection: str) -> Credentials | None:
        found = Credentials(**{name: self._environ.get(variable(connection, name), "").strip() for name in _FIELDS})
        return found if found != Credentials() else None


class KeyringSecrets:
    """The system's own: Credential Locker, Keychain, Secret Service."""

    def __init__(self, backend: KeyringBackend) -> None:
        self._backend = backend

    def read(self, connection: str) -> Credentials | None:
        from keyring.errors import KeyringError

        try:
            kept = {name: self._backend.get_password(_SERVICE, f"{connection}/{name}") or "" for name in _FIELDS}
        except KeyringError as error:
            log.warning("the keyring can't be read: %s", type(error).__name__)
            return None
        found = Credentials(**kept)
        return found if found != Credentials() else None

    def write(self, connection: str, credentials: Credentials) -> Words:
        from keyring.errors import KeyringError

        try:
            for name, value in asdict(credentials).items():
                if value:
                    self._backend.set_password(_SERVICE, f"{connection}/{name}", value)
                else:
                    self._forget(connection, name)
        except (KeyringError, OSError) as error:  # Windows answers a value that is too long with an OSError
            log.warning("the keyring can't keep a key: %s", type(error).__name__)
            raise WorkstationError(ErrorCode.CANNOT_WRITE) from None
        return say("The keys are in this system's keyring.")

    def delete(self, connection: str) -> None:
        for name in _FIELDS:
            self._forget(connection, name)

    def _forget(self, connection: str, name: str) -> None:
        from keyring.errors import KeyringError

        try:
            self._backend.delete_password(_SERVICE, f"{connection}/{name}")
        except KeyringError as error:
            log.debug("nothing to delete in the keyring: %s", type(error).__name__)


class FileSecrets:
    """A file that only its owner can read, for systems without a keyring."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, connection: str) -> Credentials | None:
        kept = self._load().get(connection)
        return Credentials(**{name: kept.get(name, "") for name in _FIELDS}) if kept else None

    def write(self, connection: str, credentials: Credentials) -> Words:
        self._save(self._load() | {connection: asdict(credentials)})
        return say("This system has no keyring: the keys are in a file that only you can read.")

    def delete(self, connection: str) -> None:
        kept = self._load()
        if kept.pop(connection, None) is not None:
            self._save(kept)

    def _load(self) -> dict[str, dict[str, str]]:
        try:
            self._close_to_others()
            data = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(data, dict):
            return {}
        return {name: _texts(keys) for name, keys in data.items() if isinstance(keys, dict)}

    def _close_to_others(self) -> None:
        """A copy from a backup may have been made readable for others."""
        if os.name == "posix" and stat.S_IMODE(self._path.stat().st_mode) & 0o077:
            self._path.chmod(0o600)

    def _save(self, kept: Mapping[str, Mapping[str, str]]) -> None:
        write_private(self._path, json.dumps(kept, indent=2) + "\n")


class LayeredSecrets:
    """The environment first, whatever else is kept; then the first place that has them."""

    def __init__(self, environment: EnvironmentSecrets, places: Sequence[SecretStore]) -> None:
        self._environment, self._places = environment, tuple(places)

    def read(self, connection: str) -> Credentials | None:
        given = self._environment.read(connection)
        kept = next((found for place in self._places if (found := place.read(connection))), None)
        if given is None or kept is None:
            return given or kept
        if not given.access_key_id:  # id, secret and token belong together and are never mixed
            given = replace(kept, app_key=given.app_key)
        return given if given.app_key else replace(given, app_key=kept.app_key)

    def write(self, connection: str, credentials: Credentials) -> Words:
        for number, place in enumerate(self._places):
            try:
                where = place.write(connection, credentials)
            except WorkstationError:
                if number == len(self._places) - 1:
                    raise
                continue
            for other in self._places:
                if other is not place:
                    other.delete(connection)
            return where
        raise WorkstationError(ErrorCode.CANNOT_WRITE)

    def delete(self, connection: str) -> None:
        for place in self._places:
            place.delete(connection)


def open_secrets(file: Path, environ: Mapping[str, str] = os.environ) -> LayeredSecrets:
    """The keys of this user on this system. `file` is used where there is no keyring."""
    import keyring

    backend = keyring.get_keyring()
    places: list[SecretStore] = [FileSecrets(file)]
    if _is_real(backend):
        places.insert(0, KeyringSecrets(backend))
    return LayeredSecrets(EnvironmentSecrets(environ), places)


def _is_real(backend: KeyringBackend) -> bool:
    """The `fail` and `null` backends, which a bare system gets, have no positive priority."""
    return float(getattr(backend, "priority", 0)) > 0


def _texts(keys: Mapping[str, object]) -> dict[str, str]:
    return {name: value for name, value in keys.items() if isinstance(value, str)}
