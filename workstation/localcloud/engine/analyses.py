"""The analyses by the action that asks for them: `module:function` in this package, each a plain function that an
executor can run in another process.

They take an `Analysis` and return the documented `Data` with one key more: `YingtaiBasis`, what the answer is based
on. Their modules load scipy and more, so only the one that is asked for is imported, in the process that runs it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final

from workstation.localcloud.engine.asked import Analysis, Answer

ANALYSES: Final[Mapping[str, str]] = {
    "ClassifyFNF": "radiograph_answers:classify_fnf",
    "DetectHipKeypointXRay": "radiograph_answers:detect_hip_keypoints",
    "DetectKneeKeypointXRay": "radiograph_answers:detect_knee_keypoints",
    "DetectKneeXRay": "radiograph_answers:detect_knee_xray",
    "DetectSkinDisease": "skin_answer:detect_skin_disease",
    "AnalyzeChestVessel": "vessel_answer:analyze_chest_vessel",
    "CalcCACS": "calcium_answer:calc_cacs",
    "DetectRibFracture": "rib_answer:detect_rib_fracture",
    "DetectCovid19Cad": "covid_answer:detect_covid",
    "ScreenChestCT": "screening_answer:screen_chest_ct",
    "DetectLungNodule": "lung_nodule_answer:detect_lung_nodule",
    "DetectLymph": "lymph_answer:detect_lymph",
    "DetectPanc": "pancreas_answer:detect_panc",
    "DetectSpineMRI": "spine_answer:detect_spine_mri",
    "RunCTRegistration": "registration_answer:run_ct_registration",
    "FeedbackSession": "medical_qa_answer:feedback_session",
    "RunMedQA": "medical_qa_answer:run_med_qa",
    "TranslateMed": "translation_answer:translate_med",
}


def analyse(asked: Analysis) -> Answer:
    """raises BadInput"""
    module, _, name = ANALYSES[asked.action].partition(":")
    function: Callable[[Analysis], Answer] = getattr(import_module(f"workstation.localcloud.engine.{module}"), name)
    return function(asked)
