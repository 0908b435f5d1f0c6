"""What a photograph shows, from the file to the report: drawn colours and things, kept apart from what is medical."""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest
from PIL import Image, ImageDraw

from tests.journeys.program import Program

pytestmark = pytest.mark.long


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    """Larger than elements may be looked for in: it has to be reduced."""
    image = Image.new("RGB", (2000, 1500), (235, 240, 245))
    draw = ImageDraw.Draw(image)
    draw.rectangle((100, 150, 799, 949), fill=(180, 60, 40))
    draw.ellipse((1100, 500, 1799, 1199), fill=(30, 90, 160))
    path = tmp_path / "arm.png"
    image.save(path)
    return path


def printed(out: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(out / "report.pdf").pages).split())


def test_drawn_colours_are_reported_and_called_not_medical(drawn: Path, tmp_path: Path) -> None:
    program, out = Program(tmp_path / "home"), tmp_path / "out"
    with program.service():
        ran = program.run(
            "analyze", drawn, "--operation", "image-colours", "--param", "count=3", "--out", out, "--json"
        )

    assert ran.code == 0, ran.err
    colours = {
        str(m["value"]) for found in ran.json["findings"] for m in found["measurements"] if m["name"] == "colour"
    }
    assert colours == {"#ebf0f5", "#b43c28", "#1e5aa0"}
    assert (ran.json["medical"], ran.json["basis"]) == (False, "algorithm")
    assert "Not medical" in printed(out)
    assert all(colour in printed(out) for colour in colours)


def test_things_lie_in_pixels_of_the_photograph_though_it_was_sent_reduced(drawn: Path, tmp_path: Path) -> None:
    program, out = Program(tmp_path / "home"), tmp_path / "out"
    call = ("analyze", drawn, "--operation", "image-elements", "--out", out, "--json")
    with program.service():
        too_large = program.run(*call)
        ran = program.run(*call, "--repair")

    assert (too_large.code, ran.code) == (3, 0), ran.err
    assert ran.json["placement"]["state"] == "proven"
    corners = [found["shapes"][0]["corners_px"] for found in ran.json["findings"]]
    assert sorted((box[0], box[2]) for box in corners) == [
        (pytest.approx([99.5, 149.5], abs=2), pytest.approx([799.5, 949.5], abs=2)),
        (pytest.approx([1099.5, 499.5], abs=2), pytest.approx([1799.5, 1199.5], abs=2)),
    ]


def test_tags_of_a_job_are_simulated_and_their_place_is_assumed(drawn: Path, tmp_path: Path) -> None:
    program, out = Program(tmp_path / "home"), tmp_path / "out"
    with program.service():
        ran = program.run("analyze", drawn, "--operation", "tag-advertisement", "--lang", "zh", "--out", out, "--json")

    assert ran.code == 0, ran.err
    assert (ran.json["basis"], ran.json["placement"]["state"]) == ("simulated", "assumed")
    assert "模拟结果" in printed(out)
