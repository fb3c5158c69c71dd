"""Security groups, and the endpoints that have them, from EC2."""

from __future__ import annotations

from ipaddress import IPv4Network

from pydantic import Field

from podspace.live.aws.model import Ec2Model, Tags


class GroupRef(Ec2Model):
    """A security group that something is in."""

    group_id: str


class Endpoint(Ec2Model):
    """A VPC endpoint; those of type Resource and ServiceNetwork have no service name."""

    endpoint_id: str = Field(alias="VpcEndpointId")
    endpoint_type: str = Field(alias="VpcEndpointType")
    service_name: str = ""
    state: str = ""
    private_dns: bool = Field(default=True, alias="PrivateDnsEnabled")
    subnet_ids: tuple[str, ...] = ()
    groups: tuple[GroupRef, ...] = ()


class IpRange(Ec2Model):
    """A range of addresses that a rule names."""

    cidr_ip: IPv4Network


class Permission(Ec2Model):
    """Ingress or egress of a security group rule; protocol -1 is every protocol, without ports."""

    ip_protocol: str
    from_port: int | None = None
    to_port: int | None = None
    ip_ranges: tuple[IpRange, ...] = ()
    groups: tuple[GroupRef, ...] = Field(default=(), alias="UserIdGroupPairs")

    def covers(self, port: int) -> bool:
        """Whether it is about this TCP port."""
        if self.ip_protocol == "-1":
            return True
        return self.ip_protocol in {"tcp", "6"} and (self.from_port or 0) <= port <= (self.to_port or 65535)


class SecurityGroup(Ec2Model):
    """A security group."""

    group_id: str
    ingress: tuple[Permission, ...] = Field(default=(), alias="IpPermissions")
    tags: Tags = Field(default_factory=dict)

    def lets_in_group(self, group_id: str, *, port: int) -> bool:
        """Whether what is in another group reaches a TCP port."""
        return any(
            rule.covers(port) and any(group.group_id == group_id for group in rule.groups) for rule in self.ingress
        )

    def lets_in(self, source: IPv4Network, *, port: int) -> bool:
        """Whether all of a range reaches a TCP port."""
        return any(
            rule.covers(port) and any(source.subnet_of(range_.cidr_ip) for range_ in rule.ip_ranges)
            for rule in self.ingress
        )
