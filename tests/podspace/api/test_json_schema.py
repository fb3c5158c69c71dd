"""The schemas take what the types take, and refuse what they refuse, but for what no schema can say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft7Validator

from podspace.api import MANIFEST_KINDS, problems_in
from podspace.api.json_schema import json_schema, schema_files
from tests.podspace.certificate import CERTIFICATE, PRIVATE_KEY, encoded
from tests.podspace.manifests import (
    Manifest,
    a_full_node_class,
    a_node_class,
    a_node_pool,
    an_eni_config,
    the_full_ones,
)

SCHEMAS = {name: json_schema(kind) for name, kind in MANIFEST_KINDS.items()}
VALIDATORS = {name: Draft7Validator(schema) for name, schema in SCHEMAS.items()}

PRIMARY: Manifest = {"networkCardIndex": 0, "deviceIndex": 0, "interfaceType": "interface"}
SECOND: Manifest = {"networkCardIndex": 0, "deviceIndex": 1, "interfaceType": "interface"}
EFA: Manifest = {"networkCardIndex": 1, "deviceIndex": 0, "interfaceType": "efa-only"}
PODS: Manifest = {"podSubnetSelectorTerms": [{"id": "subnet-0b"}], "podSecurityGroupSelectorTerms": [{"id": "sg-0b"}]}
TAINT: Manifest = {"key": "a", "effect": "NoSchedule"}
THRESHOLD = "net.ipv4.neigh.default.gc_thresh"


def sysctl(**given: Any) -> Manifest:
    return a_node_class(
        advancedCompute={"kernel": {"sysctl": {name.replace("__", "."): given[name] for name in given}}}
    )


def kubelet(**given: Any) -> Manifest:
    return a_node_class(advancedCompute={"kubelet": given})


def eviction(**given: Any) -> Manifest:
    return kubelet(eviction=given)


def huge(**given: Any) -> Manifest:
    return a_node_class(advancedCompute={"hugepages": given})


def networking(**given: Any) -> Manifest:
    return a_node_class(advancedNetworking=given)


def interfaces(*given: Manifest) -> Manifest:
    return networking(networkInterfaces=list(given))


def storage(**given: Any) -> Manifest:
    return a_node_class(ephemeralStorage=given)


def security(**given: Any) -> Manifest:
    return a_node_class(advancedSecurity=given)


def bundle(**given: Any) -> Manifest:
    return a_node_class(certificateBundles=[{"name": "a", "data": encoded(CERTIFICATE), **given}])


def reserved(*terms: Manifest) -> Manifest:
    return a_node_class(capacityReservationSelectorTerms=list(terms))


def required(**given: Any) -> Manifest:
    requirement = {"key": "eks.amazonaws.com/instance-cpu", "operator": "Exists", **given}
    return a_node_pool(template={"requirements": [requirement]})


def nodes(**given: Any) -> Manifest:
    return a_node_pool(template=given)


def carried(**given: Any) -> Manifest:
    manifest = a_node_pool()
    manifest["spec"]["template"]["metadata"] = given
    return manifest


def disrupted(**given: Any) -> Manifest:
    return a_node_pool(disruption={"consolidateAfter": "0s", **given})


def budget(**given: Any) -> Manifest:
    return disrupted(budgets=[given])


def referring(**given: Any) -> Manifest:
    return nodes(nodeClassRef={"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "c", **given})


def named(manifest: Manifest, **metadata: Any) -> Manifest:
    return {**manifest, "metadata": {"name": "a", **metadata}}


def without(manifest: Manifest, *place: str) -> Manifest:
    copy = deepcopy(manifest)
    holder = copy
    for key in place[:-1]:
        holder = holder[key]
    del holder[place[-1]]
    return copy


TAKEN = [
    *the_full_ones(),
    {**a_full_node_class(), "status": {"conditions": []}},
    a_node_class(),
    a_node_class(role=None, instanceProfile="eks-nodes"),
    a_node_class(**PODS),
    a_node_class(networkPolicy="DefaultDeny", networkPolicyEventLogs="Disabled", snatPolicy="Disabled"),
    a_node_class(subnetSelectorTerms=[{"tags": {"a": "*"}}] * 30),
    a_node_class(tags={"a b": "", "größe": "x" * 256}),
    a_node_class(placementGroupSelector={"id": "pg-0"}),
    storage(size="58Ti", iops=16000, throughput=1000),
    storage(size="64000G", iops=3000, throughput=125),
    networking(httpsProxy="http://[2001:db8::4]:3128", noProxy=["a"] * 50),
    networking(associatePublicIPAddress=True, networkInterfaces=[PRIMARY]),
    networking(associatePublicIPAddress=False, networkInterfaces=[PRIMARY, SECOND]),
    networking(ipv4PrefixSize="Auto", enableV4Egress=True),
    interfaces(PRIMARY, {**SECOND, "secondaryIPv4Count": 0}, EFA),
    interfaces({**PRIMARY, "secondaryIPv4PrefixCount": 1}),
    security(fips=False, kernelLockdown="none"),
    bundle(),
    huge(pages=[{"size": "2Mi", "count": 1}, {"size": "1Gi", "count": 1}]),
    huge(transparent={"enabled": "never", "defrag": "never"}),
    huge(transparent={"enabled": "never"}),
    huge(transparent={"defrag": "defer"}),
    kubelet(maxPods=1, podPidsLimit=-1, logging={"containerLogMaxFiles": 2, "containerLogMaxSize": "1"}),
    kubelet(maxPods=110, podPidsLimit=100, allowedUnsafeSysctls=["net.*"] * 64),
    eviction(hard={"pid.available": "0%", "imagefs.inodesFree": "100%"}),
    eviction(soft={"memory.available": "1Gi"}, softGracePeriod={"memory.available": "1.5h"}),
    sysctl(vm__swappiness=0),
    sysctl(vm__dirty_ratio=40, vm__dirty_background_ratio=1, fs__nr_open=2147483584),
    a_node_pool(),
    a_node_pool(replicas=0),
    a_node_pool(replicas=3, limits={"nodes": 4}),
    a_node_pool(replicas=3, limits={}),
    a_node_pool(weight=1, limits={"example.com/gpu": "500m", "nodes": 0}),
    a_node_pool(weight=100, limits={"memory": "1.5Gi"}),
    nodes(expireAfter="480h", taints=[TAINT], startupTaints=[{**TAINT, "value": "a", "timeAdded": "2026-11-24T10:00:00Z"}]),
    nodes(terminationGracePeriod="0s"),
    required(operator="In", values=["a", ""]),
    required(operator="NotIn", values=["a"]),
    required(operator="Exists", values=[]),
    required(operator="DoesNotExist"),
    required(operator="Gt", values=["0"]),
    required(operator="Lte", values=["4"]),
    required(minValues=1),
    required(minValues=50),
    required(key="example.com/team"),
    required(key="topology.kubernetes.io/zone"),
    required(key="node.kubernetes.io/instance-type"),
    required(key="my.node-restriction.kubernetes.io/x"),
    required(key="karpenter.sh/capacity-type"),
    required(key="eks.amazonaws.com/placement-group-id"),
    carried(labels={"team": "", "eks.amazonaws.com/compute-type": "auto"}, annotations={"Example.com/a": ""}),
    disrupted(consolidateAfter="Never", consolidationPolicy="WhenEmpty"),
    a_node_pool(disruption={}),
    a_node_pool(disruption={"consolidationPolicy": "Balanced"}),
    disrupted(consolidationPolicy="WhenEmptyOrUnderutilized", budgets=[]),
    budget(),
    budget(nodes="100%"),
    budget(nodes="250", schedule="@daily", duration="8h"),
    budget(schedule="0 9,18 * jan-mar MON", duration="1h30m0s", reasons=["Underutilized"]),
    an_eni_config(),
    an_eni_config(securityGroups=[f"sg-{number}" for number in range(16)]),
    named(a_node_pool(), labels={"app.kubernetes.io/name": "a"}, annotations={"a": "x\ny"}, generation=1, managedFields=[{}]),
]  # fmt: skip

REFUSED = [
    a_node_class() | {"apiVersion": "eks.amazonaws.com/v2"},
    a_node_class() | {"kind": "nodeclass"},
    a_node_class() | {"data": {}},
    without(a_node_class(), "apiVersion"),
    without(a_node_pool(), "metadata"),
    without(a_node_pool(), "spec"),
    without(an_eni_config(), "spec", "subnet"),
    named(a_node_class(), name="MyClass"),
    named(a_node_class(), name=""),
    named(a_node_class(), name="a" * 254),
    named(a_node_class(), labels={"a b": "x"}),
    named(a_node_class(), labels={"a": "x y"}),
    named(a_node_class(), annotations={"a/b/c": "x"}),
    named(a_node_class(), annotations={"a": 1}),
    named(a_node_class(), label={}),
    a_node_class(role=None),
    a_node_class(instanceProfile="eks-a"),
    a_node_class(role=None, instanceProfile="nodes"),
    a_node_class(role="arn:aws:iam::111122223333:role/nodes"),
    a_node_class(role="a" * 65),
    a_node_class(role=""),
    a_node_class(subnetSelectorTerms=None),
    a_node_class(subnetSelectorTerms=[]),
    a_node_class(subnetSelectorTerms=[{"id": "subnet-0"}] * 31),
    a_node_class(subnetSelectorTerms=[{}]),
    a_node_class(subnetSelectorTerms=[{"id": "subnet-0", "tags": {"a": "b"}}]),
    a_node_class(subnetSelectorTerms=[{"id": "subnet-A"}]),
    a_node_class(subnetSelectorTerms=[{"tags": {}}]),
    a_node_class(subnetSelectorTerms=[{"tags": {"a": ""}}]),
    a_node_class(subnetSelectorTerms=[{"tags": {"": "a"}}]),
    a_node_class(subnetSelectorTerms=[{"tags": {f"k{number}": "v" for number in range(21)}}]),
    a_node_class(subnetSelectorTerms=[{"name": "a"}]),
    a_node_class(securityGroupSelectorTerms=[{"name": "a", "id": "sg-0"}]),
    a_node_class(securityGroupSelectorTerms=[{"name": ""}]),
    a_node_class(podSubnetSelectorTerms=PODS["podSubnetSelectorTerms"]),
    a_node_class(podSecurityGroupSelectorTerms=PODS["podSecurityGroupSelectorTerms"]),
    a_node_class(**{**PODS, "podSecurityGroupSelectorTerms": [{"name": "a"}]}),
    a_node_class(snatPolicy="random"),
    a_node_class(networkPolicy="Deny"),
    a_node_class(networkPolicyEventLogs=True),
    a_node_class(tags={"aws:x": "y"}),
    a_node_class(tags={"AWS:x": "y"}),
    a_node_class(tags={"eks:eks-cluster-name": "y"}),
    a_node_class(tags={"karpenter.sh/nodepool": "y"}),
    a_node_class(tags={"kubernetes.io/cluster/c": "y"}),
    a_node_class(tags={"a": "y" * 257}),
    a_node_class(tags={"a": 1}),
    a_node_class(kubelet={}),
    a_node_class(snat_policy="Random"),
    a_node_class(placementGroupSelector={}),
    a_node_class(placementGroupSelector={"name": "a", "id": "pg-0"}),
    a_node_class(placementGroupSelector={"id": "a"}),
    a_node_class(placementGroupSelector={"name": ""}),
    a_node_class(certificateBundles=[]),
    reserved(),
    reserved({}),
    reserved({"id": "cr-0", "tags": {"a": "b"}}),
    reserved({"id": "cr-0", "owner": "012345678901"}),
    reserved({"tags": {"a": "b"}, "owner": "1"}),
    reserved({"tags": {"a": "b"}, "ownerID": "012345678901"}),
    storage(size="18Ti"),
    storage(size="59001Gi"),
    storage(size=80),
    storage(iops=2999),
    storage(iops=16001),
    storage(throughput=124),
    storage(throughput=1001),
    storage(kmsKeyID=""),
    storage(kmsKeyId="a"),
    networking(httpsProxy="proxy:3128"),
    networking(httpsProxy=f"http://{'a' * 249}"),
    networking(noProxy=["a"] * 51),
    networking(noProxy=["a" * 256]),
    networking(noProxy=[""]),
    networking(ipv4PrefixSize=32),
    networking(enableV4Egress="true"),
    networking(networkInterfaces=[]),
    networking(associatePublicIPAddress=True, networkInterfaces=[PRIMARY, SECOND]),
    interfaces({**PRIMARY, "interfaceType": "efa-only"}),
    interfaces(PRIMARY, {**EFA, "secondaryIPv4Count": 1}),
    interfaces(PRIMARY, {**SECOND, "networkCardIndex": 1, "secondaryIPv4PrefixCount": 1}),
    interfaces({**PRIMARY, "secondaryIPv4Count": 1, "secondaryIPv4PrefixCount": 1}),
    interfaces({**PRIMARY, "secondaryIPv4Count": -1}),
    interfaces(PRIMARY, {**SECOND, "deviceIndex": -1}),
    interfaces(PRIMARY, *({**SECOND, "deviceIndex": number} for number in range(1, 151))),
    interfaces({"networkCardIndex": 0, "deviceIndex": 0}),
    security(kernelLockdown="INTEGRITY"),
    security(fips="true"),
    bundle(name=""),
    bundle(data=CERTIFICATE),
    bundle(data=""),
    huge(pages=[{"size": "4Mi", "count": 1}]),
    huge(pages=[{"size": "2Mi", "count": 0}]),
    huge(pages=[{"size": "2Mi"}]),
    huge(pages=[{"size": "2Mi", "count": 1}] * 3),
    huge(transparent={"enabled": "never", "defrag": "defer"}),
    huge(transparent={"enabled": "on"}),
    kubelet(maxPods=0),
    kubelet(maxPods=111),
    kubelet(podPidsLimit=99),
    kubelet(podPidsLimit=-2),
    kubelet(idsPerPod=65537),
    kubelet(singleProcessOOMKill="true"),
    kubelet(allowedUnsafeSysctls=["vm.swappiness"]),
    kubelet(allowedUnsafeSysctls=["net.*"] * 65),
    kubelet(logging={"containerLogMaxFiles": 1}),
    kubelet(logging={"containerLogMaxSize": "0Mi"}),
    eviction(hard={"memory.free": "1Gi"}),
    eviction(hard={"memory.available": "101%"}),
    eviction(hard={"memory.available": "-1Mi"}),
    eviction(soft={"memory.available": "1Gi"}),
    eviction(softGracePeriod={"memory.available": "1m"}),
    eviction(soft={"memory.available": "1Gi"}, softGracePeriod={"memory.available": "1"}),
    eviction(maxPodGracePeriod=-1),
    sysctl(vm__swappiness=201),
    sysctl(vm__swappiness="1"),
    sysctl(kernel__hostname="a"),
    sysctl(vm__dirty_ratio=20),
    sysctl(net__ipv4__tcp_congestion_control="bbr"),
    sysctl(**{f"{THRESHOLD}1": 1, f"{THRESHOLD}2": 600}),
    a_node_pool(template={"requirements": []}),
    a_node_pool(template={"requirements": None}),
    a_node_pool(template={"requirements": [{"key": "a", "operator": "Exists"}] * 101}),
    a_node_pool(weight=0),
    a_node_pool(weight=101),
    a_node_pool(replicas=-1),
    a_node_pool(replicas=0, weight=1),
    a_node_pool(replicas=0, limits={"cpu": 1}),
    a_node_pool(limits={"cpu": 1.5}),
    a_node_pool(limits={"cpu": "1GB"}),
    a_node_pool(limits={"a b": 1}),
    a_node_pool(nodeClassRef={}),
    without(a_node_pool(), "spec", "template"),
    without(a_node_pool(), "spec", "template", "spec"),
    nodes(nodeClassRef=None),
    nodes(expireAfter="14d"),
    nodes(expireAfter=336),
    nodes(terminationGracePeriod="Never"),
    nodes(taints=[{"key": "a"}]),
    nodes(taints=[{**TAINT, "effect": "Evict"}]),
    nodes(taints=[{**TAINT, "value": ""}]),
    nodes(startupTaints=[{**TAINT, "key": "a b"}]),
    nodes(startupTaints=[{**TAINT, "timeAdded": "yesterday"}]),
    referring(group="karpenter.sh"),
    referring(kind="EC2NodeClass"),
    referring(name="C"),
    required(operator="In"),
    required(operator="NotIn", values=[]),
    required(operator="Exists", values=["a"]),
    required(operator="DoesNotExist", values=["a"]),
    required(operator="Gt"),
    required(operator="Lt", values=["a"]),
    required(operator="Gte", values=["1", "2"]),
    required(operator="Lte", values=[4]),
    required(operator="exists"),
    required(operator="In", values=["a b"]),
    required(minValues=0),
    required(minValues=51),
    required(key="kubernetes.io/os", operator="DoesNotExist"),
    required(key="kubernetes.io/os", operator="In", values=["windows"]),
    required(key="kubernetes.io/os", operator="NotIn", values=["linux"]),
    required(key="kubernetes.io/hostname"),
    required(key="x.k8s.io/y"),
    required(key="karpenter.sh/nodepool"),
    required(key="karpenter.k8s.aws/instance-cpu"),
    required(key="eks.amazonaws.com/team"),
    required(key="a b"),
    carried(labels={"eks.amazonaws.com/capacity-reservation-id": "cr-0"}),
    carried(labels={"app.kubernetes.io/name": "a"}),
    carried(labels={"a": "b c"}),
    carried(labels={f"k{number}": "" for number in range(101)}),
    carried(annotations={"a b": ""}),
    carried(name="a"),
    disrupted(consolidateAfter="1d"),
    disrupted(consolidationPolicy="WhenUnderutilized"),
    disrupted(budgets=[{}] * 51),
    budget(nodes=0),
    budget(nodes="101%"),
    budget(schedule="@daily"),
    budget(duration="8h"),
    budget(schedule="@reboot", duration="8h"),
    budget(schedule="* * * *", duration="8h"),
    budget(schedule="@daily", duration="8s"),
    budget(reasons=[]),
    budget(reasons=["Empty", "Empty"]),
    budget(reasons=["NodeNotHealthy"]),
    an_eni_config(subnet="a"),
    an_eni_config(securityGroups=["default"]),
    an_eni_config(securityGroups=[f"sg-{number}" for number in range(17)]),
    an_eni_config(zone="a"),
]  # fmt: skip

BEYOND = {
    "a name that is EKS's own": named(a_node_class(), name="default"),
    "two entries of one size": huge(pages=[{"size": "2Mi", "count": 1}, {"size": "2Mi", "count": 2}]),
    "huge pages beside EFA": {
        **a_node_class(),
        "spec": {**interfaces(PRIMARY, EFA)["spec"], "advancedCompute": huge(pages=[{"size": "2Mi", "count": 1}])["spec"]["advancedCompute"]},
    },
    "ids without namespaces": kubelet(idsPerPod=65536),
    "a soft threshold below the hard one": eviction(
        hard={"memory.available": "1Gi"}, soft={"memory.available": "1Mi"}, softGracePeriod={"memory.available": "1m"}
    ),
    "a soft threshold of one signal, a grace period of another": eviction(
        soft={"memory.available": "1Gi"}, softGracePeriod={"pid.available": "1m"}
    ),
    "sysctls that do not rise": sysctl(vm__dirty_ratio=5, vm__dirty_background_ratio=5),
    "interfaces without the primary one": interfaces(SECOND),
    "an interface that comes twice": interfaces(PRIMARY, {**PRIMARY, "secondaryIPv4Count": 1}),
    "two EFA interfaces on a card": interfaces(PRIMARY, EFA, {**EFA, "deviceIndex": 1}),
    "two bundles of one name": a_node_class(certificateBundles=[{"name": "a", "data": encoded(CERTIFICATE + "\n" * n)} for n in range(2)]),
    "a private key": bundle(data=encoded(PRIVATE_KEY)),
    "no certificate": bundle(data=encoded("hello")),
    "a key of a tag that EC2 refuses": a_node_class(tags={"a,b": "c"}),
    "a domain that is too long": required(key="x." * 127 + "x/a"),
    "a number beyond 64 bits": required(operator="Gt", values=[str(2**63)]),
    "fewer different values than asked for": required(operator="In", values=["a", "a"], minValues=2),
    "a sum of durations": nodes(expireAfter="500h"),
    "a sum of labels and requirements": {
        **a_node_pool(),
        "spec": {"template": {
            "metadata": {"labels": {f"k{number}": "" for number in range(50)}},
            "spec": nodes(requirements=[{"key": "a", "operator": "Exists"}] * 51)["spec"]["template"]["spec"],
        }},
    },
    "requirements that exclude each other": nodes(
        requirements=[
            {"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64"]},
            {"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]},
        ]
    ),
    "a bound of cron": budget(schedule="60 * * * *", duration="8h"),
    "a day that the calendar has not": nodes(taints=[{**TAINT, "timeAdded": "2026-02-30T10:00:00Z"}]),
}  # fmt: skip


def takes(manifest: Manifest) -> bool:
    name = next(kind for kind in MANIFEST_KINDS if kind.lower() == manifest["kind"].lower())
    return not list(VALIDATORS[name].iter_errors(manifest))


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object inside a schema, itself included."""
    if isinstance(schema, dict):
        yield schema
        schema = list(schema.values())
    for part in schema if isinstance(schema, list) else ():
        yield from parts(part)


