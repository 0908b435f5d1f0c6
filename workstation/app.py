"""The composition root: the only place that names implementations, and where window and commands get their parts."""

from __future__ import annotations

import locale
import logging
import os
import sys
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from workstation.bench.command import bench
from workstation.catalogue import job_list
from workstation.catalogue.operation import ConnectionKind
from workstation.catalogue.queries import JOB_QUERY
from workstation.cli import main as commands
from workstation.cli.output import Output
from workstation.domain.credentials import Credentials
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import ScanResult
from workstation.domain.words import Language, Words
from workstation.domain.work import CancelToken, Reporter, SystemClock
from workstation.settings.connection import Connection
from workstation.settings.folders import HOME_VARIABLE, find_folders
from workstation.settings.settings import Settings
from workstation.settings.store import SettingsFile
from workstation.workspace.connections import ConnectionInfo, Opened
from workstation.workspace.desk import Desk
from workstation.workspace.intents import WindowSettings
from workstation.workspace.runs import JobFolders, Runs, Site
from workstation.workspace.state import Reader

if TYPE_CHECKING:
    from workstation.cli.program import Screen
    from workstation.cloud.check import Step
    from workstation.cloud.oss import OssStore
    from workstation.cloud.rpc import RpcClient
    from workstation.cloud.showapi import ShowApiClient
    from workstation.imaging.worker import Barred
    from workstation.localcloud.note import Running
    from workstation.records import Records, ScanIndex
    from workstation.settings.secrets import SecretStore


class App:
    """The whole program for one process; its parts are made when they are first asked for."""

    def __init__(self) -> None:
        self.folders = find_folders()
        self.settings_file = SettingsFile(self.folders.settings_file)
        self.clock = SystemClock()
        self.output = Output(language_of(Settings()))
        self._apart: TemporaryDirectory[str] | None = None
        self._greet()

    def keep_apart(self) -> None:
        """Settings and records of its own from now on, as on a new PC; they are gone when the program ends."""
        self._apart = TemporaryDirectory(ignore_cleanup_errors=True)
        self.folders = find_folders({HOME_VARIABLE: self._apart.name})
        self.settings_file = SettingsFile(self.folders.settings_file)

    def _greet(self) -> None:
        """Speak the language that is set, and say if settings were put aside: only the first to read them knows."""
        try:
            loaded = self.settings_file.load()
        except WorkstationError:
            return  # whoever needs them says so
        self.output.language = language_of(loaded.settings)
        if loaded.notice is not None:
            self.output.error(loaded.notice, as_json=False)

    def settings(self) -> Settings:
        return self.settings_file.load().settings

    @cached_property
    def connections(self) -> CloudConnections:
        return CloudConnections(self)

    @cached_property
    def records(self) -> Records:
        from workstation.records import Records

        self.folders.create()
        return Records(self.folders.data / "records.sqlite")

    @cached_property
    def _desk(self) -> Desk:
        ledger = self.records
        self._keep_quarantine()
        runs = Runs(
            self.connections,
            ledger,
            self.clock,
            JobFolders(work=self.folders.work, results=self.folders.data / "results"),
            self._site,
        )
        port = WindowSettingsPort(self.settings_file)
        return Desk(
            connections=self.connections, ledger=ledger, clock=self.clock, runs=runs, settings=port, scans=self._scans
        )

    def desk(self) -> Desk:
        """The same one until it is closed, as a window does when it goes: the next window has another."""
        made = self.__dict__.get("_desk")
        if made is not None and made.closed:
            del self.__dict__["_desk"], self.__dict__["records"]
        return self._desk

    def screen(self) -> Screen:
        from workstation.ui.screen import QtScreen

        return QtScreen(self.desk)

    def scan(self, paths: Sequence[Path], reporter: Reporter) -> ScanResult:
        from workstation.imaging.index.folder_index import FolderIndex
        from workstation.imaging.series.scan import scan

        self._keep_quarantine()
        return scan(paths, reporter, index=FolderIndex(self._scans) if self._scans is not None else None)

    def forget_scans(self) -> None:
        if self._scans is not None:
            self._scans.clear()

    def _keep_quarantine(self) -> None:
        from workstation.imaging.worker import BARRIER

        BARRIER.keep_in(RecordedQuarantine(self))

    def retry(self) -> None:
        from workstation.imaging.worker import BARRIER

        BARRIER.forget()
        self.records.quarantine.clear()

    @cached_property
    def _scans(self) -> ScanIndex | None:
        """What earlier scans learned; None where nothing can be kept: every file is read then."""
        from workstation.records import ScanIndex

        try:
            return ScanIndex(self.folders.create().data / "scan-index.sqlite")
        except WorkstationError:
            return None

    def _site(self) -> Site:
        settings = self.settings()
        return Site(settings.org_name, settings.org_id, settings.monthly_limit_yuan)

    def add_connection(self, connection: Connection, credentials: Credentials | None) -> Words | None:
        self.folders.create()
        where = self.connections.secrets.write(connection.name, credentials) if credentials is not None else None
        self.settings_file.update(lambda settings: settings.with_connection(connection))
        return where

    def remove_connection(self, name: str) -> None:
        self.settings_file.update(lambda settings: settings.without_connection(name))
        self.connections.secrets.delete(name)

    def test_connection(self, name: str) -> tuple[Step, ...]:
        from workstation.cloud.check import check_connection

        kind = self.settings().connection(name).kind
        service = next(found for found in JOB_QUERY.services if kind in found.kinds)
        client, store, connection = self.connections.clients(name, service.product)
        return check_connection(client, service.poll_call(""), store, connection.key_prefix, CancelToken())

    def serve_local_cloud(
        self,
        *,
        state: Path | None,
        port: int,
        truths: Sequence[Path],
        faults: Path | None,
        record: Path | None,
        owner: int | None,
    ) -> int:
        from workstation.localcloud.serve import serve
        from workstation.localcloud.server import CloudOptions

        folder = state or self.folders.create().localcloud
        options = CloudOptions(state=folder, port=port, truth_dirs=tuple(truths), owner=owner, record=record)
        return serve(options, faults_file=faults)

    def close(self) -> None:
        if "records" in self.__dict__:
            from workstation.imaging.worker import BARRIER

            BARRIER.keep_in(None)
            self.records.close()
        if self.__dict__.get("_scans") is not None:
            self.__dict__["_scans"].close()
        if self._apart is not None:
            self._apart.cleanup()


