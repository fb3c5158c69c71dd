"""The manifest of a smoke test: one probe in each zone of each NodePool, in a namespace of its own."""

from __future__ import annotations

import re
from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from podspace.diagnostic import InputError
from podspace.formats.manifest_files import Manifest, identity, manifest_text
from podspace.lint.linter import lint
from podspace.planning import read_network_files
from podspace.smoke.endpoint_names import KNOWN_SERVICES
from podspace.smoke.manifest import PORT, PROFILE, SCRIPT, smoke_manifests
from podspace.smoke.probe import namespace_of, peers, probes
from podspace.smoke.result import LARGEST
from podspace.smoke.settings import SmokeSettings
from tests.mother import Changes, a_plan
from tests.podspace.smoke.pod_security import violations
from tests.podspace.smoke.smoke_objects import message
from tests.template import CONFIGS

POOL: Final[dict[str, Any]] = {
    "name": "pool",
    "requirements": [{"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64"]}],
}
ZONE_LABEL: Final = "topology.kubernetes.io/zone"
OLD_ZONE_LABEL: Final = "failure-domain.beta.kubernetes.io/zone"


def manifests(changes: Changes | None = None, **options: Any) -> tuple[Manifest, ...]:
    return smoke_manifests([a_plan(changes)], SmokeSettings.of(**options))


def jobs(changes: Changes | None = None, **options: Any) -> list[Any]:
    return [each for each in manifests(changes, **options) if each["kind"] == "Job"]


def pod_specs(changes: Changes | None = None, **options: Any) -> list[Any]:
    return [job["spec"]["template"]["spec"] for job in jobs(changes, **options)]


def environment(spec: Any) -> dict[str, str]:
    return {each["name"]: each["value"] for each in spec["containers"][0]["env"]}


def places(changes: Changes | None = None, **options: Any) -> list[tuple[str, str]]:
    """The NodePool and zone of each probe."""
    selectors = [spec["nodeSelector"] for spec in pod_specs(changes, **options)]
    return [(each["karpenter.sh/nodepool"], each[ZONE_LABEL]) for each in selectors]


def test_there_is_one_probe_in_each_zone_of_each_node_pool() -> None:
    pools = [POOL, {**POOL, "name": "other"}]
    expected = [(pool, zone) for pool in ("pool", "other") for zone in ("eu-west-1a", "eu-west-1b")]
    assert places({"node_pools": pools}) == expected


@pytest.mark.parametrize(
    ("requirement", "zones"),
    [
        ({"key": ZONE_LABEL, "operator": "In", "values": ["eu-west-1b"]}, ["eu-west-1b"]),
        ({"key": ZONE_LABEL, "operator": "NotIn", "values": ["eu-west-1b"]}, ["eu-west-1a"]),
        ({"key": ZONE_LABEL, "operator": "Exists"}, ["eu-west-1a", "eu-west-1b"]),
        ({"key": OLD_ZONE_LABEL, "operator": "In", "values": ["eu-west-1b"]}, ["eu-west-1b"]),
    ],
)
def test_zones_that_a_node_pool_excludes_are_not_probed(requirement: dict[str, Any], zones: list[str]) -> None:
    pool = {**POOL, "requirements": [*POOL["requirements"], requirement]}
    assert [zone for _, zone in places({"node_pools": [pool]})] == zones


def test_only_the_node_pools_that_are_named_are_probed() -> None:
    changes = {"node_pools": [POOL, {**POOL, "name": "other"}]}
    assert {pool for pool, _ in places(changes, pools=["other"])} == {"other"}


def test_each_network_of_a_cluster_has_a_namespace_of_its_own() -> None:
    other = a_plan({"name": "other", "node_pools": [{**POOL, "name": "other"}]})
    plans = [a_plan(), other, a_plan({"name": "none", "node_pools": []})]
    every = smoke_manifests(plans, SmokeSettings())
    names = [identity(each)[1] for each in every if each["kind"] == "Namespace"]
    assert names == ["podspace-smoke-net", "podspace-smoke-other"]
    chosen = smoke_manifests(plans, SmokeSettings.of(pools=["other"]))
    assert [identity(each)[1] for each in chosen if each["kind"] == "Namespace"] == ["podspace-smoke-other"]


def test_a_probe_tolerates_the_taints_of_its_node_pool_and_no_others() -> None:
    taints = [{"key": "team", "value": "a", "effect": "NoSchedule"}, {"key": "spot", "effect": "NoExecute"}]
    tainted, other = {**POOL, "taints": taints}, {**POOL, "name": "other"}
    first, _, second, _ = pod_specs({"node_pools": [tainted, other]})
    assert first["tolerations"] == [
        {"key": "team", "operator": "Equal", "value": "a", "effect": "NoSchedule"},
        {"key": "spot", "operator": "Equal", "effect": "NoExecute"},
    ]
    assert second["tolerations"] == []


