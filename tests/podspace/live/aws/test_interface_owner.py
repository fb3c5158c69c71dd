"""What a network interface is for, by the texts that services write."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.live.aws.interface import Interface
from podspace.live.aws.interface_owner import Owner, owner_of


def an_interface(description: str = "", **keys: Any) -> Interface:
    return Interface.model_validate(
        {"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "Description": description, **keys}
    )


@pytest.mark.parametrize(
    ("interface", "owner"),
    [
        (an_interface("RDSNetworkInterface", RequesterId="amazon-rds"), Owner("RDS")),
        (an_interface("ElastiCache orders-001"), Owner("ElastiCache", "orders-001")),
        (an_interface("EFS mount target for fs-0a1b (fsmt-0c2d)", InterfaceType="efs"), Owner("EFS", "fs-0a1b")),
        (an_interface("ELB app/web/c961c5120a050a5a"), Owner("load balancer", "app/web")),
        (an_interface("ELB net/tcp/c961c5120a050a5a", InterfaceType="network_load_balancer"), Owner("load balancer", "net/tcp")),
        (an_interface("ELB classic"), Owner("load balancer", "classic")),
        (an_interface("AWS Lambda VPC ENI-mail-30bb1fd5-e726-4d80-9ff2-52fd62cd548c"), Owner("Lambda", "mail")),
        (an_interface("ES shared-01"), Owner("OpenSearch", "shared-01")),
        (an_interface("VPC Endpoint Interface vpce-0a1b", InterfaceType="vpc_endpoint"), Owner("VPC endpoint", "vpce-0a1b")),
        (an_interface("Amazon EKS other"), Owner("EKS control plane", "other")),
        (an_interface("Primary network interface", Attachment={"InstanceId": "i-1"}), Owner("EC2 instance", "i-1")),
        (an_interface("of a branch", InterfaceType="trunk"), Owner("trunk", "of a branch")),
        (an_interface("new", RequesterId="amazon-elasticache"), Owner("ElastiCache", "new")),
        (an_interface("Qldb", RequesterId="amazon-other"), Owner("amazon-other", "Qldb")),
        (an_interface("by hand", RequesterId="AIDAEXAMPLE"), Owner("network interface", "by hand")),
        (an_interface(), Owner("network interface", "eni-1")),
        (an_interface("ElastiCache "), Owner("network interface", "ElastiCache ")),
    ],
)  # fmt: skip
def test_the_owner_of_a_network_interface(interface: Interface, owner: Owner) -> None:
    assert owner_of(interface) == owner
