"""What the window remembers comes back from the settings file, whatever it is."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from workstation.app import WindowSettingsPort
from workstation.domain.hanging_rule import HangingRule
from workstation.domain.words import Language
from workstation.settings.store import SettingsFile
from workstation.workspace.intents import WindowSettings
from workstation.workspace.state import Reader


def test_every_setting_of_the_window_comes_back(tmp_path: Path) -> None:
    rule = HangingRule(modality="CT", layout="2x2", series=("Lung", ""), window=(40.0, 400.0), zoom=1.5)
    kept = WindowSettings(
        language=Language.CHINESE,
        theme="light",
        reader=Reader("Li", "radiologist"),
        site_code="site-07",
        monthly_limit_yuan=12.5,
        connection="local",
        geometry="somewhere",
        report_folder="reports",
        hanging_rules=(rule,),
        keys={"accept-finding": "B"},
        narrows_right=True,
        lowers_down=True,
        layout="mpr",
        recent=(("one", "two"),),
        reopen=True,
        mask_opacity=0.6,
        mask_outline=True,
    )
    unlike = [one.name for one in fields(kept) if getattr(kept, one.name) == getattr(WindowSettings(), one.name)]

    WindowSettingsPort(SettingsFile(tmp_path / "settings.json")).save(kept)

    assert unlike == ["connection"]  # so that nothing comes back by being the default
    assert WindowSettingsPort(SettingsFile(tmp_path / "settings.json")).load() == kept
