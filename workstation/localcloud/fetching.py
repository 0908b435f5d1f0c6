"""Fetch what a job's addresses point to, over real HTTP, as a service elsewhere would have to."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx

from workstation.localcloud.engine_pool import NotAnalysed
from workstation.localcloud.objects import space_checked

_AT_ONCE: Final = 6
_TIMEOUT_S: Final = 20.0


def is_own_store(address: str, port: int) -> bool:
    """Whether an address points to this service's own object store; nothing else is ever fetched."""
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost") and parts.port == port


async def fetch(addresses: Mapping[str, tuple[str, ...]], folder: Path, most_bytes: int) -> None:
    """Store every addressed file as `folder/LIST/0001`…, in order. raises NotAnalysed, NoSpace"""
    limits = httpx.Limits(max_connections=_AT_ONCE)
    gate = asyncio.Semaphore(_AT_ONCE)
    async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=_TIMEOUT_S, limits=limits) as client:

        async def one(address: str, path: Path) -> None:
            async with gate:
                await _fetch_one(client, address, path, most_bytes)

        try:
            async with asyncio.TaskGroup() as group:
                for name, several in addresses.items():
                    (folder / name).mkdir(parents=True, exist_ok=True)
                    for number, address in enumerate(several, start=1):
                        group.create_task(one(address, folder / name / f"{number:04d}"))
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None


async def _fetch_one(client: httpx.AsyncClient, address: str, path: Path, most_bytes: int) -> None:
    try:
        async with client.stream("GET", address) as answer:
            if answer.status_code != 200:
                raise NotAnalysed("InvalidImage.Download", f"An address answered {answer.status_code}.")
            size = 0
            with space_checked(), path.open("wb") as file:
                async for chunk in answer.aiter_raw():
                    size += len(chunk)
                    if size > most_bytes:
                        raise NotAnalysed("InvalidParameter.TooLarge", f"A file is larger than {most_bytes} bytes.")
                    file.write(chunk)
    except httpx.HTTPError as error:
        raise NotAnalysed("InvalidImage.Download", "An address could not be read.", repeat=True) from error


def fetched(folder: Path) -> dict[str, tuple[Path, ...]]:
    """The files of each list, in order."""
    return {each.name: tuple(sorted(each.iterdir())) for each in sorted(folder.iterdir())}
