"""Pod networks deployed to a local AWS: what exists before and after, and how it compares with the plan."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml
from botocore.exceptions import ClientError

from podspace.planning import Config, Plan, plan_network
from podspace.planning.inventory import KUBECTL_PROVIDER, Ref, Resource, Value, logical_id
from tests.template import canonical, template_of
from tools.local_aws import LocalAws
from tools.local_aws.cloudformation.engine import Action, Fault, comparable
from tools.local_aws.cloudformation.resources import HANDLERS
from tools.local_aws.cloudformation.stack import Stack
from tools.local_aws.existing import create_existing

_ASSET: Final = b"PK\x05\x06" + bytes(18)
"""An archive with nothing in it, in place of the assets of functions, which are not run."""
Template = dict[str, Any]
Data = Mapping[str, Any]


def data_of(path: Path) -> dict[str, Any]:
    """A config file as data."""
    found = yaml.safe_load(path.read_text())
    assert isinstance(found, dict)
    return found


@dataclass(kw_only=True)
class Network:
    """A pod network on a local AWS, and the VPC and cluster that its config names.

    Attributes:
        data: the config of which the VPC is created; that of a deployment may differ.
        local: the local AWS; it has one VPC with these ids.
        bootstrapped: whether it has what of CDK's bootstrap stack a deployment by boto3 needs.
    """

    data: Data
    local: LocalAws = field(default_factory=LocalAws)
    bootstrapped: bool = True

    def __post_init__(self) -> None:
        """Start it, and create what exists before."""
        self.local.start()
        self.aws = create_existing(self.local, self.data)
        self.name = f"podspace-{self.data['name']}"
        self.assets = f"cdk-hnb659fds-assets-{self.aws.account}-{self.aws.region}"
        if self.bootstrapped:
            self._bootstrap()

    def _bootstrap(self) -> None:
        """What of CDK's bootstrap stack a deployment by boto3 needs."""
        where = {"CreateBucketConfiguration": {"LocationConstraint": self.aws.region}}
        self.aws("s3").create_bucket(Bucket=self.assets, **({} if self.aws.region == "us-east-1" else where))
        version = {"Name": "/cdk-bootstrap/hnb659fds/version", "Type": "String", "Value": "30"}
        self.aws("ssm").put_parameter(**version, Overwrite=True)

    @property
    def stack(self) -> Stack:
        """The newest stack of the network."""
        return next(each for each in reversed(self.local.cloudformation.stacks) if each.name == self.name)

    def deploy(self, data: Data | None = None, *, template: Template | None = None, **settings: Any) -> str:
        """Create or update the stack; its status afterwards, empty if there was nothing to update."""
        body = template or template_for(data or self.data)
        self._put_assets(body)
        client = self.aws("cloudformation")
        live = [each for each in self.local.cloudformation.stacks if each.name == self.name and not each.deleted]
        call = client.update_stack if live else client.create_stack
        try:
            call(StackName=self.name, TemplateBody=json.dumps(body), Capabilities=["CAPABILITY_NAMED_IAM"], **settings)
        except ClientError as error:
            if "No updates are to be performed" in str(error):
                return ""
            raise
        self.local.cloudformation.wait()
        return self.stack.status

    def delete(self) -> str:
        """Delete the stack; its status afterwards."""
        self.aws("cloudformation").delete_stack(StackName=self.name)
        self.local.cloudformation.wait()
        return self.stack.status

    def fail(self, action: Action, id_: str, *, after: bool = False) -> None:
        """Let an action on a resource fail once."""
        self.local.engine.faults[:] = [Fault(action=action, logical_id=id_, after=after)]

    def ids(self) -> dict[str, str]:
        """The physical ids of the stack, by boto3."""
        pages = self.aws("cloudformation").describe_stack_resources(StackName=self.name)["StackResources"]
        return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in pages}

    def reasons(self) -> list[str]:
        """Why resources failed, by the events of the stack."""
        return [f"{each.logical_id}: {each.reason}" for each in self.stack.events if "FAILED" in each.status]

    def _put_assets(self, template: Template) -> None:
        for resource in template["Resources"].values():
            properties = resource.get("Properties", {})
            for source in (properties.get("Code"), properties.get("Content")):
                if source:
                    self.aws("s3").put_object(Bucket=self.assets, Key=source["S3Key"], Body=_ASSET)


def template_for(data: Data) -> Template:
    """The template of a config."""
    found: Template = deepcopy(dict(template_of(Config.model_validate(data)).to_json()))
    return found


def plan_for(data: Data) -> Plan:
    """The plan of a config."""
    return plan_network(Config.model_validate(data))


def differences(network: Network, plan: Plan) -> list[str]:
    """How the deployed resources differ from the inventory of the plan: types, and every property that is read."""
    found: list[str] = []
    stack = network.stack
    planned = {entry.logical_id: entry for entry in plan.resources() if entry.type != KUBECTL_PROVIDER}
    others = {id_ for id_ in stack.resources if not id_.startswith("ManifestsKubectl")}
    if others != planned.keys():
        found.append(f"resources: {sorted(others ^ planned.keys())}")
    for id_, entry in planned.items():
        if id_ in stack.resources:
            found += _different(network, entry)
    return found


def _different(network: Network, entry: Resource) -> Iterator[str]:
    stack = network.stack
    resource = stack.resources[entry.logical_id]
    if resource.type != entry.type:
        yield f"{entry.title}: {resource.type}"
        return
    actual = HANDLERS[entry.type].current(network.aws, resource.physical_id, resource.properties)
    if actual is None:
        yield f"{entry.title}: does not exist"
        return
    expected = {name: _resolved(value, stack) for name, value in {**entry.create_only, **entry.properties}.items()}
    for name, value in expected.items():
        if name in actual and value is not None and not _same(value, actual[name]):
            yield f"{entry.title}: {name} is {actual[name]}, planned {value}"


