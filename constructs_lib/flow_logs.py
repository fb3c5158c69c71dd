"""Flow logs, and their log group or bucket."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk  # cdk.aws_s3 is loaded when it is used
from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.acknowledgement import acknowledge
from constructs_lib.cluster_vpc import ClusterVpc
from constructs_lib.existing import VpcRef, cfn_tags, mapping_of, slice_of, vpc_id
from constructs_lib.log_group import log_group
from podspace.planning import FlowLogsPlan
from podspace.planning.services.flow_logs import LOG_FORMAT


class FlowLogs(Construct):
    """A flow log of the VPC, or a flow log of each pod subnet."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        plan: FlowLogsPlan,
        vpc: VpcRef | ClusterVpc,
        pod_subnets: Mapping[str, str],
    ) -> None:
        """Create the flow logs of a plan, and their log group or bucket if the plan creates it.

        Args:
            scope: parent construct.
            construct_id: id of the construct, unique in the scope.
            plan: the flow logs, as planned.
            vpc: the VPC.
            pod_subnets: the ids of the pod subnets by a stable name: `PodNetwork.subnets`.

        Raises:
            ValueError: the plan is missing, or `pod_subnets` is not a mapping.
        """
        self._plan = plan = slice_of(plan, FlowLogsPlan, argument="plan.flow_logs")
        super().__init__(scope, construct_id)
        of_vpc = {"Vpc": ("VPC", vpc_id(vpc), plan.tags)}
        subnets = mapping_of(pod_subnets, argument="pod_subnets")
        of_subnets = {
            f"Subnet-{name.replace('/', '-')}": ("Subnet", id, plan.subnet_tags(name)) for name, id in subnets.items()
        }
        role = group = bucket_policy = None
        bucket_arn = plan.bucket_arn
        if plan.to == "cloud_watch_logs":
            group, role = self._log_group()
        elif not bucket_arn:
            bucket_arn, bucket_policy = self._bucket()
        for name, (kind, id, tags) in (of_vpc if plan.of == "vpc" else of_subnets).items():
            made = ec2.CfnFlowLog(
                self,
                name,
                resource_type=kind,
                resource_id=id,
                traffic_type=plan.traffic,
                log_destination_type="cloud-watch-logs" if role else "s3",
                log_group_name=group,  # the ARN attribute of a log group ends in `:*`, which EC2 takes for its name
                log_destination=bucket_arn or None,
                deliver_logs_permission_arn=role,
                log_format=LOG_FORMAT,
                max_aggregation_interval=plan.aggregation_seconds,
                tags=cfn_tags(tags),
            )
            if bucket_policy:
                made.add_resource_dependency(bucket_policy)

    def _log_group(self) -> tuple[str, str]:
        plan = self._plan
        group = log_group(self, "LogGroup", plan=plan)
        role = iam.CfnRole(
            self,
            "Role",
            description="Delivers flow logs of a pod network",
            assume_role_policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                        "Condition": {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
                    }
                ],
            },
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="Deliver",
                    policy_document={
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                                "Resource": group.attr_arn,
                            }
                        ],
                    },
                )
            ],
            tags=cfn_tags(plan.tags),
        )
        return group.ref, role.attr_arn

    def _bucket(self) -> tuple[str, cdk.aws_s3.CfnBucketPolicy]:
        plan = self._plan
        s3 = cdk.aws_s3
        encryption = s3.CfnBucket.ServerSideEncryptionByDefaultProperty(
            sse_algorithm="aws:kms" if plan.key_arn else "AES256", kms_master_key_id=plan.key_arn or None
        )
        bucket = s3.CfnBucket(
            self,
            "Bucket",
            bucket_encryption=s3.CfnBucket.BucketEncryptionProperty(
                server_side_encryption_configuration=[
                    s3.CfnBucket.ServerSideEncryptionRuleProperty(
                        server_side_encryption_by_default=encryption, bucket_key_enabled=bool(plan.key_arn) or None
                    )
                ]
            ),
            public_access_block_configuration=s3.CfnBucket.PublicAccessBlockConfigurationProperty(
                block_public_acls=True,
                block_public_policy=True,
                ignore_public_acls=True,
                restrict_public_buckets=True,
            ),
            ownership_controls=s3.CfnBucket.OwnershipControlsProperty(
                rules=[s3.CfnBucket.OwnershipControlsRuleProperty(object_ownership="BucketOwnerEnforced")]
            ),
            lifecycle_configuration=s3.CfnBucket.LifecycleConfigurationProperty(
                rules=[
                    s3.CfnBucket.RuleProperty(id="Retention", status="Enabled", expiration_in_days=plan.retention_days)
                ]
            ),
            tags=cfn_tags(plan.tags),
        )
        bucket.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        acknowledge(
            bucket,
            {
                "AwsSolutions-S1": "this bucket contains logs; logs of access to it would fill another bucket, and "
                "CloudTrail's data events record them: "
                "https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging.html"
            },
        )
        policy = s3.CfnBucketPolicy(self, "BucketPolicy", bucket=bucket.ref, policy_document=_delivery(bucket.attr_arn))
        return bucket.attr_arn, policy


def _delivery(bucket_arn: str) -> dict[str, object]:
    """Lets the log service of this account write, and nobody read or write without TLS.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
    """
    service = {"Service": "delivery.logs.amazonaws.com"}
    own = {"aws:SourceAccount": Aws.ACCOUNT_ID}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "DenyInsecureTransport",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [bucket_arn, f"{bucket_arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            {
                "Sid": "DeliverFlowLogs",
                "Effect": "Allow",
                "Principal": service,
                "Action": "s3:PutObject",
                "Resource": f"{bucket_arn}/AWSLogs/{Aws.ACCOUNT_ID}/*",
                "Condition": {"StringEquals": {**own, "s3:x-amz-acl": "bucket-owner-full-control"}},
            },
            {
                "Sid": "CheckBucket",
                "Effect": "Allow",
                "Principal": service,
                "Action": "s3:GetBucketAcl",
                "Resource": bucket_arn,
                "Condition": {"StringEquals": own},
            },
        ],
    }
