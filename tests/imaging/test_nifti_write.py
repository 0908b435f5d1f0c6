"""What we write as NIfTI is read by nibabel and SimpleITK at the same place with the same values."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813
from hypothesis import given
from hypothesis import strategies as st

from tests.imaging.nifti_files import counted, only_stack
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis
from workstation.domain.geometry import Geometry, Vector
from workstation.domain.volume import LabelVolume, Volume
from workstation.imaging.nifti.write import write
from workstation.imaging.pixels.load import load_volume


def _geometry(*, row: Vector, column: Vector, step: Vector, rows: int = 5, columns: int = 4) -> Geometry:
    return Geometry(
        positions=np.array([10.0, -20.0, 30.0]) + np.arange(6)[:, None] * np.array(step),
        row_cosine=row,
        column_cosine=column,
        spacing=(0.7, 0.9),
        rows=rows,
        columns=columns,
    )


AXIAL = _geometry(row=(1, 0, 0), column=(0, 1, 0), step=(0, 0, 2.5))
CORONAL = _geometry(row=(1, 0, 0), column=(0, 0, -1), step=(0, 2.5, 0))
TILTED = _geometry(row=(1, 0, 0), column=(0, 1, 0), step=(0, 0.8, 2.5))


def _volume(geometry: Geometry) -> Volume:
    return Volume(values=counted(6, 5, 4), geometry=geometry, unit="")


@pytest.mark.parametrize("geometry", [AXIAL, CORONAL, TILTED])
@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_nibabel_finds_every_voxel_at_its_place(tmp_path: Path, geometry: Geometry, name: str) -> None:
    size = write(_volume(geometry), tmp_path / name)
    image = nibabel.load(tmp_path / name)

    assert size == (tmp_path / name).stat().st_size
    assert np.array_equal(np.asanyarray(image.dataobj), counted(6, 5, 4).T)
    index = np.stack(np.indices(geometry.shape), axis=-1).reshape(-1, 3)
    ras = np.c_[index[:, ::-1], np.ones(len(index))] @ image.affine.T
    assert np.abs(ras[:, :3] * (-1, -1, 1) - geometry.to_patient(index)).max() < 1e-4


@pytest.mark.parametrize("geometry", [AXIAL, CORONAL])
def test_simpleitk_reads_the_same_place(tmp_path: Path, geometry: Geometry) -> None:
    write(_volume(geometry), tmp_path / "a.nii.gz")

    image = sitk.ReadImage(str(tmp_path / "a.nii.gz"))

    assert np.array_equal(sitk.GetArrayFromImage(image), counted(6, 5, 4))
    for k, r, c in ((0, 0, 0), (5, 4, 3)):
        assert image.TransformIndexToPhysicalPoint((c, r, k)) == pytest.approx(geometry.to_patient([k, r, c]), abs=1e-4)


@given(
    st.lists(st.floats(-3, 3), min_size=3, max_size=3),
    st.tuples(st.floats(0.2, 5), st.floats(0.2, 5), st.floats(0.2, 5)),
)
def test_an_oblique_volume_comes_back_where_it_was(
    tmp_path_factory: pytest.TempPathFactory, turn: list[float], spacing: tuple[float, float, float]
) -> None:
    from scipy.spatial.transform import Rotation

    axes = Rotation.from_rotvec(turn).as_matrix()
    row, column, normal = (tuple(axis.tolist()) for axis in axes.T)
    if max(normal, key=abs) < 0:
        row, column = column, row
        normal = tuple(-one for one in normal)
    geometry = Geometry(
        positions=np.arange(6)[:, None] * np.array(normal) * spacing[0],
        row_cosine=row,
        column_cosine=column,
        spacing=spacing[1:],
        rows=5,
        columns=4,
    )
    path = tmp_path_factory.mktemp("oblique") / "a.nii"
    write(_volume(geometry), path)

    loaded = load_volume(only_stack(path))

    assert loaded.geometry is not None
    index = np.stack(np.indices(loaded.geometry.shape), axis=-1).reshape(-1, 3)
    there = np.rint(geometry.to_index(loaded.geometry.to_patient(index))).astype(int)
    assert np.abs(geometry.to_patient(there) - loaded.geometry.to_patient(index)).max() < 1e-3
    assert np.array_equal(loaded.values.ravel(), counted(6, 5, 4)[tuple(there.T)])


def test_labels_are_bytes_that_say_so(tmp_path: Path) -> None:
    values = (counted(6, 5, 4) % 3).astype(np.uint8)
    write(LabelVolume(name="a", values=values, geometry=AXIAL), tmp_path / "a.nii.gz")

    image = nibabel.load(tmp_path / "a.nii.gz")

    assert image.get_data_dtype() == np.uint8
    assert image.header["intent_code"] == 1002
    assert np.array_equal(np.asanyarray(image.dataobj), values.T)


def test_simulated_labels_say_so_in_the_file(tmp_path: Path) -> None:
    values = (counted(6, 5, 4) % 3).astype(np.uint8)
    for basis in (Basis.SIMULATED, Basis.ALGORITHM):
        write(LabelVolume(name="a", values=values, geometry=AXIAL, basis=basis), tmp_path / f"{basis}.nii.gz")

    said = [bytes(nibabel.load(file).header["descrip"].tobytes()) for file in sorted(tmp_path.glob("*.nii.gz"))]

    assert [text.rstrip(b"\0") for text in said] == [b"", b"SIMULATED - NOT FOR DIAGNOSIS"]


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    write(_volume(AXIAL), tmp_path / "a.nii.gz")
    write(_volume(AXIAL), tmp_path / "b.nii.gz")

    assert (tmp_path / "a.nii.gz").read_bytes() == (tmp_path / "b.nii.gz").read_bytes()


def test_uneven_slices_are_not_written_as_if_they_were_even(tmp_path: Path) -> None:
    positions = AXIAL.positions + np.array([[0, 0, 0]] * 5 + [[0, 0, 1.0]])
    uneven = Geometry(
        positions=positions, row_cosine=(1, 0, 0), column_cosine=(0, 1, 0), spacing=(0.7, 0.9), rows=5, columns=4
    )

    with pytest.raises(WorkstationError) as caught:
        write(_volume(uneven), tmp_path / "a.nii")

    assert caught.value.code is ErrorCode.BAD_GEOMETRY
    assert not list(tmp_path.iterdir())