def _same(planned: Any, actual: Any) -> bool:
    if isinstance(planned, dict) and isinstance(actual, list):  # tags
        return {str(k): str(v) for k, v in planned.items()}.items() <= {t["Key"]: t["Value"] for t in actual}.items()
    if isinstance(actual, str) and actual.startswith("{"):  # configuration as text, in which the plan has references
        text = planned if isinstance(planned, str) else json.dumps(planned)
        return canonical(json.loads(text.replace("'", '"'))) == canonical(json.loads(actual))
    return bool(comparable(planned) == comparable(actual)) or _ids(planned) == _ids(actual)


def _ids(value: Any) -> Any:
    """Ids in place of the ARNs that end with them."""
    return sorted(map(_ids, value)) if isinstance(value, list) else str(value).rpartition("/")[2]


def _resolved(value: Value, stack: Stack) -> Any:
    """A property of the inventory with physical ids in place of references."""
    match value:
        case Ref(path, attribute):
            if logical_id(path) not in stack.resources:  # the provider of manifests is one entry for several resources
                return None
            resource = stack.resources[logical_id(path)]
            return resource.attributes[attribute] if attribute else resource.physical_id
        case tuple():
            return [_resolved(item, stack) for item in value]
        case Mapping():
            return {key: _resolved(item, stack) for key, item in value.items()}
        case str():
            text = value.replace("${AWS::Partition}", "aws").replace("${AWS::AccountId}", stack.account)
            return text.replace("${AWS::Region}", stack.region)
    return value


def snapshot(network: Network) -> dict[str, list[str]]:
    """Everything in the account and region that a stack can change, in a form that compares."""
    ec2, iam = network.aws("ec2"), network.aws("iam")
    found: dict[str, list[Any]] = {
        "subnets": ec2.describe_subnets()["Subnets"],
        "blocks": [_associated(vpc) for vpc in ec2.describe_vpcs()["Vpcs"]],
        "route tables": ec2.describe_route_tables()["RouteTables"],
        "groups": ec2.describe_security_groups()["SecurityGroups"],
        "NAT gateways": [each for each in ec2.describe_nat_gateways()["NatGateways"] if each["State"] != "deleted"],
        "addresses": ec2.describe_addresses()["Addresses"],
        "internet gateways": ec2.describe_internet_gateways()["InternetGateways"],
        "egress-only": ec2.describe_egress_only_internet_gateways()["EgressOnlyInternetGateways"],
        "endpoints": [each for each in ec2.describe_vpc_endpoints()["VpcEndpoints"] if each["State"] != "deleted"],
        "attachments": [
            each
            for each in ec2.describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"]
            if each["State"] not in ("deleted", "deleting")
        ],
        "flow logs": ec2.describe_flow_logs()["FlowLogs"],
        "interfaces": [each["NetworkInterfaceId"] for each in ec2.describe_network_interfaces()["NetworkInterfaces"]],
        "core networks": list(network.local.network_manager.attachments),
        "roles": [role["RoleName"] for role in iam.list_roles()["Roles"]],
        "log groups": [each["logGroupName"] for each in network.aws("logs").describe_log_groups()["logGroups"]],
        "alarms": [each["AlarmName"] for each in network.aws("cloudwatch").describe_alarms()["MetricAlarms"]],
        "log policies": [
            each["policyName"] for each in network.aws("logs").describe_resource_policies()["resourcePolicies"]
        ],
        "delivery sources": network.aws("logs").describe_delivery_sources()["deliverySources"],
        "delivery destinations": network.aws("logs").describe_delivery_destinations()["deliveryDestinations"],
        "deliveries": network.aws("logs").describe_deliveries()["deliveries"],
        "buckets": [each["Name"] for each in network.aws("s3").list_buckets()["Buckets"]],
        "functions": [each["FunctionName"] for each in network.aws("lambda").list_functions()["Functions"]],
        "parameters": [each["Name"] for each in network.aws("ssm").describe_parameters()["Parameters"]],
        "clusters": network.aws("eks").list_clusters()["clusters"],
        "cluster parts": [
            {
                "entries": sorted(each.entries),
                "policies": each.policies,
                "addons": sorted(each.addons),
                "objects": sorted(each.objects.found),
            }
            for each in network.local.eks.clusters.values()
        ],
    }
    return {what: sorted(canonical(_without_times(each)) for each in items) for what, items in found.items()}


def _associated(vpc: Data) -> dict[str, Any]:
    blocks = [
        each["CidrBlock"] for each in vpc["CidrBlockAssociationSet"] if each["CidrBlockState"]["State"] == "associated"
    ]
    return {"VpcId": vpc["VpcId"], "blocks": sorted(blocks)}


_CHANGING: Final = {"CreateTime", "CreationTime", "AvailableIpAddressCount", "SecurityGroupArn", "CreateTimestamp"}


def _without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_times(inner) for key, inner in value.items() if key not in _CHANGING}
    if isinstance(value, list):
        return sorted((_without_times(item) for item in value), key=canonical)
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def left(before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What differs between two snapshots."""
    found = {what: sorted(set(after[what]) ^ set(before[what])) for what in after}
    return {what: items for what, items in found.items() if items}


Change = Callable[[dict[str, Any]], None]


def changed(data: Data, change: Change) -> dict[str, Any]:
    """A copy of a config with a change."""
    copy = deepcopy(dict(data))
    change(copy)
    return copy
