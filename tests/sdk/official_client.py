"""Runs in the environment of the official client, not in ours: makes one call, and asks for a job until it has ended.

Facts come as one JSON object on standard input, the answers go out as one. `package` of the product, `method` of its
client, `request` its model, `fields` as they are called on the wire.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module

from alibabacloud_tea_openapi.models import Config

facts = json.load(sys.stdin)
models = import_module(f"{facts['package']}.models")
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
client = import_module(f"{facts['package']}.client").Client(config)
request = getattr(models, facts["request"])().from_map(facts["fields"])
first = getattr(client, facts["method"])(request).body
answers = {"first": first.to_map()}
if getattr(first, "data", first) is None:  # an answer that never has data is no job
    for _ in range(100):
        asked = models.GetAsyncJobResultRequest(job_id=first.request_id)
        job = client.get_async_job_result(asked).body
        if job.data.status not in ("QUEUING", "PROCESSING"):
            break
        time.sleep(0.1)
    answers["job"] = job.data.to_map()
print(json.dumps(answers))
