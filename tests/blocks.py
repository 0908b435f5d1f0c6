"""One block of each kind, as a row would make them of a result; shared by tests of window and paper."""

from __future__ import annotations

from typing import Final

from workstation.domain.answer import Curve
from workstation.domain.blocks import (
    Bar,
    BarsBlock,
    Block,
    Column,
    CurveBlock,
    DialogueBlock,
    FiguresBlock,
    FilesBlock,
    Level,
    PaletteBlock,
    Row,
    StripBlock,
    StripItem,
    Swatch,
    TableBlock,
    Text,
    TextsBlock,
    Turn,
)
from workstation.domain.finding import Basis, Measurement
from workstation.domain.words import say

REAL, MADE_UP = Basis.ALGORITHM, Basis.SIMULATED

TABLE: Final = TableBlock(
    title=say("Calcium by vessel"),
    columns=(
        Column(label=say("Vessel")),
        Column(label=say("Score"), decimals=0),
        Column(label=say("Volume"), unit="mm3", decimals=1),
    ),
    rows=(
        Row(cells=(say("Left anterior descending artery"), 112.0, 98.4), finding="job1/1", level=Level.NOTED),
        Row(cells=(say("Right coronary artery"), 0.0, None), finding="job1/2", level=Level.FADED),
    ),
    total=Row(cells=(say("Total"), 112.0, 98.4)),
)
BARS: Final = BarsBlock(
    title=say("Probabilities"),
    bars=(
        Bar(label=say("COVID-19"), share=0.12, text="12.0 %", basis=MADE_UP),
        Bar(label=say("Other pneumonia"), share=0.71, text="71.0 %", basis=REAL),
    ),
)
PALETTE: Final = PaletteBlock(
    title=say("Colours"),
    swatches=(
        Swatch(colour="#5a0014", label=say("red"), share=0.62, basis=REAL, finding="job1/1"),
        Swatch(colour="#f0f0f0", label=say("white"), share=0.3, basis=MADE_UP, finding="job1/2"),
    ),
)
FIGURES: Final = FiguresBlock(
    title=say("Lungs"),
    figures=(
        Measurement(name="ratio", label=say("Involved share"), value=12.34, unit="%", basis=REAL),
        Measurement(name="volume", label=say("Lung volume"), value=4321.0, unit="mL", basis=REAL),
        Measurement(name="score", label=say("Severity"), value=2.0, unit="{score}", basis=MADE_UP),
    ),
)
CURVE: Final = CurveBlock(
    title=say("Along the aorta"),
    curves=(
        Curve(
            name="aorta", label=say("Aorta"), x=tuple(float(x) for x in range(0, 200, 10)),
            y=(28.0, 28.5, 29.0, 30.1, 33.0, 38.5, 42.5, 41.0, 37.0, 34.0, 31.0, 30.0, 29.0, 28.0, 27.5, 27.0, 26.0,
               25.5, 25.0, 24.5),
            x_unit="mm", y_unit="mm", basis=REAL, marked=6,
        ),
        Curve(
            name="pulmonary", label=say("Pulmonary artery"), x=(0.0, 20.0, 40.0), y=(24.0, 26.0, 25.0), x_unit="mm",
            y_unit="mm", basis=MADE_UP,
        ),
    ),
)  # fmt: skip
STRIP: Final = StripBlock(
    title=say("Spine"),
    items=(
        StripItem(label="L3", words=(say("normal height"),), finding="job1/1"),
        StripItem(label="L3-4", words=(say("bulging disc"), say("narrowed")), minor=True, level=Level.NOTED),
        StripItem(label="L4", words=(), finding="job1/2"),
        StripItem(label="L4-5", words=(), minor=True),
        StripItem(label="L5", words=(say("wedge"),), level=Level.FADED),
    ),
)
TEXTS: Final = TextsBlock(
    title=say("Translation"),
    texts=(
        Text(head=say("Chinese"), text="右肺上叶见磨玻璃结节，直径约 5 mm。"),
        Text(head=say("English"), text="A ground-glass nodule of about 5 mm is seen in the right upper lobe."),
    ),
)
DIALOGUE: Final = DialogueBlock(
    title=say("Questions and answers"),
    turns=(
        Turn(ours=False, text="您哪里不舒服？"),
        Turn(ours=True, text="皮肤瘙痒三天。", pictures=("arm.jpg",)),
        Turn(ours=False, text="有过敏史吗？"),
    ),
)
FILES: Final = FilesBlock(title=say("Files"), files=(("moved.nii.gz", say("the second series brought onto this one")),))
ALL: Final[tuple[Block, ...]] = (TABLE, BARS, PALETTE, FIGURES, CURVE, STRIP, TEXTS, DIALOGUE, FILES)