class RecordedQuarantine:
    """Files that made a reader fail, kept in the records."""

    def __init__(self, app: App) -> None:
        self._app = app

    def barred(self) -> Iterable[Barred]:
        from workstation.imaging.worker import Barred

        for row in self._app.records.quarantine.all():
            with suppress(ValueError):  # a reason that only a newer version of the program has
                yield Barred(row.path, row.bytes, row.changed_ns, ErrorCode(row.code))

    def bar(self, file: Barred) -> None:
        from workstation.records import QuarantineRow

        self._app.records.quarantine.put(
            QuarantineRow(path=file.path, bytes=file.size, changed_ns=file.changed_ns, code=file.code.value)
        )


Clients = tuple["RpcClient | ShowApiClient", "OssStore", Connection]


class CloudConnections:
    """Connections over the network, and the local cloud, which is started or found when it is first needed."""

    def __init__(self, app: App) -> None:
        from workstation.cloud.throttle import Throttle

        self._app = app
        # Polls are at most one a second over all jobs; the vendor lists jobs only every five seconds.
        self._throttle = Throttle(app.clock, {job_list.PRODUCT: 0.2})
        self._opened: dict[tuple[str, str], Clients] = {}
        self._lock = threading.RLock()

    @cached_property
    def secrets(self) -> SecretStore:
        from workstation.settings.secrets import open_secrets

        return open_secrets(self._app.folders.secrets_file)

    def all(self) -> tuple[ConnectionInfo, ...]:
        from workstation.cloud.http import is_loopback

        return tuple(
            ConnectionInfo(
                name=connection.name,
                kind=connection.kind,
                bucket=connection.bucket,
                host=urlsplit(connection.oss_endpoint).hostname or "",
                on_this_pc=is_loopback(connection.oss_endpoint),
            )
            for connection in self._app.settings().connections
        )

    def open(self, name: str, product: str) -> Opened:
        client, store, connection = self.clients(name, product)
        return Opened(store=store, client=client, bucket=connection.bucket, prefix=connection.key_prefix)

    def clients(self, name: str, product: str) -> Clients:
        """raises NO_SUCH_CONNECTION, NO_CREDENTIALS, LOCAL_CLOUD_FAILED"""
        connection = self._app.settings().connection(name)
        with self._lock:
            if connection.kind is ConnectionKind.LOCAL:
                return self._local(connection, product)
            from workstation.settings.secrets import require

            credentials = require(self.secrets, name)
            if connection.kind is ConnectionKind.SHOWAPI:
                require(self.secrets, name, app_key=True)
            known = self._opened.get((name, product))
            if known is None or known[2] != connection:
                known = self._opened[name, product] = self._clients(connection, credentials, product)
            return known

    def _local(self, connection: Connection, product: str) -> Clients:
        """It may have been started anew since the last call, at another port."""
        running = self._running()
        here = connection.at(
            rpc=running.rpc, oss=running.oss, showapi=running.showapi, region=running.region, bucket=running.bucket
        )
        known = self._opened.get((connection.name, product))
        if known is None or known[2] != here:
            credentials = Credentials(
                access_key_id=running.access_key_id,
                access_key_secret=running.access_key_secret,
                app_key=running.app_key,
            )
            known = self._opened[connection.name, product] = self._clients(here, credentials, product)
        return known

    def _running(self) -> Running:
        from workstation.localcloud.starting import ensure_running

        state = self._app.folders.create().localcloud
        owner = os.getpid()
        command = [*own_command(), "localcloud", "--state", str(state), "--owner", str(owner)]
        return ensure_running(state, command, owner)

    def _clients(self, connection: Connection, credentials: Credentials, product: str) -> Clients:
        from workstation.cloud.oss import OssStore

        store = OssStore(
            connection.oss_endpoint, connection.bucket, connection.region, credentials, clock=self._app.clock
        )
        return self._client(connection, credentials, product), store, connection

    def _client(self, connection: Connection, credentials: Credentials, product: str) -> RpcClient | ShowApiClient:
        if connection.kind is ConnectionKind.SHOWAPI:
            from workstation.cloud.showapi import ShowApiClient

            endpoint, source = connection.showapi_endpoint, connection.source_id
            return ShowApiClient(endpoint, credentials, source, self._throttle, self._app.clock)
        from workstation.cloud.rpc import RpcClient

        endpoint = connection.rpc_endpoint(product)
        return RpcClient(endpoint, credentials, connection.signing, self._throttle, self._app.clock)


