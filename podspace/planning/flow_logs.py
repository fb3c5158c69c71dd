"""Flow logs: of what, to where, kept how long."""

from __future__ import annotations

from typing import Final

from podspace.planning.config import Config
from podspace.planning.naming import tags_named
from podspace.planning.plan import FlowLogsPlan

_A_YEAR: Final = 365


def flow_logs(config: Config) -> FlowLogsPlan | None:
    """The flow logs to be made."""
    asked = config.flow_logs
    if asked is None:
        return None
    bucket = asked.to if asked.to.startswith("arn:") else ""
    return FlowLogsPlan(
        of=asked.of,
        to="cloud_watch_logs" if asked.to == "cloud_watch_logs" else "s3",
        bucket_arn=bucket,
        retention_days=0 if bucket else asked.retention_days or _A_YEAR,
        key_arn=asked.key_arn or "",
        traffic=asked.traffic,
        aggregation_seconds=asked.aggregation_seconds,
        tags=tags_named(config, f"{config.cluster.name}-{config.name}-flow-logs"),
    )
