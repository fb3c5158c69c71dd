"""What each row of a probe's result means, compared with the plan."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from podspace.diagnostic import Diagnostic, Severity
from podspace.planning import Plan
from podspace.planning.nodes.snat import SNAT_PAGE
from podspace.reporting.wording import plain
from podspace.smoke.endpoint_names import (
    ENDPOINT_PAGE,
    GATEWAY_PAGE,
    endpoint_names,
    is_gateway_endpoint,
    is_interface_endpoint,
)
from podspace.smoke.expected_routes import reaches_internet, routed_by
from podspace.smoke.likely_cause import (
    DNS_PAGE,
    FAILURES,
    GROUPS_PAGE,
    LikelyCause,
    address_of,
    is_private_address,
    likely_cause,
)
from podspace.smoke.probe import Probe
from podspace.smoke.public_addresses import PublicAddresses
from podspace.smoke.result import Row

_METADATA_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/automode-learn-instances.html"
_MTU_PAGE: Final = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html"
_DNS_SUBJECTS: Final = {"cluster": "the name of a Service of the cluster", "internet": "a public DNS name"}
_IMAGE: Final = "use the default image, or a copy of it, with --image"


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What a row is compared with.

    Attributes:
        plan: of the network.
        probe: that wrote the row.
        addresses: of its pod.
        started: the zones in which a probe pod has an address.
        public: the public addresses that it may be seen with.
    """

    plan: Plan
    probe: Probe
    addresses: tuple[str, ...]
    started: frozenset[str]
    public: PublicAddresses


def verdicts(row: Row, context: Context) -> Iterator[Diagnostic]:
    """The diagnostics of a row, without the probe as their subject; none for a check that is not known."""
    judge = _JUDGES.get(row.check)
    if judge is None:
        return
    if row.outcome == "unknown":
        what = plain(f"{row.check} {row.subject}")
        text = f"the image has no program to check {what}"
        yield _found(row, "unknown", text, fix=_IMAGE)
    else:
        yield from judge(row, context)


def not_tried(rows: Sequence[Row], context: Context, *, zones: Collection[str]) -> Iterator[Diagnostic]:
    """What the rows of a probe lack, although the plan has it: the manifest is older than the config, or was changed.

    Args:
        rows: every row of the probe.
        context: what they are compared with.
        zones: those of the probe's NodePool.
    """
    tried = {(row.check, row.subject) for row in rows}
    expected = [
        *(("dns", subject) for subject in _DNS_SUBJECTS),
        *((check, "") for check in ("api-server", "internet", "instance-metadata")),
        *(("endpoint", service) for service in endpoint_names(context.plan)),
        *(("zone", zone) for zone in sorted(zones) if zone != context.probe.zone),
    ]
    for check, subject in expected:
        if (check, subject) not in tried:
            row = Row(check=check, subject=subject, outcome="", detail="")
            text = f"the probe did not try {f'{check} {subject}'.strip()}"
            fix = "delete the namespace, and apply the manifest of this config"
            yield _found(row, "unknown", text, fix=fix)


def _odd(row: Row) -> Diagnostic:
    """A row that no probe writes."""
    text = f"the result {row.outcome} of {f'{row.check} {row.subject}'.strip()} is not one of a probe"
    return _found(row, "unknown", text, fix="delete the namespace, and apply the manifest of this config")


def _found(
    row: Row, severity: Severity, message: str, *, cause: str = "", fix: str = "", source: str = ""
) -> Diagnostic:
    return Diagnostic(
        id=f"smoke-{row.check}",
        severity=severity,
        message=plain(message),
        cause=plain(cause),
        fix=plain(fix),
        source=source,
        inferred=bool(cause),
    )


def _failed(row: Row, what: str, why: LikelyCause, *, severity: Severity = "error") -> Diagnostic:
    said = FAILURES.get(row.outcome, f"fails: {row.outcome}")
    return _found(row, severity, f"{what} {said}", cause=why.cause, fix=why.fix, source=why.source)


def _cause(row: Row, context: Context) -> LikelyCause:
    return likely_cause(context.plan, context.probe, row.outcome, address_of(row.detail))


def _dns(row: Row, _: Context) -> Iterator[Diagnostic]:
    names = _DNS_SUBJECTS.get(row.subject, "")
    if not names:
        yield _odd(row)
        return
    if row.outcome == "ok":
        yield _found(row, "ok", f"{names} resolves")
    elif row.subject == "cluster":
        cause = "the DNS service of the cluster does not answer: in EKS Auto Mode each node has it, elsewhere a "
        cause += "security group or a network ACL drops TCP or UDP 53 between pods and CoreDNS"
        fix = "check that the node is ready; with CoreDNS pods, admit port 53 from the pods in their security group"
        source = "https://docs.aws.amazon.com/eks/latest/userguide/auto-networking.html"
        yield _found(row, "error", f"{names} does not resolve", cause=cause, fix=fix, source=source)
    else:
        cause = "the DNS service of the cluster gets no answer from the resolver of the VPC: DNS resolution of the VPC "
        cause += "is off, its DHCP options name other servers, or a DNS firewall blocks the name"
        fix = "switch enableDnsSupport on, and check DHCP options and DNS firewall of the VPC"
        yield _found(row, "error", f"{names} does not resolve", cause=cause, fix=fix, source=DNS_PAGE)


