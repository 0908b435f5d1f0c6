"""The keys of one connection. They are handed over, never shown: `repr` is masked."""

from __future__ import annotations

from dataclasses import dataclass


def masked(secret: str) -> str:
    """What may be shown of a key: enough to tell two apart, too little to use."""
    return f"{secret[:4]}…" if len(secret) > 8 else ("…" if secret else "")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Credentials:
    """Key id and secret; `security_token` with temporary keys; `app_key` for gateways that have their own."""

    access_key_id: str = ""
    access_key_secret: str = ""
    security_token: str = ""
    app_key: str = ""

    @property
    def empty(self) -> bool:
        return not ((self.access_key_id and self.access_key_secret) or self.app_key)

    def __repr__(self) -> str:
        return f"Credentials(access_key_id={masked(self.access_key_id)!r}, …)"
