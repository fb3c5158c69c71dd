"""Transit gateways, and the VPC's attachment to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from podspace.diagnostic import Diagnostic
from podspace.planning.aws_id import TransitGatewayId
from podspace.planning.egress.attachment import AttachedGateway, AttachedKind, AttachmentFields
from podspace.planning.egress.gateway import RouteProperty
from podspace.planning.inventory import Resource

if TYPE_CHECKING:  # both contain gateways
    from podspace.planning.network import Network
    from podspace.planning.plan import Plan

TRANSIT_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html"


class TransitGatewayFields(AttachmentFields):
    """Keys of `egress` entries for transit gateways."""

    transit_gateway: TransitGatewayId | None = None
    """An existing transit gateway, alone or with `private_nat_gateways`, whose traffic is then routed to it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TransitGateway(AttachedGateway):
    """An existing transit gateway as target of routes."""

    kind: ClassVar[str] = "transit_gateway"
    title: ClassVar[str] = "transit gateway"
    target: ClassVar[RouteProperty] = "TransitGatewayId"
    price_per_hour: ClassVar[str] = "transit_gateway_hour"
    price_per_gb: ClassVar[str] = "transit_gateway_gb"

    def resources(self, plan: Plan) -> Iterator[Resource]:
        """The resource of the attachment, if it is new."""
        if not self.new:
            return
        options = {"Options": {"Ipv6Support": "enable"}} if self.ipv6 else {}
        yield Resource(
            type="AWS::EC2::TransitGatewayAttachment",
            path=self.attachment_path,
            kind=self.attachment_title,
            hourly=(self.hourly,),
            name=self.name,
            create_only={
                "TransitGatewayId": self.value,
                "VpcId": plan.vpc.value,
            },
            properties={
                "SubnetIds": tuple(plan.vpc.subnet_value(subnet) for subnet in self.attachment.values()),
                **options,
                "Tags": dict(self.tags),
            },
        )


class TransitGateways(AttachedKind):
    """The gateway kind `transit_gateway`, alone or behind private NAT gateways."""

    key = "transit_gateway"
    gateway = TransitGateway
    title = TransitGateway.title
    id_form = "tgw-…"
    default_name = "transit-gateway"
    page = TRANSIT_PAGE

    def remarks(self, network: Network) -> Iterator[Diagnostic]:
        """Notes: routes that other networks learn, and who accepts the attachment."""
        gateways = [each for each in network.gateways if isinstance(each, TransitGateway)]
        blocks = [str(block.cidr) for block in network.config.pods.cidrs if not block.unique]
        if gateways and blocks and not network.ipv6:
            yield Diagnostic(
                id="transit-gateway-propagation",
                severity="note",
                subject=", ".join(blocks),
                message=f"a VPC attachment propagates every CIDR block of the VPC, including {', '.join(blocks)}, "
                "which no other network should learn: use static routes to the routable CIDR blocks in the transit "
                "gateway's route table, or turn propagation off there",
                source=TRANSIT_PAGE,
                inferred=True,
            )
        if any(each.new for each in gateways):
            yield Diagnostic(
                id="transit-gateway-acceptance",
                severity="note",
                message="if the transit gateway belongs to another account and does not accept attachments "
                "automatically, the deployment waits for their acceptance, and its routes fail without it",
                source=TRANSIT_PAGE,
                inferred=True,
            )
