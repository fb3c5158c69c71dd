"""Messages that are known are found, counted by who says them, and told with cause and fix."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from podspace.verification import Verification
from podspace.verification.known_symptoms import SYMPTOMS, symptom_of
from podspace.verification.symptom import Symptom
from tests.podspace.cluster_objects import a_condition, a_node, a_node_claim, a_pod, an_event
from tests.podspace.verification.network import found, verified

NO_ADDRESS = (
    "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "
    '"14bffa7734d01abd808dead23744386135518961ab240ba48b88a9e269398126": plugin type="aws-cni" name="aws-cni" failed '
    "(add): add cmd: failed to assign an IP address to container"
)
WEBHOOK = (
    'Error creating: Internal error occurred: failed calling webhook "pods.example.com": failed to call webhook: Post '
    '"https://hook.example.svc:443/pods?timeout=10s": context deadline exceeded'
)
UNFIT = (
    'Failed to schedule pod, incompatible with nodepool "pool", daemonset overhead={"cpu":"150m","pods":"2"}, '
    "incompatible requirements, key topology.kubernetes.io/zone, topology.kubernetes.io/zone In [eu-west-1c] not in "
    "topology.kubernetes.io/zone In [eu-west-1a eu-west-1b]"
)
SAID = {
    "no-prefix-left": ("Node", "InsufficientCidrBlocks: The specified subnet does not have enough free cidr blocks to satisfy the request"),
    "no-address-left": ("NodeClaim", "InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses"),
    "no-pod-address": ("Pod", NO_ADDRESS),
    "subnets-not-found": ("NodeClass", "SubnetsReady is False (SubnetsNotFound: SubnetSelector did not match any Subnets)"),
    "groups-not-found": ("NodeClass", "SecurityGroupsReady=False"),
    "instance-profile": ("NodeClass", "InstanceProfileReady is False (NotFound: role pods-nodes)"),
    "launch-template": ("NodeClaim", "Launched is Unknown (LaunchFailed: Error getting launch template configs)"),
    "create-fleet": ("NodeClaim", "Launched is Unknown (LaunchFailed: Error creating fleet)"),
    "not-authorized": ("NodeClaim", "UnauthorizedOperation: You are not authorized to perform this operation."),
    "node-not-registered": ("NodeClaim", "Registered is Unknown (NodeNotFound: Node not registered with cluster)"),
    "zone-without-pool": ("Pod", f"FailedScheduling: {UNFIT}"),
    "pool-at-its-limit": ("Pod", 'Failed to schedule pod, all available instance types exceed limits for nodepool "pool"'),
    "no-pool-fits": ("Pod", 'Failed to schedule pod, incompatible with nodepool "pool", did not tolerate dedicated=gpu'),
    "webhook-unreachable": ("ReplicaSet", WEBHOOK),
    "image-timeout": ("Pod", 'ErrImagePull: failed to pull and unpack image "public.ecr.aws/x": dial tcp 1.2.3.4:443: i/o timeout'),
}  # fmt: skip


@pytest.mark.parametrize("symptom", SYMPTOMS, ids=lambda symptom: symptom.id)
def test_each_is_known_by_what_is_said_in_clusters(symptom: Symptom) -> None:
    """And by the words that its page shows; it comes with cause, fix and source."""
    kind, text = SAID[symptom.id]
    assert symptom_of(text, kind=kind) == symptom
    assert symptom_of(symptom.shown, kind=kind) is not None
    assert symptom.cause
    assert symptom.fix
    assert urlsplit(symptom.source).scheme == "https"


def test_ids_are_unique() -> None:
    """As they name checks."""
    assert len({symptom.id for symptom in SYMPTOMS}) == len(SYMPTOMS) == len(SAID)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("Pod", "Scheduled: Successfully assigned shop/web-1 to i-a"),
        ("Pod", "BackOff: Back-off restarting failed container"),
        ("Pod", "FailedScheduling: 0/3 nodes are available: 3 Insufficient cpu"),
        ("Pod", "ErrImagePull: rpc error: code = NotFound desc = no such image"),
        ("Pod", "Unhealthy: Readiness probe failed: context deadline exceeded"),
        ("Pod", "AccessDenied: the app may not read the bucket"),
        ("ReplicaSet", 'failed calling webhook "x": denied the request: image not signed'),
        ("NodeClaim", "Registered is Unknown (AwaitingReconciliation)"),
        ("Node", "NodeReady: Node i-a status is now: NodeReady"),
    ],
)
def test_what_is_said_every_day_is_no_symptom(kind: str, text: str) -> None:
    """Nor are faults of other things."""
    assert symptom_of(text, kind=kind) is None


def cases(verification: Verification) -> dict[tuple[str, str], str]:
    """The symptoms found, with whose they are, and how bad they are."""
    known = {symptom.id for symptom in SYMPTOMS}
    return {(each.id, each.subject): each.severity for each in verification.diagnostics if each.id in known}


WAITING = a_pod("web-1", address=None)


def test_an_event_of_a_pod_that_waits_is_an_error() -> None:
    """One of a pod that has its address by now is a warning, as events are kept for an hour."""
    events = [an_event(NO_ADDRESS, reason="FailedCreatePodSandBox")]
    assert cases(verified(pods=[WAITING], events=events)) == {("no-pod-address", "Pods of pool"): "error"}
    after = verified(events=events)
    assert cases(after) == {("no-pod-address", "Pods"): "warning"}
    assert "none of them is known to be stuck now" in found(after, "no-pod-address")[0].message


def test_an_old_event_stays_a_warning_however_many_pods_wait() -> None:
    """So that `--watch` ends."""
    many = [a_pod(f"p{number}", node="", address=None) for number in range(10_001)]
    verification = verified(pods=[a_pod(), *many], events=[an_event(NO_ADDRESS)])
    assert cases(verification) == {("no-pod-address", "Pods"): "warning"}
    assert verification.proven
    last = verified(pods=[a_pod(), *many], events=[an_event(NO_ADDRESS, name="p10000")])
    assert cases(last) == {("no-pod-address", "Pods"): "error"}


def test_kinds_are_named_in_their_plural() -> None:
    says = "SubnetSelector did not match any Subnets"
    events = [an_event(says, kind=kind, name=name) for kind, name in (("NodeClass", "class"), ("NodePool", "pool"))]
    assert set(cases(verified(events=events))) == {
        ("subnets-not-found", "NodeClasses"),
        ("subnets-not-found", "NodePools"),
    }


def test_many_events_are_one_diagnostic() -> None:
    """With how often, when last, and of which objects; the message is cut around what is known of it."""
    pods = [a_pod(f"web-{number}", address=None) for number in range(5)]
    events = [an_event("x" * 1000 + NO_ADDRESS, name=f"web-{number}", count=10) for number in range(5)]
    (diagnostic,) = found(verified(pods=pods, events=events), "no-pod-address")
    assert diagnostic.message.endswith(
        'failed to assign an IP address to container", 50 times, last at 2026-11-20T10:05:00Z, of shop/web-0, '
        "shop/web-1, shop/web-2 and 2 more"
    )
    assert diagnostic.message.startswith('"…')


def test_what_lasts_is_quoted_before_what_was_said_later() -> None:
    """Of what lasts the last."""
    pods = [a_pod(name, address=None, node="") for name in ("old", "new")]
    events = [
        {**an_event(f"{name}: failed to assign an IP address to container", name=name), "lastTimestamp": last}
        for name, last in (
            ("new", "2026-11-20T11:00:00Z"),
            ("old", "2026-11-20T10:00:00Z"),
            ("gone", "2026-11-20T12:00:00Z"),
        )
    ]
    (diagnostic,) = found(verified(pods=pods, events=events), "no-pod-address")
    assert diagnostic.message.startswith('"Failed: new: ')
    assert "3 times, last at 2026-11-20T12:00:00Z, of shop/new, shop/old, shop/gone" in diagnostic.message


def test_cases_are_kept_apart_by_kind_and_pool() -> None:
    """What others suffer is a warning."""
    nodes = [a_node(), a_node("i-x", labels={"karpenter.sh/nodepool": "other"})]
    pods = [WAITING, a_pod("far", node="i-x", address=None)]
    events = [an_event(NO_ADDRESS), an_event(NO_ADDRESS, name="far"), an_event(NO_ADDRESS, kind="Node", name="i-x")]
    assert cases(verified(nodes=nodes, pods=pods, events=events)) == {
        ("no-pod-address", "Pods of pool"): "error",
        ("no-pod-address", "Pods of other"): "warning",
        ("no-pod-address", "Nodes of other"): "warning",
    }


def test_what_a_pod_says_of_itself_is_so_now() -> None:
    """Until it has ended."""
    waiting = {"reason": "ImagePullBackOff", "message": "Back-off pulling image: dial tcp 1.2.3.4:443: i/o timeout"}
    status = {"containerStatuses": [{"state": {"waiting": waiting}}]}
    assert cases(verified(pods=[a_pod(status=status)])) == {("image-timeout", "Pods of pool"): "error"}
    assert cases(verified(pods=[a_pod(status={**status, "phase": "Failed"})])) == {}


def test_what_a_node_claim_says_of_itself_is_so_now() -> None:
    """A node that has not joined yet may be starting, and is a warning."""
    failed = a_node_claim("pool-1", a_condition("Launched", "Unknown", message="Error getting launch template configs"))
    starting = a_node_claim("pool-2", a_condition("Registered", "Unknown", message="Node not registered with cluster"))
    assert cases(verified(nodeclaims=[failed, starting])) == {
        ("launch-template", "NodeClaims of pool"): "error",
        ("node-not-registered", "NodeClaims of pool"): "warning",
    }


def test_what_is_said_of_other_things_is_history() -> None:
    """Whether a ReplicaSet still fails its events do not say."""
    event = an_event(WEBHOOK, kind="ReplicaSet", name="web-5d", reason="FailedCreate")
    assert cases(verified(events=[event])) == {("webhook-unreachable", "ReplicaSets"): "warning"}


def test_nothing_that_is_said_reaches_the_terminal_as_a_command() -> None:
    """Components quote what others wrote."""
    event = an_event(f"\x1b[2J\r\n{NO_ADDRESS}", name="web\x1b[31m")
    (diagnostic,) = found(verified(pods=[WAITING], events=[event]), "no-pod-address")
    assert diagnostic.message.isprintable()
