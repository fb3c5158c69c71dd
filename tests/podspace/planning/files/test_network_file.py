"""Config files: every error is reported once and at once, with its place, and never as a traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from podspace.planning import InputError, read_network_files
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, Changes, a_config, a_file
from tests.planning_errors import identified
from tests.template import CONFIGS, REPOSITORY


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as refused:
        read_network_files(path)
    return str(refused.value)


def written(path: Path, changes: Changes | None = None) -> Path:
    path.write_text(yaml.safe_dump(a_file(changes), sort_keys=False))
    return path


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_example_is_planned(path: Path) -> None:
    (file,) = read_network_files(path)
    assert (file.path, file.plan.name) == (path, yaml.safe_load(path.read_text())["name"])


@pytest.mark.parametrize(("subnets", "refused"), [(230, False), (250, True)])
def test_a_stack_has_500_resources_at_most(tmp_path: Path, subnets: int, refused: bool) -> None:
    """Each subnet has an association with its route table."""
    cidrs = [f"100.64.{number // 16}.{number % 16 * 16}/28" for number in range(subnets)]
    changes: Changes = {
        "vpc.subnet_quota": 1000,
        "pods": {"cidrs": ["100.64.0.0/16"], "subnets": {"eu-west-1a": cidrs[::2], "eu-west-1b": cidrs[1::2]}},
    }
    path = written(tmp_path / "net.yaml", changes)
    if not refused:
        assert read_network_files(path)
        return
    with pytest.raises(InputError) as error:
        read_network_files(path)
    assert [(each.id, each.location.path) for each in error.value.diagnostics] == [("too-many-resources", "stack")]


def test_the_folder_of_examples_passes_its_own_cross_check() -> None:
    files = read_network_files(REPOSITORY / "config")
    assert [file.path for file in files] == CONFIGS
    halves = [file for file in files if file.plan.vpc.owner]
    assert len(halves) == 1, "one VPC and cluster is in two files: the one that is shared"
    assert len({file.plan.vpc.id or file.path for file in files}) == len(files) - len(halves)
    assert len({file.plan.cluster.name for file in files}) == len(files) - len(halves)


def test_every_example_begins_by_saying_what_it_shows() -> None:
    assert all(path.read_text().startswith("# ") for path in CONFIGS)


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "must not be empty\n    -> start from one of the files in config/"),
    "only a comment": (b"# nothing\n", "must not be empty"),
    "not text": (b"\xff\xfe\x00\x01", "must be a text file in UTF-8"),
    "not YAML": (b"name: [a\nvpc: {", ".yaml:2\n    must be one YAML document"),
    "two documents": (b"name: a\n---\nname: b\n", "must be one YAML document"),
    "a list": (b"- 1\n", ".yaml:1: [1]\n    must be a mapping of keys to values"),
    "a key twice": (b"name: a\nname: b\n", ".yaml:2: name\n    must be listed once, but is also on line 1"),
    "an inner key twice": (b"pods:\n  zones: [a]\n  zones: [b]\n", ".yaml:3: pods.zones\n    must be listed once"),
    "itself": (b"a: &x\n  b: *x\n", "must not be nested this deeply, nor contain itself"),
    "nested too deeply": (b"a: " + b"[" * 30000 + b"]" * 30000, "must not be nested this deeply"),
    "nested too deeply by dashes": (b"a: \n" + b"- " * 30000 + b"1\n", "must not be nested this deeply"),
    "a control character": (b"name: \x01\n", "must not contain '\\x01', which YAML does not allow"),
    "a tag that does not fit": (b"name: !!int foo\n", "environment\n    must be given"),
    "too much": (
        b"a: &a [1,1,1,1,1,1,1,1,1,1]\n"
        + b"".join(b"%c: &%c [%s]\n" % (n + 1, n + 1, b",".join([b"*%c" % n] * 10)) for n in range(97, 103)),
        "must hold at most 100,000 values",
    ),
}


@pytest.mark.parametrize(("content", "said"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_is_no_config_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_bytes(content)
    assert said in refusal(file)
    assert refusal(file).startswith(str(file))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "must be a file that can be read: No such file" in refusal(tmp_path / "none.yaml")


def test_a_folder_without_configs_is_refused(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("nothing here")
    assert "must be a config file, or a folder with at least one" in refusal(tmp_path)


WRONG: dict[str, tuple[Changes, str]] = {
    "unknown key": ({"pods.subnet_prefx": 18}, "pods.subnet_prefx: 18\n    must not be given: no such key\n"),
    "unknown key, nearest named": ({"vpc.cidr": []}, "-> did you mean cidrs?"),
    "wrong type": ({"pods.subnet_prefix": "18"}, 'pods.subnet_prefix: "18"\n    must be a whole number'),
    "missing section": ({"vpc": None}, "vpc\n    must be given"),
    "host bits": ({"pods.cidrs": ["100.64.0.1/16"]}, "pods.cidrs[0]: \"100.64.0.1/16\"\n    must be a network, with no host bits set; write 100.64.0.0/16"),
    "vpc id": ({"vpc.id": "vpc-1"}, 'vpc.id: "vpc-1"\n    must be an id as AWS writes it: vpc- and 8 or 17'),
    "subnet id": ({"vpc.node_subnets": {"eu-west-1a": ["sub"]}}, "vpc.node_subnets.eu-west-1a[0]: \"sub\"\n    must be an id"),
    "group id": ({"cluster.security_group_id": "sg-XYZ"}, "cluster.security_group_id: \"sg-XYZ\"\n    must be an id"),
    "pod group id": ({"pods.security_group": "sg-XYZ"}, "pods.security_group: \"sg-XYZ\"\n    must be an id"),
    "gateway id": ({"egress": [{"to": "internet", "nat_gateways": "ngw-1"}]}, "egress[0].nat_gateways: \"ngw-1\"\n    must be an id"),
    "gateway id of a zone": (
        {"egress.0.nat_gateways.eu-west-1b": "nat-"},
        "egress[0].nat_gateways.eu-west-1b: \"nat-\"\n    must be an id",
    ),
    "network name": ({"name": "N" * 41}, "name: \"NNN"),
    "stack name": ({"stack.name": "s" * 129}, "128 characters at most"),
    "cluster name": ({"cluster.name": "a cluster"}, "must be the name of an EKS cluster"),
    "account": ({"environment.account": 123456789012}, 'environment.account: 123456789012\n    must be text\n    -> put it in quotes: "123456789012"'),
    "region": ({"environment.region": "Ireland"}, "must be the name of an AWS region"),
    "zone": ({"pods.zones": ["a"]}, "pods.zones[0]: \"a\"\n    must be the name of an availability zone"),
    "token for a zone": ({"pods.zones": ["${Token[TOKEN.17]}"]}, "must be a literal zone name: give the stack an explicit region"),
    "role ARN": (
        {"cluster.node_role": {"name": "arn:aws:iam::111122223333:role/nodes", "access_entry": True}},
        "give the role's name, not its ARN or path: nodes",
    ),
    "long role name": ({"cluster.node_role": {"name": "r" * 65, "access_entry": True}}, "must be the name of an IAM role: 1 to 64"),
    "role both made and named": ({"cluster.node_role": {"create": True, "name": "r"}}, "must be either `create: true`, or"),
    "role neither made nor named": ({"cluster.node_role": {}}, "must be either `create: true`, or the `name`"),
    "role without a word on its entry": ({"cluster.node_role": {"name": "r"}}, "must have `access_entry: false`"),
    "entry for a made role": ({"cluster.node_role": {"create": True, "access_entry": True}}, "must not have `access_entry`"),
    "port": ({"cluster.host_network_ports": ["http"]}, "must be a port, such as 9100 or 53/udp, or a range"),
    "port range": ({"cluster.host_network_ports": ["2-1"]}, "must have its lower port first"),
    "port number": ({"cluster.host_network_ports": [70000]}, "must be less than or equal to 65535"),
    "enum": ({"node_classes.0.snat_policy": "random"}, "node_classes[0].snat_policy: \"random\"\n    must be 'Random' or 'Disabled'"),
    "prefix size as a number": ({"node_classes.0.advanced_networking": {"ipv4_prefix_size": 32}}, '-> put it in quotes: "32"'),
    "camel case in a config": ({"node_classes.0.snatPolicy": "Random"}, "-> it is written snat_policy here, and only once"),
    "no NodeClass": ({"node_classes": []}, "node_classes: []\n    must have at least 1 item"),
    "NodeClass named default": ({"node_classes.0.name": "default"}, "node_classes[0].name: \"default\"\n    must not be default"),
    "long NodeClass name": ({"node_classes.0.name": "n" * 254}, "must be 1 to 253 small letters"),
    "expireAfter": ({"node_pools.0.expire_after": "720h"}, 'node_pools[0].expire_after: "720h"\n    must'),
    "our own tag": ({"stack.tags": {"kubernetes.io/role/elb": "1"}}, "must not set 'kubernetes.io/role/elb'"),
    "tag characters": ({"stack.tags": {"a": "b|c"}}, "must be letters, digits, spaces"),
    "too many tags": ({"stack.tags": {f"t{n}": "" for n in range(41)}}, "must be at most 40 tags"),
    "group with id and kind": ({"pods.security_group": {"id": "sg-00000001", "kind": "cluster"}}, "must have either the `id`"),
    "name for the cluster's group": ({"pods.security_group": {"kind": "cluster", "name": "n"}}, "must not have `name`"),
    "rules for a group made here": ({"pods.security_group": {"add_rules": True}}, "must not have `add_rules`"),
    "two kinds of egress": (
        {"egress.0.new_nat_gateways": "subnet-00000001"},
        "egress[0]: {",
    ),
    "no kind of egress": ({"egress": [{"to": "internet"}]}, "must have exactly one kind of gateway, of "),
    "unknown destination": ({"egress.0.to": "mars"}, "egress[0].to: \"mars\"\n    must be `internet`, a CIDR"),
    "others in a new block": ({"pods.cidrs": [{"cidr": "100.64.0.0/16", "other_subnets": ["100.64.0.0/20"]}]}, "must not have `other_subnets`"),
    "an empty zone for a gateway": ({"egress.0.nat_gateways": {"eu-west-1a": "nat-00000001", "": "nat-00000002"}}, "must be the name of an availability zone"),
    "a strange zone for a gateway": ({"egress.0.nat_gateways": {"a]b": "nat-00000002"}}, "must be the name of an availability zone"),
    "an empty boundary": ({"stack.permissions_boundary": ""}, "stack.permissions_boundary: \"\"\n    must be the name or the ARN of an IAM policy"),
    "a boundary that is no policy": ({"stack.permissions_boundary": "arn:aws:iam::1:role/x"}, "must be the name or the ARN of an IAM policy"),
    "a tag IAM takes for Name": ({"stack.tags": {"name": "x"}}, "must not set 'name'"),
    "two tags IAM takes for one": ({"stack.tags": {"team": "a", "Team": "b"}}, "must not set both 'team' and 'Team'"),
    "a tag of AWS": ({"stack.tags": {"AWS:x": "a"}}, "must not set 'AWS:x'"),
    "a name CDK cannot have": ({"name": "constructor"}, "which CDK cannot have"),
    "digits of another script": ({"environment.account": "\uff11" * 12}, "must be an AWS account id of 12 digits"),
    "more blocks than any VPC has": ({"pods.cidrs": [f"10.{n}.0.0/24" for n in range(51)]}, "pods.cidrs: ["),
    "an empty map": ({"pods.subnets": {}}, "pods.subnets: {}\n    must have at least 1 item"),
    "no VPC id": ({"vpc.id": None}, "vpc.id\n    must be given in a file\n    -> the VPC's id"),
    "no node subnets": ({"vpc.node_subnets": None}, "vpc.node_subnets\n    must be given in a file"),
    "no cluster group": ({"cluster.security_group_id": None}, "cluster.security_group_id\n    must be given in a file"),
    "no public subnet ids": ({"egress": [{"to": "internet", "new_nat_gateways": "shared"}]}, "egress[0].new_nat_gateways\n    must be given in a file"),
    "no routable subnet ids": ({"egress": [{"to": "10.128.0.0/9", "private_nat_gateways": "per_zone"}]}, "egress[0].private_nat_gateways\n    must be given in a file"),
    "no transit gateway id": ({"egress": [{"to": "internet", "transit_gateway": "given"}]}, "egress[0].transit_gateway\n    must be given in a file\n    -> the id of the transit gateway, tgw-"),
    "no egress-only gateway id": ({"egress": [{"to": "internet", "egress_only_gateway": "given"}]}, "egress[0].egress_only_gateway\n    must be given in a file"),
    "a gateway that is neither new nor an id": ({"egress": [{"to": "internet", "egress_only_gateway": "old"}]}, "egress[0].egress_only_gateway: \"old\"\n    must be `new`, or the id of an egress-only"),
    "a regional gateway that is only true": ({"egress": [{"to": "internet", "regional_nat_gateway": True}]},  "egress[0].regional_nat_gateway: true\n    must be a mapping"),
    "a regional gateway by another word": ({"egress": [{"to": "internet", "regional_nat_gateway": "yes"}]}, "egress[0].regional_nat_gateway: \"yes\"\n    must be 'automatic' or 'per_zone'"),
    "an address that is none": ({"egress": [{"to": "internet", "regional_nat_gateway": {"eu-west-1a": ["eip-1"]}}]}, "egress[0].regional_nat_gateway.eu-west-1a[0]: \"eip-1\"\n    must be an id as AWS writes it: eipalloc-"),
    "flow logs to nowhere": ({"flow_logs": {"to": "kinesis"}}, "flow_logs.to: \"kinesis\"\n    must be cloud_watch_logs, s3, or the ARN of an S3 bucket"),
    "no addresses": ({"egress": [{"to": "internet", "regional_nat_gateway": "per_zone"}]}, "egress[0].regional_nat_gateway\n    must be given in a file"),
    "no allocations": ({"egress": [{"to": "internet", "new_nat_gateways": "subnet-00000001", "allocation_ids": "given"}]}, "egress[0].allocation_ids\n    must be given in a file"),
    "no attachment subnets": ({"egress": [{"to": "internet", "transit_gateway": "tgw-00000001", "attachment_subnets": "per_zone"}]}, "egress[0].attachment_subnets\n    must be given in a file"),
    "a private way with two kinds": ({"egress": [{"to": "10.128.0.0/9", "private_nat_gateways": "subnet-00000001", "regional_nat_gateway": "automatic"}]}, "must have exactly one kind of gateway, of "),
    "nowhere to": ({"egress.0.to": []}, "egress[0].to\n    must have a destination"),
    "a destination with host bits": ({"egress.0.to": ["10.0.0.1/8"]}, "egress[0].to[0]: \"10.0.0.1/8\"\n    must be a network, with no host bits set; write 10.0.0.0/8"),
    "an IPv6 destination with host bits": ({"egress.0.to": "2001:db8::1/32"}, "must be a network, with no host bits set; write 2001:db8::/32"),
    "a prefix list that is none": ({"egress.0.to": "pl-list"}, "must be the id of a prefix list"),
    "a name that is no word": ({"egress.0.name": "My way"}, "egress[0].name: \"My way\"\n    must be a short word"),
    "an old Kubernetes version": ({"cluster.create": {"version": "1.28"}}, 'cluster.create.version: "1.28"\n    must be a Kubernetes version with EKS Auto Mode, "1.29" or later'),
    "a Kubernetes version as a number": ({"cluster.create": {"version": 1.36}}, 'cluster.create.version: 1.36\n    must be text\n    -> put it in quotes: "1.36"'),
    "an API server for everybody": ({"cluster.create": {"version": "1.36", "public_access_cidrs": ["0.0.0.0/0"]}}, "must not be 0.0.0.0/0"),
    "an admin that is no ARN": ({"cluster.create": {"version": "1.36", "admins": ["Admin"]}}, "must be the ARN of an IAM role or user"),
    "an unknown built-in pool": ({"cluster.create": {"version": "1.36", "built_in_node_pools": ["gpu"]}}, "must be 'system' or 'general-purpose'"),
    "endpoints without their group": ({"endpoints": {"interfaces": {"existing": True}}}, "endpoints.interfaces: {\"existing\": true}\n    must have `security_group_ids`"),
    "a group for new endpoints": ({"endpoints": {"interfaces": {"security_group_ids": ["sg-00000001"]}}}, "must not have `security_group_ids`"),
    "services of endpoints that exist": ({"endpoints": {"interfaces": {"existing": True, "services": ["sts"], "security_group_ids": ["sg-00000001"]}}}, "must not have `services` and `subnets`"),
    "an unknown gateway endpoint": ({"endpoints": {"gateways": ["ecr"]}}, "must be 's3' or 'dynamodb'"),
    "a service by its full name": ({"endpoints": {"interfaces": {"services": ["com.Amazonaws"]}}}, "must be the short name of a service"),
    "a new VPC without node subnets": ({"vpc.create": {}}, "vpc.create.nodes\n    must be given"),
    "a new VPC cut in no way": ({"vpc.create": {"nodes": {"cidrs": ["10.0.0.0/22"]}}}, "must have `cidrs` and `subnet_prefix`, or a map"),
    "a new VPC cut in both ways": ({"vpc.create": {"nodes": {"subnet_prefix": 24, "subnets": {"eu-west-1a": ["10.0.0.0/24"]}}}}, "must not have `cidrs` and `subnet_prefix`"),
    "an account to share with": ({"vpc.shared_with": ["1234"]}, "must be an account id of 12 digits, in quotes, or the ARN of an organization"),
    "an owner that is no account": ({"vpc.owner": "1234"}, "vpc.owner: \"1234\"\n    must be an AWS account id"),
    "an IPv6 block with host bits": ({"vpc.ipv6_cidrs": ["2001:db8::1/56"]}, "must be a network, with no host bits set; write 2001:db8::/56"),
    "an IPv4 block for an IPv6 one": ({"vpc.ipv6_cidrs": ["10.0.0.0/16"]}, "must be an IPv6 CIDR"),
    "a new VPC for a cluster that exists": (A_NEW_VPC, "cluster.create\n    must be given in a file\n    -> `{version"),
    "an admin twice": ({"cluster.create": {"version": "1.36", "admins": ["arn:aws:iam::111122223333:role/a"] * 2}}, "must list arn:aws:iam::111122223333:role/a once"),
    "a group of endpoints twice": ({"endpoints": {"interfaces": {"existing": True, "security_group_ids": ["sg-00000001"] * 2}}}, "must list sg-00000001 once"),
    "a gateway endpoint twice": ({"endpoints": {"gateways": ["s3", "s3"]}}, "must list s3 once"),
    "a log twice": ({"cluster.create": {"version": "1.36", "logs": ["api", "api"]}}, "must list api once"),
    "an IPv6 block twice": ({"vpc.ipv6_cidrs": ["2001:db8::/56"] * 2}, "must list 2001:db8::/56 once"),
    "a route table twice": ({"egress": [{"to": "internet", "transit_gateway": "tgw-00000001", "route_tables": ["rtb-00000001"] * 2}]}, "must list rtb-00000001 once"),
    "applied without the cluster's group": ({"pods.security_group": "sg-00000001", "apply": True, "cluster.security_group_id": None}, "cluster.security_group_id\n    must be given in a file"),
    "an id that is too long": ({"vpc.id": "vpc-" + "0" * 26}, "must be an id as AWS writes it"),
    "an alias for a key": ({"flow_logs": {"key_arn": "arn:aws:kms:eu-west-1:111122223333:alias/logs"}}, "must be the ARN of a KMS key"),
    "a long name of a way out": ({"egress.0.name": "a" * 21}, "must be a short word"),
    "no addresses at all": ({"egress": [{"to": "internet", "new_nat_gateways": "subnet-00000001", "addresses": 0}]}, "egress[0].addresses: 0\n    must be greater than or equal to 1"),
    "too many addresses": ({"egress": [{"to": "10.128.0.0/9", "private_nat_gateways": "subnet-00000001", "addresses": 33}]}, "egress[0].addresses: 33\n    must be less than or equal to 32"),
    "subnets of endpoints that exist": ({"endpoints": {"interfaces": {"existing": True, "subnets": {"eu-west-1a": "subnet-00000001"}, "security_group_ids": ["sg-00000001"]}}}, "must not have `services` and `subnets`"),
    "a map beside ranges": ({"vpc.create": {"nodes": {"cidrs": ["10.0.0.0/24"], "subnets": {"eu-west-1a": ["10.0.0.0/24"]}}}}, "must not have `cidrs` and `subnet_prefix`"),
    "a name for a group that exists": ({"pods.security_group": {"id": "sg-00000001", "name": "n"}}, "must have either the `id`"),
    "rules added without the cluster's group": ({"pods.security_group": {"id": "sg-00000001", "add_rules": True}, "cluster.security_group_id": None}, "cluster.security_group_id\n    must be given in a file"),
    "no gateway ids": ({"egress.0.nat_gateways": "per_zone"}, "egress[0].nat_gateways\n    must be given in a file"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, changes: Changes, said: str) -> None:
    assert said in refusal(written(tmp_path / "bad.yaml", changes))


@pytest.mark.parametrize(
    "entry",
    [
        {"regional_nat_gateway": True},
        {"regional_nat_gateway": {"eu-west-1a": ["eip-1"]}},
        {"egress_only_gateway": "old"},
    ],
)
def test_one_mistake_is_one_error(tmp_path: Path, entry: Changes) -> None:
    said = refusal(written(tmp_path / "bad.yaml", {"egress": [{"to": "internet", **entry}]}))
    assert len([line for line in said.splitlines() if not line.startswith(" ")]) == 1


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"pods.zones": None, "pods.zone": ["eu-west-1a", "eu-west-1b"]}, "pods.zone"),
        ({"pods.subnet_prefix": None, "pods.subnets_prefix": 18}, "pods.subnets_prefix"),
        ({"pods.cidrs": None, "pods.cidr": ["100.64.0.0/16"]}, "pods.cidr"),
        ({"vpc.node_subnets": None, "vpc.node_subnet": {"eu-west-1a": ["subnet-0000000a"]}}, "vpc.node_subnet"),
        ({"cluster.name": None, "cluster.nam": "c"}, "cluster.nam"),
    ],
)
def test_a_misspelt_key_is_one_problem_and_hides_no_other(tmp_path: Path, wrong: Changes, place: str) -> None:
    said = refusal(written(tmp_path / "bad.yaml", {**wrong, "pods.prefix_reservation": True}))
    told = [line.split(": ")[1] for line in said.splitlines() if not line.startswith(" ")]
    assert told == [place, "pods.prefix_reservation"]
    assert "did you mean" in said


def test_a_misspelt_key_with_a_wrong_value_hides_no_other_problem(tmp_path: Path) -> None:
    for wrong in ({"node_classes.0.snat_polcy": "Bogus"}, {"vpc.cidr_block": "100.64.0.0/16"}):
        said = refusal(written(tmp_path / "bad.yaml", {**wrong, "vpc.peers": ["100.64.0.0/10"]}))
        assert "must not overlap 100.64.0.0/10, a CIDR block of a peered VPC" in said


def test_a_wrong_version_hides_nothing_of_how_the_cluster_is_made(tmp_path: Path) -> None:
    """A substitute for the whole section would have no node pools, and cause an error that is none."""
    changes = {**A_NEW_CLUSTER, "cluster.create.version": "1.20", "cluster.create.built_in_node_pools": ["system"]}
    changes |= {"cluster.node_role": {"name": "nodes", "access_entry": False}}
    said = refusal(written(tmp_path / "bad.yaml", changes))
    assert [line.split(": ")[1] for line in said.splitlines() if not line.startswith(" ")] == ["cluster.create.version"]


def test_an_empty_file_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text("")
    assert refusal(tmp_path / "empty.yaml").count("empty.yaml") == 1


def test_a_key_that_is_no_text_is_shown_as_such(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: a\n[x, y]: 1\n")
    assert "ScalarNode" not in refusal(tmp_path / "a.yaml")


def test_each_error_has_its_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text((REPOSITORY / "config" / "article.yaml").read_text().replace("100.64.0.0/16", "100.64.0.0/10"))
    line = next(n for n, text in enumerate(file.read_text().splitlines(), 1) if "100.64.0.0/10" in text)
    assert refusal(file).startswith(f"{file}:{line}: pods.cidrs[0]: 100.64.0.0/10\n    must be between /16")


def test_every_error_of_a_file_is_reported_at_once(tmp_path: Path) -> None:
    said = refusal(
        written(
            tmp_path / "bad.yaml",
            {
                "tgas": {},
                "stack.name": "1",
                "vpc.id": None,
                "pods.cidrs": ["100.64.0.0/10", "10.0.0.0/20"],
                "egress.0.nat_gateways": {"eu-west-1a": "nat-00000001"},
                "node_classes.0.snat_policy": "random",
                "node_pools.0.wait": 1,
            },
        )
    )
    for place in ("tgas", "stack.name", "vpc.id", "pods.cidrs[0]", "pods.cidrs[1]", "egress[0].nat_gateways",
                  "node_classes[0].snat_policy", "node_pools[0].wait"):  # fmt: skip
        assert f": {place}" in said or f": {place}:" in said, place


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"name": "No"}, "name"),
        ({"stack.name": "1"}, "stack.name"),
        ({"vpc.id": "vpc-1"}, "vpc.id"),
        ({"cluster.name": "bad name!"}, "cluster.name"),
        ({"cluster.security_group_id": "sg"}, "cluster.security_group_id"),
        ({"cluster.node_security_group_ids": ["sg"]}, "cluster.node_security_group_ids[0]"),
        ({"cluster.node_role": {}}, "cluster.node_role"),
        ({"cluster.host_network_ports": ["x"]}, "cluster.host_network_ports[0]"),
        ({"cluster.enable_network_policy": "x"}, "cluster.enable_network_policy"),
        ({"pods.security_group": "sg"}, "pods.security_group"),
        ({"egress.0.to": "mars"}, "egress[0].to"),
        ({"node_classes.0.snat_policy": "x", "node_pools.0.node_class": "class"}, "node_classes[0].snat_policy"),
        ({"node_classes.0.name": "A_b"}, "node_classes[0].name"),
        ({"node_pools.0.weight": 0}, "node_pools[0].weight"),
        ({"cluster.create": {"version": "1"}, "cluster.security_group_id": None}, "cluster.create.version"),
        ({"endpoints": {"gateways": ["x"]}}, "endpoints.gateways[0]"),
        ({"flow_logs": {"of": "x"}}, "flow_logs.of"),
        ({"apply": "x"}, "apply"),
        ({"pods.prefix_reservation": "x"}, "pods.prefix_reservation"),
        ({**A_NEW_VPC, **A_NEW_CLUSTER, "egress.0.name": "X"}, "egress[0].name"),
        ({**A_NEW_VPC, **A_NEW_CLUSTER, "egress": [], "endpoints": {"gateways": ["x"]}}, "endpoints.gateways[0]"),
    ],
)
def test_a_wrong_value_does_not_hide_a_wrong_address(tmp_path: Path, wrong: Changes, place: str) -> None:
    said = refusal(written(tmp_path / "bad.yaml", {**wrong, "pods.cidrs": ["100.64.0.0/15"]}))
    assert [line.split(": ")[1] for line in said.splitlines() if not line.startswith(" ")] == [place, "pods.cidrs[0]"]
    assert "stand-in" not in said


@pytest.mark.parametrize("written_as", ["0x10", "1_000", "1:30"])
def test_a_number_yaml_would_misread_keeps_its_text(tmp_path: Path, written_as: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(f"name: {written_as}\n")
    assert f'name: "{written_as}"' in refusal(file)


def test_an_account_that_begins_with_a_zero_needs_no_quotes(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    text = yaml.safe_dump(a_file()).replace("  region: eu-west-1\n", "  region: eu-west-1\n  account: 012345670123\n")
    file.write_text(text)
    assert read_network_files(file)[0].plan.stack.account == "012345670123"


@pytest.mark.parametrize(
    "changes",
    [
        {"stack.permissions_boundary": "arn:aws:iam::aws:policy/PowerUserAccess"},
        {**A_NEW_CLUSTER, "cluster.create.admins": ["arn:aws:iam::111122223333:user/ann"]},
        {"vpc.shared_with": ["arn:aws:organizations::111122223333:ou/o-abc/ou-abc-12"], "node_classes": None, "node_pools": None, "cluster.security_group_id": None, "vpc.node_subnets": None},
        {"pods.security_group": "sg-00000001", "cluster.security_group_id": None},
        {"flow_logs": {"retention_days": 3653}},
    ],
)  # fmt: skip
def test_what_aws_takes_is_taken(tmp_path: Path, changes: Changes) -> None:
    (file,) = read_network_files(written(tmp_path / "a.yaml", changes))
    assert file.plan


def test_quotas_are_awss_unless_raised() -> None:
    vpc = a_config().vpc
    assert (vpc.cidr_quota, vpc.subnet_quota, vpc.route_quota) == (5, 200, 500)


def test_a_group_that_only_a_cdk_app_can_pass_in_needs_an_id_in_a_file(tmp_path: Path) -> None:
    group = {
        "ingress": [{"from": "vpc"}, {"from": "given:alb", "ports": [8080]}],
        "egress": [{"to": "given:proxy"}],
        "reaches": [{"id": "given:database", "ports": [5432]}, {"id": "sg-0000000d", "ports": [6379]}],
    }
    with pytest.raises(InputError) as refused:
        read_network_files(written(tmp_path / "net.yaml", {"pods.security_group": group}))
    places = ["ingress[1].from", "egress[0].to", "reaches[0].id"]
    assert identified(refused.value.diagnostics) == [
        ("id-missing", f"pods.security_group.{place}", "") for place in places
    ]


def test_a_folder_inside_is_passed_over(tmp_path: Path) -> None:
    written(tmp_path / "a.yaml")
    (tmp_path / "b.yaml").mkdir()
    assert len(read_network_files(tmp_path)) == 1


def test_a_new_vpc_needs_no_ids(tmp_path: Path) -> None:
    (file,) = read_network_files(written(tmp_path / "a.yaml", {**A_NEW_VPC, **A_NEW_CLUSTER}))
    assert file.plan.vpc
    assert file.plan.cluster


def test_a_file_that_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert "must be a file" in refusal(tmp_path / "pipe.yaml")


@pytest.mark.parametrize("path", ["a" * 300, "a\0b"])
def test_a_path_no_system_takes_is_refused(path: str) -> None:
    assert "can be read" in refusal(Path(path))


def test_errors_of_several_files_have_the_file_and_line(tmp_path: Path) -> None:
    written(tmp_path / "a.yaml")
    second = written(tmp_path / "b.yaml", {"name": "other", "cluster.name": "other", "pods.cidrs": ["100.64.0.0/17"]})
    line = next(n for n, text in enumerate(second.read_text().splitlines(), 1) if "100.64.0.0/17" in text)
    with pytest.raises(InputError) as refused:
        read_network_files(tmp_path)
    (clash,) = refused.value.diagnostics
    assert (clash.location.file, clash.location.line, clash.location.path) == (str(second), line, "pods.cidrs[0]")
    assert (clash.id, clash.subject) == ("cidr-overlap", "100.64.0.0/17")
    assert f"100.64.0.0/16 in {tmp_path}/a.yaml" in clash.message


def test_an_item_that_is_wrong_does_not_make_its_list_too_short(tmp_path: Path) -> None:
    assert "at least" not in refusal(written(tmp_path / "bad.yaml", {"node_classes.0.snat_policy": "random"}))


def test_every_file_of_a_folder_is_looked_at(tmp_path: Path) -> None:
    written(tmp_path / "a.yaml", {"vpc.id": "vpc-1"})
    written(tmp_path / "b.yml", {"vpc.id": "vpc-2"})
    said = refusal(tmp_path)
    assert f"{tmp_path}/a.yaml" in said
    assert f"{tmp_path}/b.yml" in said


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
places = ["name", "environment", "environment.region", "stack", "vpc", "vpc.id", "vpc.cidrs", "vpc.node_subnets",
          "vpc.peers", "cluster", "cluster.name", "cluster.node_role", "cluster.host_network_ports",
          "cluster.service_cidr", "pods", "pods.cidrs", "pods.zones", "pods.subnet_prefix", "pods.subnets",
          "pods.subnet_ids", "pods.security_group", "egress", "egress.0", "egress.0.nat_gateways", "egress.0.to", "egress.0.transit_gateway", "node_classes",
          "vpc.create", "vpc.owner", "vpc.shared_with", "vpc.ipv6_cidrs", "pods.ipv6_subnets", "cluster.create",
          "cluster.ip_family", "endpoints", "endpoints.interfaces", "flow_logs", "apply",
          "node_classes.0", "node_classes.0.tags", "node_pools", "node_pools.0", "node_pools.0.requirements",
          "node_pools.0.disruption", "node_pools.0.limits"]  # fmt: skip


@given(changes=st.dictionaries(st.sampled_from(places), values, min_size=1, max_size=2))
@settings(max_examples=300, deadline=None)
def test_whatever_a_file_says_it_is_planned_or_refused(
    changes: Changes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    try:
        data = a_file(changes)
    except (AttributeError, KeyError, TypeError, IndexError, ValueError):
        return  # one change took away what another one changes
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_text(yaml.safe_dump(data))
    try:
        read_network_files(file)
    except InputError as refused:
        assert all(str(file) == problem.location.file and problem.message for problem in refused.diagnostics)
        identified(problem for problem in refused.diagnostics if problem.id != "invalid-config")
