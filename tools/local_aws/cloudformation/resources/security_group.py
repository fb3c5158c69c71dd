"""Security groups and their rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final, Literal

from tools.local_aws.cloudformation.resources.ec2 import Ec2Handler
from tools.local_aws.cloudformation.resources.handler import Aws, Created, Handler, Properties, names, only

Direction = Literal["ingress", "egress"]
_EVERYTHING: Final = [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]
_OF_NEW_GROUP: Final = [*_EVERYTHING, {"IpProtocol": "-1", "CidrIpv6": "::/0"}]
"""The rules of a new group; the last one only in an IPv6 VPC."""
_RULE: Final = names("GroupId IpProtocol CidrIp CidrIpv6 FromPort ToPort Description")


def permission(rule: Properties) -> dict[str, Any]:
    """A rule as EC2 has it."""
    found: dict[str, Any] = {"IpProtocol": str(rule["IpProtocol"])}
    if found["IpProtocol"] != "-1":
        found |= {"FromPort": int(rule.get("FromPort", -1)), "ToPort": int(rule.get("ToPort", -1))}
    text = only(rule, "Description")
    group = rule.get("SourceSecurityGroupId") or rule.get("DestinationSecurityGroupId")
    prefix_list = rule.get("SourcePrefixListId") or rule.get("DestinationPrefixListId")
    if "CidrIp" in rule:
        found["IpRanges"] = [{"CidrIp": rule["CidrIp"], **text}]
    elif "CidrIpv6" in rule:
        found["Ipv6Ranges"] = [{"CidrIpv6": rule["CidrIpv6"], **text}]
    elif group:
        found["UserIdGroupPairs"] = [{"GroupId": group, **text}]
    else:
        found["PrefixListIds"] = [{"PrefixListId": prefix_list, **text}]
    return found


def rules(group: Mapping[str, Any], direction: Direction) -> list[dict[str, Any]]:
    """The rules of a group that EC2 describes, each as a template has it."""
    side = "Source" if direction == "ingress" else "Destination"
    found = []
    for each in group["IpPermissions" if direction == "ingress" else "IpPermissionsEgress"]:
        head = {key: each[key] for key in ("IpProtocol", "FromPort", "ToPort") if each.get(key, -1) != -1}
        if each["IpProtocol"] == "-1":
            head = {"IpProtocol": "-1"}
        peers = [
            *({"CidrIp": peer["CidrIp"]} for peer in each.get("IpRanges", [])),
            *({"CidrIpv6": peer["CidrIpv6"]} for peer in each.get("Ipv6Ranges", [])),
            *({f"{side}SecurityGroupId": peer["GroupId"]} for peer in each.get("UserIdGroupPairs", [])),
            *({f"{side}PrefixListId": peer["PrefixListId"]} for peer in each.get("PrefixListIds", [])),
        ]
        found += [{**head, **peer} for peer in peers]
    return found


def _authorize(aws: Aws, group: str, direction: Direction, rule: Properties) -> None:
    getattr(aws("ec2"), f"authorize_security_group_{direction}")(GroupId=group, IpPermissions=[permission(rule)])


def _revoke(aws: Aws, group: str, direction: Direction, rule: Properties) -> None:
    found = permission(_undescribed(rule))
    getattr(aws("ec2"), f"revoke_security_group_{direction}")(GroupId=group, IpPermissions=[found])


def _undescribed(rule: Properties) -> dict[str, Any]:
    return {key: value for key, value in rule.items() if key != "Description"}


class SecurityGroup(Ec2Handler):
    """AWS::EC2::SecurityGroup."""

    type = "AWS::EC2::SecurityGroup"
    properties = names("GroupDescription VpcId SecurityGroupEgress Tags")
    in_place = names("SecurityGroupEgress Tags")
    listed_by = ("describe_security_groups", "SecurityGroups", "GroupIds")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        given = {"Description": wanted["GroupDescription"], **only(wanted, "VpcId")}
        id_ = aws("ec2").create_security_group(GroupName=name, **given)["GroupId"]
        self.tag(aws, id_, wanted)
        self._set_egress(aws, id_, _OF_NEW_GROUP, wanted.get("SecurityGroupEgress", _EVERYTHING))
        return Created(physical_id=id_, attributes={"GroupId": id_, "Id": id_, "VpcId": wanted.get("VpcId", "")})

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        old, new = (of.get("SecurityGroupEgress", _EVERYTHING) for of in (before, after))
        if old != new:
            self._set_egress(aws, physical_id, old, new)
        return super().update(aws, physical_id, before, after)

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("ec2").delete_security_group(GroupId=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        found = self.found(aws, physical_id)
        return found and {"GroupDescription": found["Description"], **only(found, "VpcId Tags")}

    def _set_egress(self, aws: Aws, id_: str, old: Sequence[Properties], new: Sequence[Properties]) -> None:
        """Change the rules of the group itself; others are resources of their own."""
        has = rules(self.found(aws, id_) or {"IpPermissionsEgress": []}, "egress")
        for rule in old:
            if rule not in new and _undescribed(rule) in has:
                _revoke(aws, id_, "egress", rule)
        for rule in new:
            if rule not in old:
                _authorize(aws, id_, "egress", rule)


class _Rule(Handler):
    direction: ClassVar[Direction]
    tags = ""

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        _authorize(aws, wanted["GroupId"], self.direction, wanted)
        return Created(physical_id=f"sgr-{name}", attributes={"Id": f"sgr-{name}"})

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        _revoke(aws, properties["GroupId"], self.direction, properties)

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        wanted = permission(after)
        update = f"update_security_group_rule_descriptions_{self.direction}"
        getattr(aws("ec2"), update)(GroupId=after["GroupId"], IpPermissions=[wanted])
        return {}

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        (group,) = aws("ec2").describe_security_groups(GroupIds=[properties["GroupId"]])["SecurityGroups"]
        own = {key: value for key, value in properties.items() if key not in ("GroupId", "Description")}
        own |= {key: int(own[key]) for key in ("FromPort", "ToPort") if key in own}
        return {"GroupId": properties["GroupId"], **own} if own in rules(group, self.direction) else None


class SecurityGroupIngress(_Rule):
    """AWS::EC2::SecurityGroupIngress."""

    type = "AWS::EC2::SecurityGroupIngress"
    properties = _RULE | names("SourceSecurityGroupId SourcePrefixListId")
    in_place = names("Description")
    direction = "ingress"


class SecurityGroupEgress(_Rule):
    """AWS::EC2::SecurityGroupEgress."""

    type = "AWS::EC2::SecurityGroupEgress"
    properties = _RULE | names("DestinationSecurityGroupId DestinationPrefixListId")
    in_place = names("Description")
    direction = "egress"
