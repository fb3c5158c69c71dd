"""AWS on loopback: moto's services behind a door that adds what they lack, notes what is asked, and fails on demand.

What moto lacks: fields of EKS Auto Mode, access entries, searches of a transit gateway's routes, quotas, stacks that
were not made through it, and that EC2 hides what EKS Auto Mode made from who does not ask for managed resources.
"""

from __future__ import annotations

import json
import logging
import re
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, collapse_addresses, ip_network
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote
from xml.etree import ElementTree

from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.moto_api._internal import mock_random
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from tests.aws_environment import aws_environment

ACCOUNT = "123456789012"
Answer = tuple[int, str, bytes]
"""Status, content type and body."""
_MANAGED = {
    "DescribeNetworkInterfaces": ("networkInterfaceSet", "."),
    "DescribeInstances": ("reservationSet", "instancesSet/item"),
    "DescribeVolumes": ("volumeSet", "."),
}
_EKS = (
    ("DescribeCluster", r"/clusters/([^/]+)"),
    ("ListNodegroups", r"/clusters/([^/]+)/node-groups"),
    ("ListAddons", r"/clusters/([^/]+)/addons"),
    ("DescribeAccessEntry", r"/clusters/([^/]+)/access-entries/([^/]+)"),
    ("ListAssociatedAccessPolicies", r"/clusters/([^/]+)/access-entries/([^/]+)/access-policies"),
)


@dataclass(frozen=True)
class Asked:
    """A request: service and operation as the API references have them, and its parameters."""

    service: str
    operation: str
    parameters: Mapping[str, str]


