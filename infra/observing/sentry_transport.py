"""How errors are sent to Sentry: to the host of SENTRY_DSN and nowhere else. Loaded only where one is configured."""

from __future__ import annotations

from typing import Any

from sentry_sdk.transport import HttpTransport


class StayingTransport(HttpTransport):
    """Follows no redirect: an answer could lead into the host's own network, or what went wrong to somebody else."""

    def _get_pool_options(self) -> dict[str, Any]:
        return super()._get_pool_options() | {"retries": False}  # urllib3 counts redirects among them
