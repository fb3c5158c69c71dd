"""The resource types that the engine emulates, each with a handler."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tools.local_aws.cloudformation.resources import (
    eks,
    endpoint,
    gateway,
    iam,
    monitoring,
    security_group,
    storage,
    subnet,
    vpc,
)
from tools.local_aws.cloudformation.resources.handler import Aws, Created, Handler, Properties

_ALL: Final[tuple[Handler, ...]] = (
    vpc.Vpc(),
    vpc.VpcCidrBlock(),
    vpc.InternetGateway(),
    vpc.VpcGatewayAttachment(),
    vpc.EgressOnlyInternetGateway(),
    vpc.VpnGatewayRoutePropagation(),
    subnet.Subnet(),
    subnet.SubnetCidrReservation(),
    subnet.RouteTable(),
    subnet.SubnetRouteTableAssociation(),
    subnet.Route(),
    gateway.Eip(),
    gateway.NatGateway(),
    gateway.TransitGatewayAttachment(),
    gateway.CoreNetworkVpcAttachment(),
    gateway.ResourceShare(),
    security_group.SecurityGroup(),
    security_group.SecurityGroupIngress(),
    security_group.SecurityGroupEgress(),
    endpoint.VpcEndpoint(),
    endpoint.FlowLog(),
    iam.Role(),
    iam.Policy(),
    iam.ManagedPolicy(),
    eks.Cluster(),
    eks.AccessEntry(),
    eks.Addon(),
    eks.KubernetesResource(),
    monitoring.Alarm(),
    monitoring.LogResourcePolicy(),
    monitoring.DeliverySource(),
    monitoring.DeliveryDestination(),
    monitoring.Delivery(),
    storage.LogGroup(),
    storage.Bucket(),
    storage.BucketPolicy(),
    storage.Parameter(),
    storage.Repository(),
    storage.LayerVersion(),
    storage.Function(),
)

HANDLERS: Final[Mapping[str, Handler]] = {handler.type: handler for handler in _ALL}
"""The handlers by the type of CloudFormation."""

__all__ = ["HANDLERS", "Aws", "Created", "Handler", "Properties"]