class WindowSettingsPort:
    """The window's part of the settings file."""

    def __init__(self, file: SettingsFile) -> None:
        self._file = file

    def load(self) -> WindowSettings:
        settings = self._file.load().settings
        return WindowSettings(
            language=language_of(settings),
            theme=settings.theme,
            reader=Reader(settings.reader_name, settings.reader_role),
            site_code=settings.org_id,
            monthly_limit_yuan=settings.monthly_limit_yuan,
            connection=settings.last_connection,
            geometry=settings.window_geometry,
            report_folder=settings.report_folder,
            hanging_rules=settings.hanging_rules,
            keys=settings.keys,
            narrows_right=settings.narrows_right,
            lowers_down=settings.lowers_down,
            layout=settings.layout,
            recent=settings.recent,
            reopen=settings.reopen,
            mask_opacity=settings.mask_opacity,
            mask_outline=settings.mask_outline,
        )

    def save(self, window: WindowSettings) -> None:
        self._file.update(
            lambda settings: replace(
                settings,
                language="zh" if window.language is Language.CHINESE else "en",
                theme="light" if window.theme == "light" else "dark",
                reader_name=window.reader.name,
                reader_role=window.reader.role,
                org_id=window.site_code,
                org_name=window.site_code,
                monthly_limit_yuan=window.monthly_limit_yuan,
                last_connection=window.connection,
                window_geometry=window.geometry,
                report_folder=window.report_folder,
                hanging_rules=window.hanging_rules,
                keys=dict(window.keys),
                narrows_right=window.narrows_right,
                lowers_down=window.lowers_down,
                layout=window.layout,
                recent=window.recent,
                reopen=window.reopen,
                mask_opacity=window.mask_opacity,
                mask_outline=window.mask_outline,
            )
        )


def own_command() -> list[str]:
    """How this very program is started again: the bundle itself, or the interpreter with the package."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "workstation"]


def language_of(settings: Settings) -> Language:
    """As set, else the system's: Chinese for a Chinese system, English for all others."""
    if settings.language != "system":
        return Language(settings.language)
    system = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    if not system:
        system = (locale.getlocale()[0] or "").replace("Chinese", "zh")
    return Language.CHINESE if system.lower().startswith("zh") else Language.ENGLISH


def run(arguments: Sequence[str] | None = None) -> int:
    """The command line with everything behind it."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    return commands.run(App(), arguments, more=[bench])
