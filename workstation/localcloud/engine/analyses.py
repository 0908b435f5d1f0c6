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
    "ClassifyingRubbish": "photo_names:classify_rubbish",
    "DetectFruits": "photo_names:detect_fruits",
    "DetectImageElements": "photo_elements:detect_image_elements",
    "EvaluateCertificateQuality": "photo_quality:evaluate_certificate_quality",
    "RecognizeFood": "photo_names:recognize_food",
    "RecognizeImageColor": "photo_colours:recognize_image_color",
    "RecognizeImageStyle": "photo_names:recognize_image_style",
    "RecognizeLogo": "photo_names:recognize_logo",
    "RecognizeScene": "photo_names:recognize_scene",
    "RecognizeVehicleType": "photo_names:recognize_vehicle_type",
    "TaggingAdImage": "photo_names:tagging_ad_image",
    "TaggingImage": "photo_names:tagging_image",
    "TranslateMed": "translation_answer:translate_med",
    "ParseFace": "photo_answers:parse_face",
    "RefineMask": "photo_answers:refine_mask",
    "SegmentBody": "photo_answers:segment_body",
    "SegmentCommodity": "photo_answers:segment_main_object",
    "SegmentCommonImage": "photo_answers:segment_main_object",
    "SegmentFace": "photo_answers:segment_face",
    "SegmentFurniture": "photo_answers:segment_furniture",
    "SegmentHair": "photo_answers:segment_hair",
    "SegmentHead": "photo_answers:segment_head",
    "SegmentVehicle": "photo_answers:segment_vehicle",
}


def analyse(asked: Analysis) -> Answer:
    """raises BadInput"""
    module, _, name = ANALYSES[asked.action].partition(":")
    function: Callable[[Analysis], Answer] = getattr(import_module(f"workstation.localcloud.engine.{module}"), name)
    return function(asked)
