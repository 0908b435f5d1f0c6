"""Runs in the environment of the official client, not in ours: submits one job and asks until it has ended.

Facts come as one JSON object on standard input, the answers go out as one.
"""

from __future__ import annotations

import json
import sys
import time

from alibabacloud_imageprocess20200320 import models
from alibabacloud_imageprocess20200320.client import Client
from alibabacloud_tea_openapi.models import Config

facts = json.load(sys.stdin)
config = Config(
    access_key_id=facts["access_key_id"],
    access_key_secret=facts["access_key_secret"],
    endpoint=facts["endpoint"],
    region_id="cn-shanghai",
    protocol="http",
    no_proxy="127.0.0.1",
)
if facts["old_signature"]:
    config.signature_algorithm = "v2"
client = Client(config)
submitted = client.detect_lung_nodule(
    models.DetectLungNoduleRequest(
        data_format="DICOM",
        org_id="0001",
        org_name="测试",
        threshold=0.6,
        urllist=[models.DetectLungNoduleRequestURLList(url=url) for url in facts["urls"]],
    )
).body
for _ in range(100):
    asked = models.GetAsyncJobResultRequest(job_id=submitted.request_id)
    data = client.get_async_job_result(asked).body.data
    if data.status not in ("QUEUING", "PROCESSING"):
        break
    time.sleep(0.1)
print(json.dumps({"message": submitted.message, "job": data.job_id, "status": data.status, "result": data.result}))