def test_there_is_one_file_for_each_kind() -> None:
    """Where kubeconform looks for it: by group, kind in small letters, and version."""
    files = schema_files()
    assert list(files) == [
        "eks.amazonaws.com/nodeclass_v1.json",
        "karpenter.sh/nodepool_v1.json",
        "crd.k8s.amazonaws.com/eniconfig_v1alpha1.json",
    ]
    assert [json.loads(text) for text in files.values()] == list(SCHEMAS.values())
    assert all(text.endswith("}\n") for text in files.values())


@pytest.mark.parametrize("name", MANIFEST_KINDS)
def test_a_schema_is_one_of_draft_7(name: str) -> None:
    """It says so, it is valid, and its references lead somewhere."""
    schema = SCHEMAS[name]
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(schema)
    definitions = schema["definitions"]
    assert isinstance(definitions, dict)
    references = {part["$ref"] for part in parts(schema) if "$ref" in part}
    assert references == {f"#/definitions/{name}" for name in definitions}


@pytest.mark.parametrize("name", MANIFEST_KINDS)
def test_a_schema_has_no_word_that_its_dialect_or_its_readers_lack(name: str) -> None:
    """Of newer dialects, of pydantic, and of patterns that Go does not read."""
    text = json.dumps(SCHEMAS[name])
    assert "$defs" not in text
    assert "prefixItems" not in text
    assert "unevaluatedProperties" not in text
    for part in parts(SCHEMAS[name]):
        if isinstance(part.get("pattern"), str):
            assert not re.search(r"\(\?|\\[dDbBAZz1-9]|\*\+|\+\+", part["pattern"])
            assert part["pattern"].startswith("^")
        if part.get("type") == "array":
            assert not {"minLength", "maxLength"} & set(part)
        if part.get("type") == "string":
            assert not {"minItems", "maxItems", "minProperties", "maxProperties"} & set(part)
        if part.get("type") == "object":
            assert not {"minLength", "maxLength", "minItems", "maxItems"} & set(part)


