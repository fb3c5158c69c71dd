"""A CDK app with stacks and charts of its own, which takes the pod network's parts into them."""

from pathlib import Path

import aws_cdk as cdk
import cdk8s
from k8s.batch import BatchChart
from stacks.platform import PlatformStack

from podspace.formats.manifest_files import write_manifests
from podspace.planning import manifests

app = cdk.App()
platform = PlatformStack(app, "platform", env=cdk.Environment(account="111122223333", region="us-east-2"))
batch = BatchChart(cdk8s.App(), "batch", node_pool=platform.plan.node_pools[0].name)

app.synth()
write_manifests(Path("dist/platform"), [*manifests(platform.plan), *batch.to_json()])
