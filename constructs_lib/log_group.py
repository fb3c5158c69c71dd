"""A log group that stays when its stack or its section of the config is removed."""

from __future__ import annotations

import aws_cdk as cdk  # cdk.aws_logs is loaded when it is used
from aws_cdk import RemovalPolicy
from constructs import Construct

from constructs_lib.existing import cfn_tags
from podspace.planning import FlowLogsPlan
from podspace.planning.services.monitoring import IpamLogsPlan


def log_group(scope: Construct, construct_id: str, *, plan: FlowLogsPlan | IpamLogsPlan) -> cdk.aws_logs.CfnLogGroup:
    """A log group, which a failed creation removes again, as it is empty then.

    Args:
        scope: parent construct.
        construct_id: id of the construct, unique in the scope.
        plan: how long records are kept, the KMS key, and the tags.
    """
    group = cdk.aws_logs.CfnLogGroup(
        scope,
        construct_id,
        retention_in_days=plan.retention_days,
        kms_key_id=plan.key_arn or None,
        tags=cfn_tags(plan.tags),
    )
    group.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
    return group