@pytest.mark.parametrize("name", MANIFEST_KINDS)
def test_a_list_that_has_bounds_has_them_as_a_list(name: str) -> None:
    """And not as text has them."""
    listed = json.dumps(SCHEMAS[name])
    assert ("minItems" in listed) is (name != "ENIConfig")
    assert "maxItems" in listed
    for part in parts(SCHEMAS[name]):
        if "items" in part and isinstance(part["items"], dict) and "minLength" in part:
            pytest.fail(f"{part} has the bounds of text")


@pytest.mark.parametrize("name", MANIFEST_KINDS)
def test_every_key_is_written_as_the_api_writes_it(name: str) -> None:
    """But for sysctls, which is in have of their own; and no other key is taken."""
    for part in parts(SCHEMAS[name]):
        properties = part.get("properties", {})
        if "vm.swappiness" in properties:
            continue
        for key in properties if isinstance(properties, dict) else ():
            assert re.fullmatch("[a-z][A-Za-z0-9]*", key), key
        if part.get("type") == "object" and properties:
            assert part["additionalProperties"] is False


@pytest.mark.parametrize("name", MANIFEST_KINDS)
def test_a_schema_says_what_must_be_there_and_what_each_thing_is(name: str) -> None:
    """Whatever the types fill in themselves."""
    schema = SCHEMAS[name]
    assert schema["required"] == ["apiVersion", "kind", "metadata", "spec"]
    assert schema["description"]
    definitions = schema["definitions"]
    assert isinstance(definitions, dict)
    for definition in definitions.values():
        assert isinstance(definition, dict)
        assert definition.get("description") or "properties" not in definition