@dataclass
class AwsServer:
    """The server, and what stands behind its door beside moto.

    Attributes:
        clusters: what DescribeCluster answers, by region and name.
        entries: types of access entries and their policies, by cluster and principal.
        quotas: values by code; others are not known to Service Quotas.
        stacks: by name, its status and the physical ids of its resources by logical id.
        products: of the AWS Price List, with their service under `serviceCode`; two are answered a page.
        faults: by operation, what to answer in place of the answer.
        asked: every request, in order.
    """

    clusters: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    entries: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    node_groups: list[str] = field(default_factory=list)
    add_ons: list[str] = field(default_factory=list)
    quotas: dict[str, float] = field(default_factory=dict)
    stacks: dict[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    products: list[dict[str, Any]] = field(default_factory=list)
    faults: dict[str, Callable[[Answer], Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> AwsServer:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def reset(self, *, seed: int | None = None) -> None:
        """Forget everything but VPCs, which each test makes for itself, as EC2 takes long to load again.

        With a seed nothing is left at all, and ids that are made from now on follow from it.
        """
        iam_backends[ACCOUNT]["aws"].reset()
        for backend in ec2_backends[ACCOUNT].values():
            backend.reservations.clear()
        if seed is not None:
            moto_api_backend.reset()
            mock_random.seed(seed)
        for state in (self.clusters, self.entries, self.quotas, self.stacks, self.faults):
            state.clear()
        for noted in (self.node_groups, self.add_ons, self.products, self.asked):
            noted.clear()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to take this for AWS, and nothing else."""
        return aws_environment(self.url)

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        scope = re.search(r"Credential=[^/]*/\d+/([^/]+)/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
        region, service = scope.groups() if scope else ("", "")
        asked = _asked(service, environ, body)
        self.asked.append(asked)
        answer = self._of_ours(asked, region) or self._of_moto(environ, body, asked, region)
        if fault := self.faults.get(asked.operation):
            answer = fault(answer)
        status, kind, content = answer
        if status == 0:  # the connection is closed without a word
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            start("200 x", [])
            return []
        start(f"{status} x", [("Content-Type", kind), ("Content-Length", str(len(content)))])
        return [content]

    def _of_moto(self, environ: dict[str, Any], body: bytes, asked: Asked, region: str) -> Answer:
        import io  # noqa: PLC0415

        told: list[tuple[str, list[tuple[str, str]]]] = []
        environ["wsgi.input"] = io.BytesIO(body)
        content = b"".join(self._moto(environ, lambda status, headers, _=None: told.append((status, headers))))
        status, headers = told[0]
        kind = next((value for name, value in headers if name.lower() == "content-type"), "text/xml")
        if asked.operation in _MANAGED and asked.parameters.get("IncludeManagedResources") != "true":
            content = _without_managed(content, *_MANAGED[asked.operation])
        if asked.operation == "DescribeSubnets":
            content = _with_free_addresses(content, region)
        if asked.operation == "SearchTransitGatewayRoutes":
            content = _matching(content, asked.parameters)
        return int(status.split()[0]), kind, content

    def _of_ours(self, asked: Asked, region: str) -> Answer | None:
        if asked.service == "cloudformation" and asked.operation in {"DescribeStacks", "ListStackResources"}:
            return self._stack(asked)
        if asked.operation == "GetServiceQuota":
            value = self.quotas.get(asked.parameters["QuotaCode"])
            return _json({"Quota": {"Value": value}}) if value else _json_error("NoSuchResourceException", 404)
        if asked.service == "eks":
            return self._eks(asked, region)
        if asked.operation == "GetProducts":
            return self._prices(asked.parameters)
        if asked.operation == "ListAttachments":
            return _json({"Attachments": []})  # moto has no attachments of core networks
        return None

    def _stack(self, asked: Asked) -> Answer:
        name = asked.parameters["StackName"]
        if name not in self.stacks:
            return xml_error("ValidationError", f"Stack with id {name} does not exist")
        status, ids = self.stacks[name]
        if asked.operation == "DescribeStacks":
            inner = (
                f"<Stacks><member><StackName>{name}</StackName><StackStatus>{status}</StackStatus></member></Stacks>"
            )
        else:
            members = "".join(
                f"<member><LogicalResourceId>{logical_id}</LogicalResourceId><PhysicalResourceId>{id}</PhysicalResourceId>"
                f"<ResourceType>{_type(id)}</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>"
                for logical_id, id in ids.items()
            )
            inner = f"<StackResourceSummaries>{members}</StackResourceSummaries>"
        text = f"<{asked.operation}Response><{asked.operation}Result>{inner}</{asked.operation}Result></{asked.operation}Response>"
        return 200, "text/xml", text.encode()

    def _prices(self, parameters: Mapping[str, Any]) -> Answer:
        wanted = {each["Field"]: each["Value"] for each in parameters["Filters"]}
        found = [
            json.dumps(product)
            for product in self.products
            if product["serviceCode"] == parameters["ServiceCode"]
            and wanted.items()
            <= {"productFamily": product["product"].get("productFamily"), **product["product"]["attributes"]}.items()
        ]
        start = int(parameters.get("NextToken", 0))
        following = {"NextToken": str(start + 2)} if start + 2 < len(found) else {}
        return _json({"PriceList": found[start : start + 2], **following})

    def _eks(self, asked: Asked, region: str) -> Answer:
        name, principal = asked.parameters["cluster"], asked.parameters.get("principal", "")
        cluster, entry = self.clusters.get((region, name)), self.entries.get((name, principal))
        if cluster is None or (principal and entry is None):
            return _json_error("ResourceNotFoundException", 404)
        kind, policies = entry or ("", ())
        answers: dict[str, dict[str, Any]] = {
            "DescribeCluster": {"cluster": {"name": name, **cluster}},
            "ListNodegroups": {"nodegroups": self.node_groups},
            "ListAddons": {"addons": self.add_ons},
            "DescribeAccessEntry": {"accessEntry": {"principalArn": principal, "type": kind}},
            "ListAssociatedAccessPolicies": {"associatedAccessPolicies": [{"policyArn": arn} for arn in policies]},
        }
        return _json(answers[asked.operation])


def _type(id: str) -> str:
    """Of a resource of a stack, by its physical id."""
    prefixes = {
        "subnet-": "AWS::EC2::Subnet",
        "vpc-cidr-assoc-": "AWS::EC2::VPCCidrBlock",
        "vpc-": "AWS::EC2::VPC",
        "rtb-": "AWS::EC2::RouteTable",
        "sg-": "AWS::EC2::SecurityGroup",
    }
    found = next((kind for prefix, kind in prefixes.items() if id.startswith(prefix)), "AWS::IAM::Role")
    return "AWS::EKS::AccessEntry" if "|" in id else found


def _asked(service: str, environ: Mapping[str, Any], body: bytes) -> Asked:
    if service == "eks":
        path = environ["REQUEST_URI"].partition("?")[0]  # where an ARN still has its slashes quoted
        for operation, pattern in _EKS:
            if found := re.fullmatch(pattern, path):
                names = dict(zip(("cluster", "principal"), map(unquote, found.groups()), strict=False))
                return Asked(service, operation, names)
    if service == "networkmanager" and environ["PATH_INFO"] == "/attachments":
        return Asked(service, "ListAttachments", {})
    if target := environ.get("HTTP_X_AMZ_TARGET", ""):
        return Asked(service, target.rpartition(".")[2], json.loads(body))
    form = {key: values[0] for key, values in parse_qs(body.decode()).items()}
    return Asked(service, form.get("Action", ""), form)


def _without_managed(content: bytes, outer: str, inner: str) -> bytes:
    """The answer without what has the tag of EKS Auto Mode."""
    root = ElementTree.fromstring(re.sub(rb' xmlns="[^"]*"', b"", content, count=1))
    for parent in root.iter(outer):
        for item in list(parent):
            keys = {key.text for each in item.findall(inner) for key in each.findall("tagSet/item/key")}
            if "eks:eks-cluster-name" in keys:
                parent.remove(item)
    return ElementTree.tostring(root)


def _with_free_addresses(content: bytes, region: str) -> bytes:
    """The answer with free addresses outside of what is reserved for prefixes.

    Moto subtracts an address twice that an interface has and that is in a reservation.
    """
    root = ElementTree.fromstring(re.sub(rb' xmlns="[^"]*"', b"", content, count=1))
    backend = ec2_backends[ACCOUNT][region]
    for item in root.iter("item"):
        if (id := item.findtext("subnetId")) and (count := item.find("availableIpAddressCount")) is not None:
            reserved = [
                each.cidr
                for each in backend.get_subnet_cidr_reservations(id, {})["SubnetIpv4CidrReservations"]
                if each.reservation_type == "prefix" and isinstance(each.cidr, IPv4Network)
            ]
            if reserved:
                cidr = IPv4Network(str(item.findtext("cidrBlock")))
                own = [IPv4Network((int(cidr[0]), 30)), IPv4Network(cidr[-1])]
                interfaces = [each for each in backend.get_all_network_interfaces() if each.subnet.id == id]
                taken = [IPv4Network(a["PrivateIpAddress"]) for each in interfaces for a in each.private_ip_addresses]
                used = collapse_addresses([*own, *reserved, *taken])
                count.text = str(cidr.num_addresses - sum(each.num_addresses for each in used))
    return ElementTree.tostring(root)


def _matching(content: bytes, parameters: Mapping[str, str]) -> bytes:
    """The routes of a transit gateway in a range, or around it, each with its attachment, which moto leaves out."""
    root = ElementTree.fromstring(re.sub(rb' xmlns="[^"]*"', b"", content, count=1))
    wanted = ip_network(parameters["Filter.1.Value.1"])
    inside = parameters["Filter.1.Name"] == "route-search.subnet-of-match"
    table_id = parameters["TransitGatewayRouteTableId"]
    tables = (each.transit_gateways_route_tables.get(table_id) for each in ec2_backends[ACCOUNT].values())
    routes: Mapping[str, Any] = next(table.routes for table in tables if table)
    for parent in root.iter("routeSet"):
        for item in list(parent):
            cidr = item.findtext("destinationCidrBlock") or "0.0.0.0/0"
            to = ip_network(cidr)
            if not (to.subnet_of(wanted) if inside else to.supernet_of(wanted)):  # type: ignore[arg-type]
                parent.remove(item)
            elif (attachments := item.find("transitGatewayAttachments")) is not None:
                attachment = ElementTree.SubElement(attachments, "item")
                for name, value in routes[cidr]["transitGatewayAttachments"].items():
                    ElementTree.SubElement(attachment, name).text = value
    return ElementTree.tostring(root)


def _json(data: Mapping[str, Any], status: int = 200) -> Answer:
    return status, "application/json", json.dumps(data).encode()


def _json_error(code: str, status: int) -> Answer:
    return _json({"__type": code, "code": code, "message": code}, status)


def xml_error(code: str, message: str = "", status: int = 400) -> Answer:
    """An error as EC2, IAM and CloudFormation tell it."""
    error = f"<Code>{code}</Code><Message>{message or code}</Message>"
    return (
        status,
        "text/xml",
        f"<Response><Errors><Error>{error}</Error></Errors><Error>{error}</Error></Response>".encode(),
    )
