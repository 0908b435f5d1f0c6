"""Which object each copy becomes, and which of them have still to go."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from workstation.cloud.oss import Upload
from workstation.jobs.ports import ObjectStore
from workstation.jobs.stored import PlannedFile


@dataclass(frozen=True, slots=True)
class PlannedObject:
    """One copy and its key."""

    key: str
    file: PlannedFile

    def upload(self, folder: Path) -> Upload:
        md5 = base64.b64encode(bytes.fromhex(self.file.md5)).decode()
        return Upload(key=self.key, file=folder / self.file.name, md5_base64=md5)


def planned_objects(prefix: str, job_id: str, plan: Iterable[PlannedFile]) -> tuple[PlannedObject, ...]:
    """Keys `prefix/job/0001.dcm` … in the order of the slices; short, as signed links may not be long."""
    return tuple(
        PlannedObject(f"{prefix}/{job_id}/{number:04d}.{file.form}", file) for number, file in enumerate(plan, start=1)
    )


def is_there(store: ObjectStore, planned: PlannedObject) -> bool:
    """Whether the same content lies under the key already."""
    etag = store.exists(planned.key)
    return etag is not None and etag.lower() == planned.file.md5
