"""A workload that runs on the pod network's nodes."""

from cdk8s import ApiObject, ApiObjectMetadata, Chart, JsonPatch
from constructs import Construct


class BatchChart(Chart):
    """A CronJob on the nodes of one NodePool."""

    def __init__(self, scope: Construct, construct_id: str, *, node_pool: str) -> None:
        super().__init__(scope, construct_id)
        pod = {
            "nodeSelector": {"karpenter.sh/nodepool": node_pool},
            "tolerations": [{"key": "workload", "value": "batch", "effect": "NoSchedule"}],
            "restartPolicy": "Never",
            "containers": [{"name": "report", "image": "public.ecr.aws/docker/library/busybox:1.37"}],
        }
        job = ApiObject(
            self,
            "Report",
            api_version="batch/v1",
            kind="CronJob",
            metadata=ApiObjectMetadata(name="report", namespace="batch"),
        )
        job.add_json_patch(
            JsonPatch.add("/spec", {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": {"spec": pod}}}})
        )
