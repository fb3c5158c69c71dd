"""VPC endpoints and flow logs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from tools.local_aws.cloudformation.resources.ec2 import Ec2Handler
from tools.local_aws.cloudformation.resources.handler import Aws, Created, Properties, list_changes, names, only

_LISTS: Final = ("RouteTableIds", "SubnetIds", "SecurityGroupIds")


class VpcEndpoint(Ec2Handler):
    """AWS::EC2::VPCEndpoint: gateway and interface."""

    type = "AWS::EC2::VPCEndpoint"
    properties = names(
        "VpcId ServiceName VpcEndpointType RouteTableIds SubnetIds SecurityGroupIds PrivateDnsEnabled PolicyDocument Tags"
    )
    in_place = names("RouteTableIds SubnetIds SecurityGroupIds PrivateDnsEnabled PolicyDocument Tags")
    listed_by = ("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointIds")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        given = only(
            wanted, "VpcId ServiceName VpcEndpointType RouteTableIds SubnetIds SecurityGroupIds PrivateDnsEnabled"
        )
        if "PolicyDocument" in wanted:
            given["PolicyDocument"] = json.dumps(wanted["PolicyDocument"])
        id_ = aws("ec2").create_vpc_endpoint(**given)["VpcEndpoint"]["VpcEndpointId"]
        self.tag(aws, id_, wanted)
        return Created(physical_id=id_, attributes={"Id": id_})

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        changes: dict[str, Any] = {}
        for key in _LISTS:
            more, gone = list_changes(before, after, key)
            changes |= {f"Add{key}": more} if more else {}
            changes |= {f"Remove{key}": gone} if gone else {}
        if before.get("PrivateDnsEnabled") != after.get("PrivateDnsEnabled"):
            changes["PrivateDnsEnabled"] = after.get("PrivateDnsEnabled", False)
        if before.get("PolicyDocument") != after.get("PolicyDocument"):
            policy = after.get("PolicyDocument")
            changes |= {"PolicyDocument": json.dumps(policy)} if policy else {"ResetPolicy": True}
        if changes:
            aws("ec2").modify_vpc_endpoint(VpcEndpointId=physical_id, **changes)
        return super().update(aws, physical_id, before, after)

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("ec2").delete_vpc_endpoints(VpcEndpointIds=[physical_id])

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        found = self.found(aws, physical_id)
        if found is None:
            return None
        read = only(found, "VpcId ServiceName VpcEndpointType RouteTableIds SubnetIds Tags")
        groups = [group["GroupId"] for group in found.get("Groups", [])]
        return {key: value for key, value in {**read, "SecurityGroupIds": groups}.items() if key in properties}


class FlowLog(Ec2Handler):
    """AWS::EC2::FlowLog."""

    type = "AWS::EC2::FlowLog"
    properties = names(
        "ResourceId ResourceType TrafficType LogDestinationType LogDestination LogGroupName LogFormat"
        " MaxAggregationInterval DeliverLogsPermissionArn Tags"
    )
    listed_by = ("describe_flow_logs", "FlowLogs", "FlowLogIds")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        given = {key: value for key, value in wanted.items() if key not in ("ResourceId", "Tags")}
        answer = aws("ec2").create_flow_logs(ResourceIds=[wanted["ResourceId"]], **given)
        if failed := answer.get("Unsuccessful"):
            raise RuntimeError(failed[0]["Error"]["Message"])
        (id_,) = answer["FlowLogIds"]
        self.tag(aws, id_, wanted)
        return Created(physical_id=id_, attributes={"Id": id_})

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("ec2").delete_flow_logs(FlowLogIds=[physical_id])

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        found = self.found(aws, physical_id)
        read = found and only(found, "ResourceId TrafficType LogDestinationType LogGroupName LogFormat Tags")
        return read and {key: value for key, value in read.items() if key in properties}
