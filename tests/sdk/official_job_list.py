"""Runs in the environment of the official clients: lists the jobs of an account and cancels one that waits.

Facts come as one JSON object on standard input, the answers go out as one.
"""

from __future__ import annotations

import json
import sys

from alibabacloud_tea_openapi.models import Config
from alibabacloud_viapi20230117 import models
from alibabacloud_viapi20230117.client import Client

facts = json.load(sys.stdin)
client = Client(
    Config(
        access_key_id=facts["access_key_id"],
        access_key_secret=facts["access_key_secret"],
        endpoint=facts["endpoint"],
        region_id="cn-shanghai",
        protocol="http",
        no_proxy="127.0.0.1",
    )
)
asked = models.QueryAsyncJobListRequest(
    pop_product="imageprocess", pop_api_name="DetectLungNodule", page_num="1", page_size="20"
)
listed = client.query_async_job_list(asked).body
cancelled = client.cancel_waiting_async_job(models.CancelWaitingAsyncJobRequest(job_id=facts["job"])).body
after = client.get_async_job_result(models.GetAsyncJobResultRequest(job_id=facts["job"])).body.data
print(
    json.dumps(
        {
            "listed": [[job.job_id, job.pop_product, job.pop_api_name, job.status] for job in listed.data.result],
            "total": listed.data.total_record,
            "success": [listed.success, cancelled.success],
            "status": after.status,
        }
    )
)