def _api_server(row: Row, context: Context) -> Iterator[Diagnostic]:
    if row.outcome == "ok":
        answer = "answers a request" if row.detail else "accepts the connection"
        yield _found(row, "ok", f"the API server {answer}")
    elif row.outcome in {"timeout", "unreachable"}:
        cause = "its network interfaces are in the VPC, so a security group or a network ACL drops the packets"
        group = context.plan.cluster.name
        fix = f"admit TCP 443 from the security group of the pods in the cluster security group of {group}; check the "
        fix += "network ACLs of the pod subnets and of the cluster's subnets"
        source = "https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html"
        yield _failed(row, "the API server", LikelyCause(cause=cause, fix=fix, source=source))
    else:
        yield _failed(row, "the API server", _cause(row, context))


def _zone(row: Row, context: Context) -> Iterator[Diagnostic]:
    what, others = f"the probe in {row.subject}", "the probes of other zones"
    if row.outcome != "ok" and row.subject not in context.started:
        fix = "wait until it has started, then delete the namespace and apply the manifest again"
        yield _found(row, "unknown", f"{what} has no address, so the connection to it is not tried", fix=fix)
    elif row.outcome != "ok":
        cause = "the security group of the pods does not admit itself, or a network ACL of the pod subnets drops the "
        cause += "packets; or the probe there started after this one had ended"
        fix = "admit the security group of the pods in itself, and check the network ACLs in both directions; else "
        fix += "delete the namespace and apply the manifest again, with a longer --wait"
        yield _failed(row, what, LikelyCause(cause=cause, fix=fix, source=GROUPS_PAGE))
    elif not row.detail:
        yield _found(row, "ok", f"{others} accept connections")
    elif context.addresses and address_of(row.detail) not in {address_of(each) for each in context.addresses}:
        text = f"{what} sees the address {row.detail} rather than that of the pod, {', '.join(context.addresses)}"
        cause = "traffic inside the VPC keeps the address of the pod; something on its path translates it"
        fix = "check that vpc.cidrs has every CIDR block of the VPC, and that no appliance is between the zones"
        yield _found(row, "error", text, cause=cause, fix=fix, source=SNAT_PAGE)
    else:
        yield _found(row, "ok", f"{others} answer, and see the address of the pod")


def _mtu(row: Row, _: Context) -> Iterator[Diagnostic]:
    if row.subject == "interface" and row.outcome != "ok":
        yield _odd(row)
    elif row.subject == "interface":
        yield _found(row, "ok", f"the MTU of the network interface of the pod is {row.detail} bytes")
    elif row.outcome == "ok":
        yield _found(row, "ok", "1 MiB from each other zone arrives completely")
    else:
        text = f"only {row.detail or 0} bytes of 1 MiB arrive from {row.subject}; small answers arrive completely"
        cause = "packets of full size are lost: an MTU on the path is smaller than that of the interfaces, and the "
        cause += "ICMP message that says so is blocked (path MTU discovery)"
        fix = "admit ICMP type 3, code 4 in security groups and network ACLs of the path"
        yield _found(row, "error", text, cause=cause, fix=fix, source=_MTU_PAGE)


def _internet(row: Row, context: Context) -> Iterator[Diagnostic]:
    expected, reached = reaches_internet(context.plan, context.probe), row.outcome == "ok"
    of = routed_by(context.plan, context.probe)
    if reached and expected is False:
        text = "the internet is reachable, although the plan has no route to it"
        cause = f"the route table of the {of} subnet has a route that is not in the config, or another table is used"
        fix = "no action needed if intended; else compare the route table with the config"
        yield _found(row, "warning", text, cause=cause, fix=fix)
    elif reached:
        yield _found(row, "ok", "the internet is reachable")
    elif expected is False and row.outcome != "refused":  # an answer of whatever refuses has come back
        yield _found(row, "ok", "the internet is not reachable, as the plan has no route to it")
    elif row.outcome == "no-name":
        yield _failed(row, "the internet", _cause(row, context))
    else:
        somewhere = address_of("192.0.2.1")  # for the default route; reserved for documentation
        why = likely_cause(context.plan, context.probe, row.outcome, somewhere)
        yield _failed(row, "the internet", why, severity="error" if expected else "warning")


