"""Core networks of AWS Cloud WAN, and the VPC's attachment to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from podspace.diagnostic import Diagnostic, Location
from podspace.planning.aws_id import CoreNetworkArn
from podspace.planning.egress.attachment import AttachedGateway, AttachedKind, AttachmentFields
from podspace.planning.egress.gateway import RouteProperty
from podspace.planning.inventory import Resource
from podspace.planning.origin import Existing

if TYPE_CHECKING:  # both contain gateways
    from podspace.planning.network import Network
    from podspace.planning.plan import Plan

CORE_NETWORK_PAGE: Final = "https://docs.aws.amazon.com/network-manager/latest/cloudwan/cloudwan-vpc-attachment.html"
_ATTACHMENTS_PAGE: Final = "https://docs.aws.amazon.com/network-manager/latest/cloudwan/cloudwan-create-attachment.html"


class CoreNetworkFields(AttachmentFields):
    """Keys of `egress` entries for core networks."""

    core_network: CoreNetworkArn | None = None
    """An existing core network of Cloud WAN, alone or with `private_nat_gateways`, whose traffic is then routed to
    it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CoreNetwork(AttachedGateway):
    """An existing core network of Cloud WAN as target of routes, by its ARN."""

    kind: ClassVar[str] = "core_network"
    title: ClassVar[str] = "core network"
    target: ClassVar[RouteProperty] = "CoreNetworkArn"
    price_per_hour: ClassVar[str] = "core_network_hour"
    price_per_gb: ClassVar[str] = "core_network_gb"

    @property
    def id(self) -> str:
        """Id of the core network, the end of its ARN; empty if a CDK app passes it in."""
        return core_network_id(self.origin.id) if isinstance(self.origin, Existing) else ""

    def resources(self, plan: Plan) -> Iterator[Resource]:
        """The attachment, if it is new; its properties have the ARNs of the VPC and the subnets."""
        if not self.new:
            return
        options = {"Options": {"Ipv6Support": True}} if self.ipv6 else {}
        yield Resource(
            type="AWS::NetworkManager::VpcAttachment",
            path=self.attachment_path,
            kind=self.attachment_title,
            hourly=(self.hourly,),
            name=self.name,
            create_only={
                "CoreNetworkId": self.id or self.value,
                "VpcArn": plan.vpc.value,
            },
            properties={
                "SubnetArns": tuple(plan.vpc.subnet_value(subnet) for subnet in self.attachment.values()),
                **options,
                "Tags": dict(self.tags),
            },
        )


def core_network_id(arn: str) -> str:
    """The id of a core network, such as `core-network-0123456789abcdef0`."""
    return arn.rpartition("/")[2]


class CoreNetworks(AttachedKind):
    """The gateway kind `core_network`, alone or behind private NAT gateways."""

    key = "core_network"
    gateway = CoreNetwork
    title = CoreNetwork.title
    id_form = "arn:aws:networkmanager::ACCOUNT:core-network/core-network-…"
    default_name = "core-network"
    page = CORE_NETWORK_PAGE

    def remarks(self, network: Network) -> Iterator[Diagnostic]:
        """Notes: routes that other networks learn, what is unknown about them, and who accepts the attachment."""
        gateways = [each for each in network.gateways if isinstance(each, CoreNetwork)]
        blocks = [str(block.cidr) for block in network.config.pods.cidrs if not block.unique]
        if gateways and blocks and not network.ipv6:
            yield Diagnostic(
                id="core-network-propagation",
                severity="note",
                subject=", ".join(blocks),
                message=f"a VPC attachment propagates every CIDR block of the VPC to its segment, including "
                f"{', '.join(blocks)}, which no other network should learn: let a routing policy of the core network "
                "drop these routes",
                source=CORE_NETWORK_PAGE,
                inferred=True,
            )
        if any(each.new for each in gateways):
            yield Diagnostic(
                id="core-network-acceptance",
                severity="note",
                message="the policy of the core network decides, for example by the tags of the attachment, which "
                "segment it belongs to and whether it must be accepted first: until it is available, routes to the "
                "core network fail",
                source=_ATTACHMENTS_PAGE,
                inferred=True,
            )
        for index, entry in enumerate(network.config.egress):
            if self.chosen(entry):
                to = ", ".join(map(str, entry.to))
                yield Diagnostic(
                    id="other-side-unknown",
                    severity="note",
                    location=Location(path=f"egress[{index}].{self.key}"),
                    subject=to,
                    message="this file does not show which networks the segment of the attachment reaches, so that "
                    f"{to} is not checked; `podspace preflight` checks the attachment, and `aws networkmanager "
                    "get-network-routes` shows the routes of the segment",
                )