@pytest.mark.parametrize("manifest", TAKEN, ids=range(len(TAKEN)))
def test_what_the_types_take_the_schemas_take(manifest: Manifest) -> None:
    """Every field, and both ends of what is bounded."""
    assert not problems_in(manifest)
    assert takes(manifest)


@pytest.mark.parametrize("manifest", REFUSED, ids=range(len(REFUSED)))
def test_what_the_types_refuse_the_schemas_refuse(manifest: Manifest) -> None:
    """Types, words, bounds, forms, and which keys go together; and each problem says where that is from."""
    assert problems_in(manifest)
    for problem in problems_in(manifest):
        assert problem.source.startswith("https://") or problem.location.path == "apiVersion"
    assert not takes(manifest)


def test_the_schema_refuses_a_life_without_end() -> None:
    """As the types always do."""
    assert problems_in(nodes(expireAfter="Never"))
    assert not takes(nodes(expireAfter="Never"))


def test_a_null_is_refused_by_the_types_and_the_schemas() -> None:
    """And a null that only the API server writes by the schemas alone."""
    pool = nodes()
    pool["spec"]["template"]["spec"]["expireAfter"] = None
    for manifest in (a_node_class(ephemeralStorage={"iops": None}), pool):
        assert problems_in(manifest)
        assert not takes(manifest)
    without_status = a_node_class() | {"status": None}
    assert not problems_in(without_status)
    assert not takes(without_status)


@pytest.mark.parametrize("manifest", BEYOND.values(), ids=BEYOND)
def test_what_no_schema_says_the_types_refuse(manifest: Manifest) -> None:
    """Whoever teaches a schema one of these moves it to the table above."""
    assert problems_in(manifest)
    assert takes(manifest)
