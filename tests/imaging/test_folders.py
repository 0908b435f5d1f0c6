from __future__ import annotations

import os
import socket
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.imaging.archives import tarred, zipped
from tests.imaging.made import write_slice
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import ScanResult
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.series.folders import long_form
from workstation.imaging.series.scan import scan

on_posix = pytest.mark.skipif(os.name == "nt", reason="made by POSIX calls")


def standing(result: ScanResult) -> Counter[str]:
    """How often each path stands somewhere."""
    return Counter(
        [*{i.path: 0 for stack in result.stacks for i in (*stack.instances, *stack.spare)}]
        + [found.path for found in result.objects]
        + [left.path for left in result.left_out]
    )


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="this system has no /proc")
def test_a_link_to_what_the_system_makes_up_is_not_followed(tmp_path: Path) -> None:
    for name, there in (("all", "/proc"), ("root", "/proc/self/root"), ("made up", "/sys/kernel")):
        (tmp_path / name).symlink_to(there)
    write_slice(tmp_path / "a")
    result = scan([tmp_path])

    assert [stack.slices for stack in result.stacks] == [1]
    assert {Path(left.path).name for left in result.left_out} == {"all", "root", "made up"}


@on_posix
def test_pipes_sockets_and_devices_are_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(tmp_path / "socket"))
        result = scan([tmp_path, tmp_path / "pipe"])

    assert {Path(left.path).name: left.code for left in result.left_out} == {
        "pipe": ErrorCode.NOT_A_FILE,
        "device": ErrorCode.NOT_A_FILE,
        "socket": ErrorCode.NOT_A_FILE,
    }
    assert result.files == 3


@on_posix
def test_a_pipe_that_is_given_alone_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert [left.code for left in scan([tmp_path / "pipe"]).left_out] == [ErrorCode.NOT_A_FILE]


@on_posix
def test_links_that_lead_nowhere_or_to_themselves_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    (tmp_path / "self").symlink_to(tmp_path / "self")
    result = scan([tmp_path])

    assert [left.code for left in result.left_out] == [ErrorCode.NOT_A_FILE] * 2
    assert result.files == 2


@on_posix
def test_a_link_to_a_file_that_is_read_anyhow_adds_nothing(tmp_path: Path) -> None:
    (tmp_path / "z").mkdir()
    write_slice(tmp_path / "z" / "a")
    (tmp_path / "b").symlink_to(tmp_path / "z" / "a")
    (tmp_path / "c").symlink_to(tmp_path / "b")

    assert [(stack.files, stack.spare) for stack in scan([tmp_path]).stacks] == [(1, ())]


