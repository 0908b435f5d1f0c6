"""Calls to imageseg as they go on the wire, each trap named after its entry."""

from __future__ import annotations

from datetime import UTC, datetime

from workstation.catalogue.operation import CallInput
from workstation.catalogue.photo_segmentation.rows import SEGMENT_BODY
from workstation.cloud.signing_v1 import signed_query
from workstation.domain.credentials import Credentials

KEYS = Credentials(access_key_id="testid", access_key_secret="testsecret")


def test_format_json_is_asked_for_beside_the_picture_as_the_default_may_be_xml() -> None:
    (service,) = SEGMENT_BODY.services
    links = {"picture": ("http://store/1.png?Signature=a%2Bb",)}
    call = service.submit_call(CallInput(links=links, parameters={}, org_name="", org_id="", form="png"))
    query = signed_query(call, KEYS, datetime(2026, 11, 21, tzinfo=UTC), "nonce")

    assert query["Format"].upper() == "JSON"
    assert query["ImageURL"] == links["picture"][0]
    assert (query["Action"], query["Version"], call.body) == ("SegmentBody", "2019-12-30", {})
