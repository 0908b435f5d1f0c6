"""Result links are fetched whole or not at all, within a limit, and never from where they should not point."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.cloud.loopback import Play, answer, half_an_answer, hang_up, serving
from tests.cloud.turned_clock import TurnedClock
from workstation.cloud.download import download
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.work import CancelToken


def fetch(target: Path, *plays: Play, limit_bytes: int = 1000, cancel: CancelToken | None = None) -> int:
    with serving(*plays) as server:
        link = f"{server.url}/mask?Expires=1&Signature=s"
        return download(link, target, limit_bytes, cancel or CancelToken(), clock=TurnedClock(), loopback_allowed=True)


def failure(target: Path, *plays: Play, limit_bytes: int = 1000) -> ErrorCode:
    with pytest.raises(WorkstationError) as caught:
        fetch(target, *plays, limit_bytes=limit_bytes)
    assert list(target.parent.iterdir()) == []
    return caught.value.code


def test_a_link_becomes_a_file(tmp_path: Path) -> None:
    assert fetch(tmp_path / "mask", answer(200, b"voxels")) == 6
    assert (tmp_path / "mask").read_bytes() == b"voxels"
    assert [entry.name for entry in tmp_path.iterdir()] == ["mask"]


@pytest.mark.parametrize("broken", [hang_up, half_an_answer, answer(503, "")])
def test_a_broken_transfer_starts_again(tmp_path: Path, broken: Play) -> None:
    assert fetch(tmp_path / "mask", broken, answer(200, b"voxels")) == 6
    assert (tmp_path / "mask").read_bytes() == b"voxels"


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_link_past_its_time_says_so(tmp_path: Path, status: int) -> None:
    assert failure(tmp_path / "mask", answer(status, "<Error/>")) is ErrorCode.LINK_EXPIRED


def test_more_than_the_limit_is_refused_before_it_is_fetched(tmp_path: Path) -> None:
    assert failure(tmp_path / "mask", answer(200, bytes(1001))) is ErrorCode.TOO_LARGE


def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    assert failure(tmp_path / "mask", answer(302, "", Location="http://127.0.0.1/")) is ErrorCode.REFUSED


def test_more_than_was_announced_is_cut_off(tmp_path: Path) -> None:
    network = httpx.MockTransport(lambda _: httpx.Response(200, content=iter([bytes(600), bytes(600)])))
    with pytest.raises(WorkstationError) as caught:
        download("https://x.example/m", tmp_path / "m", 1000, CancelToken(), clock=TurnedClock(), transport=network)

    assert caught.value.code is ErrorCode.TOO_LARGE
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "link",
    [
        *("file:///etc/passwd", "oss://b/k", "", "http://127.0.0.1:1/x", "http://localhost/x", "http://0.0.0.0:1/x"),
        *(
            "http://127.1:1/x",
            "http://2130706433:1/x",
            "http://0:1/x",
            "http://[::ffff:127.0.0.1]:1/x",
            "http://[::]:1/x",
        ),
    ],
)
def test_a_foreign_service_can_not_point_at_this_pc(tmp_path: Path, link: str) -> None:
    with pytest.raises(WorkstationError) as caught:
        download(link, tmp_path / "m", 1000, CancelToken(), clock=TurnedClock())

    assert caught.value.code is ErrorCode.BAD_ANSWER


def test_the_vendors_plain_links_are_fetched_encrypted(tmp_path: Path) -> None:
    asked: list[httpx.URL] = []

    def note(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return httpx.Response(200, content=b"x")

    link = "http://vibktprfx.oss-cn-shanghai.aliyuncs.com/a%3Ab?Expires=1&Signature=a%2Bb%3D"
    download(link, tmp_path / "m", 10, CancelToken(), clock=TurnedClock(), transport=httpx.MockTransport(note))

    assert [str(url) for url in asked] == ["https" + link.removeprefix("http")]


def test_a_cancelled_download_leaves_nothing(tmp_path: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        fetch(tmp_path / "mask", answer(200, b"x"), cancel=cancel)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "link", ["http://[::1", "https:///mask.nii.gz", "https://a..b/mask.nii.gz", f"https://{'a' * 300}/x"]
)
def test_what_is_no_address_is_no_answer(tmp_path: Path, link: str) -> None:
    with pytest.raises(WorkstationError) as error:
        download(link, tmp_path / "mask", 1000, CancelToken(), clock=TurnedClock())

    assert error.value.code is ErrorCode.BAD_ANSWER