def test_everything_is_in_a_namespace_of_its_own_that_is_restricted() -> None:
    namespace, *others = manifests()
    name = namespace_of(a_plan())
    assert identity(namespace) == ("Namespace", name)
    metadata: Any = namespace["metadata"]
    assert metadata["labels"]["pod-security.kubernetes.io/enforce"] == PROFILE
    for each in others:
        inner: Any = each["metadata"]
        assert inner["namespace"] == name


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_probe_pods_of_every_example_are_restricted_by_pod_security(path: Path) -> None:
    for file in read_network_files(path):
        if not probes(file.plan):
            continue
        for each in smoke_manifests([file.plan], SmokeSettings()):
            if each["kind"] == "Job":
                spec: Any = each["spec"]
                assert list(violations(spec["template"])) == []


@pytest.mark.parametrize(
    ("path", "value", "control"),
    [
        (("spec", "hostNetwork"), True, "host namespaces"),
        (("spec", "volumes"), [{"name": "x", "hostPath": {"path": "/"}}], "volume types"),
        (("spec", "securityContext"), {}, "seccomp"),
        (("spec", "securityContext", "runAsNonRoot"), False, "running as non-root"),
        (("spec", "securityContext", "runAsUser"), 0, "running as non-root user"),
        (("spec", "containers", 0, "securityContext", "allowPrivilegeEscalation"), True, "privilege escalation"),
        (("spec", "containers", 1, "securityContext", "capabilities"), {}, "capabilities"),
        (("spec", "containers", 1, "securityContext", "privileged"), True, "privileged"),
    ],
)
def test_the_check_of_pod_security_finds_what_is_not_restricted(
    path: tuple[Any, ...], value: Any, control: str
) -> None:
    template = deepcopy(jobs()[0]["spec"]["template"])
    *parents, last = path
    place = template
    for key in parents:
        place = place[key]
    place[last] = value
    assert control in set(violations(template))


def test_no_probe_has_a_token_of_its_service_account() -> None:
    assert all(spec["automountServiceAccountToken"] is False for spec in pod_specs())


def test_a_probe_ends_by_a_deadline_after_it_has_waited_and_listened() -> None:
    spec = pod_specs(wait=90)[0]
    listening = {each["name"]: each["value"] for each in spec["containers"][1]["env"]}
    assert int(environment(spec)["WAIT"]) == 90
    assert 90 < int(listening["LISTEN"]) < spec["activeDeadlineSeconds"]
    assert (spec["restartPolicy"], jobs()[0]["spec"]["backoffLimit"]) == ("Never", 0)


def test_the_node_of_a_probe_is_not_consolidated_while_it_runs() -> None:
    annotations = jobs()[0]["spec"]["template"]["metadata"]["annotations"]
    assert annotations["karpenter.sh/do-not-disrupt"] == "true"