@on_posix
def test_links_to_a_file_elsewhere_open_it_once(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    write_slice(tmp_path / "a")
    for name in "xy":
        (tmp_path / "here" / name).symlink_to(tmp_path / "a")
    result = scan([tmp_path / "here"])

    assert (result.files, [stack.files for stack in result.stacks]) == (1, [1])


@on_posix
def test_a_file_given_by_two_ways_counts_once(tmp_path: Path) -> None:
    path = write_slice(tmp_path / "a")
    (tmp_path / "link").symlink_to(path)
    (tmp_path / "folder").symlink_to(tmp_path, target_is_directory=True)

    assert scan([tmp_path / "link", path, tmp_path / "folder" / "a"]).files == 1
    assert scan([path, tmp_path / "folder"]).files == 1


def test_names_in_any_script_are_read(tmp_path: Path) -> None:
    for number, name in enumerate(("影像 一", "Ärzte\u0301", "صورة", "a b;c&d'e", "🩻")):
        write_slice(tmp_path / name, z=number)
    (stack,) = scan([tmp_path]).stacks

    assert load_volume(stack).values.shape[0] == 5


@on_posix
def test_names_that_are_no_text_are_read_and_told(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/\xb0\xa1\xff.dcm"
    plain = write_slice(tmp_path / "a").read_bytes()
    with open(raw, "wb") as file:  # noqa: PTH123  a name of bytes
        file.write(plain)
    (tmp_path / "a").unlink()
    (stack,) = scan([tmp_path]).stacks

    assert os.fsencode(stack.instances[0].path) == raw
    assert load_volume(stack).values.shape == (1, 4, 6)


@on_posix
def test_paths_longer_than_260_characters_are_read(tmp_path: Path) -> None:
    folder = tmp_path / ("d" * 120) / ("e" * 120) / ("f" * 120)
    folder.mkdir(parents=True)
    write_slice(folder / "a")
    (stack,) = scan([tmp_path]).stacks

    assert load_volume(stack).values.shape == (1, 4, 6)


@pytest.mark.parametrize(
    ("path", "opened"),
    [
        ("C:\\" + "d" * 250, "\\\\?\\C:\\" + "d" * 250),
        ("\\\\server\\share\\" + "d" * 250, "\\\\?\\UNC\\server\\share\\" + "d" * 250),
        ("\\\\?\\C:\\" + "d" * 250, "\\\\?\\C:\\" + "d" * 250),
        ("C:\\short", "C:\\short"),
    ],
)
def test_long_paths_take_the_form_that_windows_opens(path: str, opened: str) -> None:
    assert long_form(path, "win32") == opened
    assert long_form(path, "linux") == path


def test_what_lies_beside_the_images_on_a_burn_is_left_out(tmp_path: Path) -> None:
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "AUTORUN.INF", "VIEWER.EXE", "empty", ".hidden"):
        (tmp_path / name).write_bytes({"VIEWER.EXE": b"MZ" + bytes(300), "empty": b""}.get(name, b"[x]\r\n"))
    (tmp_path / "no files").mkdir()
    write_slice(tmp_path / ".slice")
    result = scan([tmp_path])

    assert (result.files, len(result.stacks), len(result.left_out)) == (8, 1, 7)
    assert {left.code for left in result.left_out} == {ErrorCode.NOT_DICOM, ErrorCode.EMPTY_FILE}


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="this user may read everything")
def test_a_folder_that_may_not_be_read_is_said_and_the_rest_opens(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir()
    write_slice(tmp_path / "open")
    (tmp_path / "closed").chmod(0)
    try:
        result = scan([tmp_path])
    finally:
        (tmp_path / "closed").chmod(0o700)

    assert [(Path(left.path).name, left.code) for left in result.left_out] == [("closed", ErrorCode.UNREADABLE)]
    assert len(result.stacks) == 1


@pytest.mark.parametrize("change", ["vanish", "grow", "shrink"])
def test_a_file_that_changes_between_scan_and_load_is_one_sentence(tmp_path: Path, change: str) -> None:
    paths = [write_slice(tmp_path / f"{z}", z=z) for z in range(3)]
    (stack,) = scan([tmp_path]).stacks
    content = paths[1].read_bytes()
    paths[1].unlink()
    if change != "vanish":
        paths[1].write_bytes(content + b"more" if change == "grow" else content[:-10])

    with pytest.raises(WorkstationError) as caught:
        load_volume(stack)
    expected = {"vanish": ErrorCode.NOT_FOUND, "grow": ErrorCode.FILE_CHANGED, "shrink": ErrorCode.TRUNCATED}
    assert (caught.value.code, caught.value.facts["slice"]) == (expected[change], 1)


def test_nothing_there_is_nothing_found(tmp_path: Path) -> None:
    assert scan([tmp_path]).files == 0
    assert [left.code for left in scan([tmp_path / "gone"]).left_out] == [ErrorCode.NOT_FOUND]


KINDS = st.sampled_from(["slice", "text", "empty", "big-endian", "cut", "zip", "tgz", "cut-zip", "link", "broken-link"])
TREES = st.dictionaries(
    st.tuples(st.sampled_from(["", "a", "a/b", "c.zip"]), st.sampled_from(["1", "影", "x!", ".h"])), KINDS, max_size=8
)


def _put(path: Path, kind: str, root: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "link":
        path.symlink_to(root)
    elif kind == "broken-link":
        path.symlink_to(root / "nowhere")
    elif kind in ("text", "empty"):
        path.write_bytes(b"text" if kind == "text" else b"")
    elif kind in ("slice", "big-endian", "cut"):
        write_slice(path, syntax="1.2.840.10008.1.2.2" if kind == "big-endian" else "1.2.840.10008.1.2.1")
        path.write_bytes(path.read_bytes()[:-9] if kind == "cut" else path.read_bytes())
    else:
        files = {"d/s": write_slice(path).read_bytes(), "note": b"text"}
        (tarred(path, files, "gz") if kind == "tgz" else zipped(path, files))
        path.write_bytes(path.read_bytes()[:-80] if kind == "cut-zip" else path.read_bytes())


@on_posix
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=TREES)
def test_every_file_on_disk_and_every_member_stands_exactly_once(
    tree: dict[tuple[str, str], str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("tree")
    for (folder, name), kind in tree.items():
        _put(root / folder / name, kind, root)
    result = scan([root, *(root / folder / name for folder, name in list(tree)[:2])])
    places = standing(result)
    links_to_folders = sum(kind == "link" for kind in tree.values())
    on_disk = {str(root / folder / name) for (folder, name), kind in tree.items() if kind != "link"}

    assert all(count == 1 for count in places.values())
    assert on_disk == {path for path in places if path in on_disk}
    assert (result.files, result.files + result.members) == (len(tree) - links_to_folders, sum(places.values()))
