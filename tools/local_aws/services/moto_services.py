"""The services of moto."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from copy import copy
from functools import cache
from ipaddress import IPv4Network
from itertools import cycle
from typing import Any, Final

os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")  # nothing starts from an image, and they take a second
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")  # so that a role can have a policy of AWS

import moto.backends
import moto.core.responses
import moto.ec2.models.elastic_ip_addresses
from moto.core.utils import method_names_from_class
from moto.ec2.models import ec2_backends
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend, Zone
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, get_prefix
from moto.iam.models import IAMBackend, ManagedPolicy
from moto.logs.exceptions import ConflictException, ValidationException
from moto.logs.models import DeliverySource, LogsBackend
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import create_backend_app

from tools.local_aws.services.request import Answer, Request

_APPS: Final[dict[str, Callable[..., Any]]] = {}
"""The application of each service."""
_LETTERS: Final = "abcdef"
_NAMED_OTHERWISE: Final = {"monitoring": "cloudwatch"}
"""The services that moto does not name as their signatures do."""
_AUTO_MODE_LOGS: Final = {f"AUTO_MODE_{each}_LOGS" for each in ("BLOCK_STORAGE", "COMPUTE", "IPAM", "LOAD_BALANCING")}
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html"""
_LOCAL_ZONES: Final = {"us-east-1": (("us-east-1-bos-1a", "use1-bos1-az1"),)}


def reset() -> None:
    """Forget everything: moto keeps its state for the whole process."""
    moto_api_backend.reset()


def forward(request: Request, *, body: bytes | None = None) -> Answer:
    """What moto answers."""
    if request.service not in _APPS:
        name = _NAMED_OTHERWISE.get(request.service, request.service)
        _APPS[request.service] = create_backend_app(name)  # type: ignore[arg-type]  # of _OF_MOTO
    content = request.body if body is None else body
    environ = {
        **request.environ,
        "wsgi.input": io.BytesIO(content),
        "CONTENT_LENGTH": str(len(content)),
        "HTTP_X_MOTO_ACCOUNT_ID": request.account,
    }
    told: list[tuple[str, list[tuple[str, str]]]] = []
    answered = b"".join(_APPS[request.service](environ, lambda status, headers, _=None: told.append((status, headers))))
    status, headers = told[-1]
    kind = next((value for name, value in headers if name.lower() == "content-type"), "text/xml")
    extra = tuple(
        (name, value) for name, value in headers if name.lower().startswith("x-amz") or name.lower() == "etag"
    )
    return Answer(status=int(status.split()[0]), kind=kind, body=answered, headers=extra)


def ec2_backend(account: str, region: str) -> Any:  # noqa: ANN401  moto has no types for it
    """What moto keeps of EC2 in an account and region."""
    return ec2_backends[account][region]


def add_zones() -> None:
    """Give each region the zones a to f, and Local Zones, which moto lacks."""
    for region, zones in RegionsAndZonesBackend.zones.items():
        names, ids = {zone.name for zone in zones}, {zone.zone_id for zone in zones}
        prefix = zones[0].zone_id.rpartition("-")[0]
        free = [f"{prefix}-az{number}" for number in range(1, 10) if f"{prefix}-az{number}" not in ids]
        for letter in _LETTERS:
            if f"{region}{letter}" not in names:
                zones.append(Zone(region_name=region, name=f"{region}{letter}", zone_id=free.pop(0)))
        for name, id_ in _LOCAL_ZONES.get(region, ()):
            if name not in names:
                zones.append(Zone(region_name=region, name=name, zone_id=id_))


def remember() -> None:
    """Let moto look for its modules, the methods of its classes and the policies of AWS once."""
    modules = tuple(moto.backends.list_of_moto_modules())
    moto.backends.list_of_moto_modules = lambda: modules
    moto.core.responses.method_names_from_class = cache(method_names_from_class)  # type: ignore[attr-defined]
    read, known = IAMBackend._init_aws_policies, dict[str, list[ManagedPolicy]]()

    def policies(backend: IAMBackend) -> list[ManagedPolicy]:
        if backend.partition not in known:
            known[backend.partition] = read(backend)
        return [copy(policy) for policy in known[backend.partition]]

    IAMBackend._init_aws_policies = policies  # type: ignore[assignment, method-assign]


def find_tags_by_id() -> None:
    """Let moto look up the tags of a resource of EC2, and not search those of all, also of deleted ones."""

    def tags(resource: Any) -> list[dict[str, str]]:  # noqa: ANN401  moto has no types for it
        found = resource.ec2_backend.tags.get(resource.id, {})
        type_ = EC2_PREFIX_TO_RESOURCE.get(get_prefix(resource.id), "")
        return [
            {"resource_id": resource.id, "key": key, "value": value, "resource_type": type_}
            for key, value in found.items()
        ]

    TaggedEC2Resource.get_tags = tags  # type: ignore[assignment, method-assign]


def compare_rules_without_descriptions() -> None:
    """Let rules of a security group be the same whatever their descriptions are, as on AWS."""

    def peer(rule: SecurityGroupRule) -> tuple[Any, ...]:
        ports = () if rule.ip_protocol == "-1" else (str(rule.from_port), str(rule.to_port))
        cidrs = rule.ip_range.get("CidrIp"), rule.ip_range.get("CidrIpv6")
        return rule.ip_protocol, *ports, *cidrs, rule.source_group.get("GroupId"), rule.prefix_list_id

    SecurityGroupRule.__eq__ = lambda one, other: peer(one) == peer(other)  # type: ignore[method-assign]


def deliver_logs_of_clusters() -> None:
    """Let clusters of EKS be sources of logs, each once for a type of log."""
    put = LogsBackend.put_delivery_source

    def put_any(
        backend: LogsBackend, name: str, resource_arn: str, log_type: str, tags: dict[str, str]
    ) -> DeliverySource:
        if resource_arn.split(":")[2] != "eks":
            return put(backend, name, resource_arn, log_type, tags)
        if log_type not in _AUTO_MODE_LOGS:
            raise ValidationException(msg="This service is not allowed for this LogSource.")
        for other in backend.delivery_sources.values():
            if (other.resource_arns, other.log_type) == ([resource_arn], log_type) and other.name != name:
                text = "This ResourceId has already been used in another Delivery Source in this account"
                raise ConflictException(msg=text)
        source = DeliverySource(backend.account_id, backend.region_name, name, resource_arn, log_type, tags)
        backend.delivery_sources[name] = source
        if tags:
            backend.tag_resource(source.arn, tags)
        return source

    LogsBackend.put_delivery_source = put_any  # type: ignore[assignment, method-assign]


def allocate_documentation_addresses() -> None:
    """Let Elastic IP addresses be of the ranges for documentation (RFC 5737), not of 127.0.0.0/8."""
    ranges = IPv4Network("203.0.113.0/24"), IPv4Network("198.51.100.0/24"), IPv4Network("192.0.2.0/24")
    addresses = cycle([str(address) for each in ranges for address in each.hosts()])
    moto.ec2.models.elastic_ip_addresses.random_ip = lambda: next(addresses)  # type: ignore[attr-defined]


add_zones()
remember()
find_tags_by_id()
compare_rules_without_descriptions()
allocate_documentation_addresses()
deliver_logs_of_clusters()