def test_network_policies_allow_the_probes_everything() -> None:
    (policy,) = (each for each in manifests() if each["kind"] == "NetworkPolicy")
    assert policy["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [{}], "egress": [{}]}


def test_the_image_is_that_of_the_settings() -> None:
    specs = pod_specs(image="registry.example.com/busybox@sha256:0123")
    assert {each["image"] for spec in specs for each in spec["containers"]} == {
        "registry.example.com/busybox@sha256:0123"
    }


def test_a_probe_of_each_other_zone_is_found_by_its_name_in_a_headless_service() -> None:
    first, second = pod_specs()
    (service,) = (each for each in manifests() if each["kind"] == "Service")
    spec: Any = service["spec"]
    assert (spec["clusterIP"], spec["publishNotReadyAddresses"]) == ("None", True)
    assert spec["ports"][0]["port"] == PORT
    assert spec["selector"].items() <= jobs()[0]["spec"]["template"]["metadata"]["labels"].items()
    name, namespace = service["metadata"]["name"], namespace_of(a_plan())  # type: ignore[index, call-overload]
    assert first["subdomain"] == name
    assert environment(first)["PEERS"] == f"eu-west-1b={second['hostname']}.{name}.{namespace}.svc.cluster.local"


def test_a_probe_prefers_those_of_its_own_node_pool() -> None:
    one_zone = {"key": ZONE_LABEL, "operator": "In", "values": ["eu-west-1a"]}
    single = {**POOL, "name": "single", "requirements": [*POOL["requirements"], one_zone]}
    every = probes(a_plan({"node_pools": [single, POOL]}))
    found = {str(probe): [str(each) for each in peers(probe, every).values()] for probe in every}
    assert found == {
        "single in eu-west-1a": ["pool in eu-west-1b"],
        "pool in eu-west-1a": ["pool in eu-west-1b"],
        "pool in eu-west-1b": ["pool in eu-west-1a"],
    }


def test_names_are_distinct_and_short_enough_for_host_names_and_pods_of_jobs() -> None:
    pools = [{**POOL, "name": name} for name in ("a.b", "a-b", "x" * 63)]
    found = [probe.name for probe in probes(a_plan({"node_pools": pools}))]
    assert max(Counter(found).values()) == 1
    assert all(len(name) <= 57 and "." not in name for name in found)


def test_zones_by_id_are_selected_by_their_label() -> None:
    zones = {"vpc.node_subnets": {"euw1-az1": ["subnet-0000000a"]}, "pods.zones": ["euw1-az1"], "egress": []}
    (spec,) = pod_specs(zones)
    assert spec["nodeSelector"]["topology.k8s.aws/zone-id"] == "euw1-az1"


def test_the_script_is_in_the_manifest_as_it_is_in_the_package() -> None:
    (script,) = (each for each in manifests() if each["kind"] == "ConfigMap")
    assert script["data"] == {SCRIPT.name: SCRIPT.read_text()}
    assert yaml.safe_load(manifest_text(script))["data"] == script["data"]


def test_the_variables_of_a_pod_are_those_that_the_script_reads() -> None:
    text = SCRIPT.read_text()
    for name in environment(pod_specs()[0]):
        assert re.search(rf"^[^#\n]*\b{name}\b", text, re.MULTILINE), name


def test_endpoints_of_the_plan_are_probed_by_their_host_names() -> None:
    changes = {"endpoints": {"gateways": ["s3"], "interfaces": {"services": ["ecr.api", "ecr.dkr", "sts", "xray"]}}}
    assert environment(pod_specs(changes)[0])["ENDPOINTS"].split() == [
        "s3=s3.eu-west-1.amazonaws.com",
        "ecr.api=api.ecr.eu-west-1.amazonaws.com",
        "ecr.dkr=111122223333.dkr.ecr.eu-west-1.amazonaws.com",
        "sts=sts.eu-west-1.amazonaws.com",
    ]
    existing = {"endpoints": {"interfaces": {"existing": True, "security_group_ids": ["sg-0123456789abcdef1"]}}}
    found = environment(pod_specs(existing)[0])["ENDPOINTS"].split()
    assert [each.partition("=")[0] for each in found] == ["ecr.api", "ecr.dkr", "sts"]
    assert environment(pod_specs()[0])["ENDPOINTS"] == ""


def test_our_linter_finds_nothing_in_the_manifest(tmp_path: Path) -> None:
    path = tmp_path / "smoke.yaml"
    path.write_text("".join(map(manifest_text, manifests())))
    checked = lint([path])
    assert not checked.diagnostics
    assert checked.passed_over["Job"] == 2


def test_the_same_plan_gives_the_same_manifest() -> None:
    assert list(map(manifest_text, manifests())) == list(map(manifest_text, manifests()))


@pytest.mark.parametrize(
    ("changes", "options", "id"),
    [
        ({"node_pools": []}, {}, "smoke-without-node-pool"),
        ({}, {"pools": ["gpu", "other"]}, "node-pool-unknown"),
    ],
)
def test_node_pools_that_are_not_there_are_refused(changes: Changes, options: dict[str, Any], id: str) -> None:
    with pytest.raises(InputError) as refusal:
        manifests(changes, **options)
    assert [each.id for each in refusal.value.diagnostics] == [id] * len(options.get("pools", [1]))


def test_the_longest_result_of_a_large_plan_fits_into_a_termination_message() -> None:
    """Six zones, every endpoint that is probed, as many destinations as are taken, and IPv6 addresses."""
    (most,) = re.findall(r"^MOST=(\d+)", SCRIPT.read_text(), re.MULTILINE)
    destinations = [f"{'x' * 43}{number:02}:5432" for number in range(12)]
    assert SmokeSettings.of(destinations=destinations)
    address, zones = "2001:0db8:1234:5678:9abc:def0:1234:5678", [f"us-east-1-bos-1{letter}" for letter in "abcdef"]
    listed = [
        *(("dns", name, "ok", address) for name in ("cluster", "internet")),
        *((check, "", "unreachable", address) for check in ("api-server", "internet", "source-address")),
        ("instance-metadata", "", "reached", "imdsv2"),
        ("mtu", "interface", "ok", "9001"),
        *(("destination", each, "unreachable", address) for each in destinations),
        *(("endpoint", each, "unreachable", "255.255.255.255") for each in KNOWN_SERVICES),
        *(row for zone in zones for row in (("zone", zone, "ok", "255.255.255.255"), ("mtu", zone, "ok", "1048576"))),
    ]
    assert len(message(listed)) < int(most) < LARGEST