def _source_address(row: Row, context: Context) -> Iterator[Diagnostic]:
    public, policy, seen = context.public, context.probe.snat_policy, address_of(row.detail)
    if row.outcome != "ok" or seen is None:
        if reaches_internet(context.plan, context.probe) is not False:
            fix = "correct what smoke-internet reports, or give another service with --echo; use http if wget of the "
            fix += "image has no TLS"
            yield _found(row, "unknown", "the address echo gives no address", fix=fix)
    elif public.unknown:
        fix = "compare it with the address that you expect, or give that with --public-address"
        text = f"the public address is {seen}; the expected address is not known: {public.unknown}"
        yield _found(row, "unknown", text, fix=fix)
    elif any(seen in cidr for cidr in public.cidrs):
        yield _found(row, "ok", f"the public address is {seen}, of {public.of} (snatPolicy {policy})")
    else:
        of = routed_by(context.plan, context.probe)
        text = f"the public address is {seen}; with snatPolicy {policy} it must be {public}"
        cause = f"traffic does not follow the route table of the {of} subnet, or that table has another default route: "
        cause += "the node was created before the NodeClass had this snatPolicy, or the route was changed"
        fix = f"compare snatPolicy of the deployed NodeClass with the config, and the default route of the {of} subnet "
        fix += "with the expected gateway; replace nodes that are older than the NodeClass"
        yield _found(row, "error", text, cause=cause, fix=fix, source=SNAT_PAGE)


def _destination(row: Row, context: Context) -> Iterator[Diagnostic]:
    if row.outcome == "ok":
        yield _found(row, "ok", f"{row.subject} accepts the connection")
    else:
        at = f" ({row.detail})" if row.detail and row.detail not in row.subject else ""
        yield _failed(row, f"{row.subject}{at}", _cause(row, context))


def _endpoint(row: Row, context: Context) -> Iterator[Diagnostic]:
    plan, service, address = context.plan, row.subject, address_of(row.detail)
    host = endpoint_names(plan).get(service, service)
    if is_gateway_endpoint(plan, service):
        yield _gateway_endpoint(row, host, context)
        return
    if address is not None and not is_private_address(plan, address):
        text = f"{host} resolves to a public address, {address}"
        cause = "the VPC has no interface endpoint for the service, private DNS of the endpoint is off, or the VPC has "
        cause += "DNS hostnames or DNS resolution switched off"
        fix = "create the endpoint, or switch on private DNS, enableDnsHostnames and enableDnsSupport"
        assumed = plan.endpoints is not None and not is_interface_endpoint(plan, service)
        severity: Severity = "note" if assumed else "error"  # which services existing endpoints have is not known
        yield _found(row, severity, text, cause=cause, fix=fix, source=ENDPOINT_PAGE)
    elif row.outcome == "ok" and address is None:
        text = f"{host} accepts the connection; whether it resolves to a private address is not known"
        yield _found(row, "unknown", text, fix=_IMAGE)
    elif row.outcome == "ok":
        yield _found(row, "ok", f"{host} resolves to a private address and accepts the connection")
    elif row.outcome == "no-name":
        yield _failed(row, host, _cause(row, context))
    else:
        cause = "the security group of the endpoint does not admit the pods, or a network ACL drops the packets"
        fix = "admit TCP 443 from the security group of the pods, or their CIDR blocks, in the group of the endpoint"
        yield _failed(row, host, LikelyCause(cause=cause, fix=fix, source=ENDPOINT_PAGE))


def _gateway_endpoint(row: Row, host: str, context: Context) -> Diagnostic:
    if row.outcome == "ok":
        return _found(row, "ok", f"{host} accepts the connection, by its gateway endpoint or another route")
    if row.outcome in {"no-name", "refused"}:
        return _failed(row, host, _cause(row, context))
    of = routed_by(context.plan, context.probe)
    cause = (
        f"the gateway endpoint is not on the route table of the {of} subnet, or an egress rule of the security group "
    )
    cause += "does not allow the prefix list of the service, or a network ACL drops the packets"
    fix = f"associate the gateway endpoint with the route table of the {of} subnet in {context.probe.zone}; allow TCP "
    fix += "443 to the prefix list of the service"
    return _failed(row, host, LikelyCause(cause=cause, fix=fix, source=GATEWAY_PAGE))


def _instance_metadata(row: Row, _: Context) -> Iterator[Diagnostic]:
    if row.outcome == "none":
        yield _found(row, "ok", "instance metadata gives the pod no token")
        return
    if row.outcome != "reached":
        yield _odd(row)
        return
    how = "without a token (IMDSv1)" if row.detail == "imdsv1" else "with a token (IMDSv2)"
    cause = "the hop limit of the instance is more than 1; in EKS Auto Mode it is 1 and cannot be changed, so EKS "
    cause += "Auto Mode did not create this node"
    fix = "set HttpPutResponseHopLimit to 1 and HttpTokens to required, and give pods roles by EKS Pod Identity"
    text = f"instance metadata answers the pod {how}, so the pod can use the role of the node"
    yield _found(row, "warning", text, cause=cause, fix=fix, source=_METADATA_PAGE)


_JUDGES: Final[Mapping[str, Callable[[Row, Context], Iterator[Diagnostic]]]] = {
    "dns": _dns,
    "api-server": _api_server,
    "zone": _zone,
    "mtu": _mtu,
    "internet": _internet,
    "source-address": _source_address,
    "destination": _destination,
    "endpoint": _endpoint,
    "instance-metadata": _instance_metadata,
}
"""What compares a row with the plan, by its check."""
CHECKS: Final = tuple(_JUDGES)
"""Every check of a probe."""
