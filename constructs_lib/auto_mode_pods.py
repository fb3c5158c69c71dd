"""A pod network on a VPC and a cluster of a CDK app, in one construct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from inspect import getfullargspec
from pathlib import Path
from typing import Unpack, cast

from aws_cdk import Annotations, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.completed import PLACEHOLDER, Completed, Objects, completed
from constructs_lib.egress import EgressInputs, needs_of
from constructs_lib.existing import SecurityGroupRef, VpcRef, mapping_of, security_group_id
from constructs_lib.facts import ClusterRef, Contents, VpcFacts, cluster_facts, literal, region_of, vpc_facts
from constructs_lib.inputs import Need, check_keywords
from constructs_lib.parts import parts_of
from podspace.cdk_token import is_token
from podspace.diagnostic import InputError, invalid
from podspace.formats.document import Document, read_document
from podspace.formats.manifest_files import Manifest, write_manifests
from podspace.formats.text_file import text_of, unreadable
from podspace.planning import PassedIn, Plan, manifests
from podspace.planning.files.policy_files import with_policy_files

Section = Mapping[str, object]


class AutoModePods(Construct):
    """Pod subnets, routes, gateways, a security group, a node role and manifests, for the app's own VPC and cluster.

    The objects passed in give the cluster's name and security group, the VPC's id and CIDR block, the region, the zones
    and the node subnets. Everything else is in the sections of a config file. Until the CDK CLI has looked up an
    imported VPC, the plan has placeholders and no manifest is written.

    Attributes:
        plan: the plan; `plan.remarks` has its notes and warnings, and the warnings are annotations of this construct.
        network: the pod subnets, with their routes and gateways.
        cluster: the cluster, if this construct creates it.
        manifests: NodeClasses and NodePools that are written or applied, as plain data.
        files: paths of the manifest files that were written.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: VpcRef,
        cluster: ClusterRef | Section,
        name: str | None = None,
        pods: Section | None = None,
        egress: Sequence[Section] | None = None,
        node_classes: Sequence[Section] | None = None,
        node_pools: Sequence[Section] | None = None,
        endpoints: Section | None = None,
        flow_logs: Section | None = None,
        monitoring: Section | None = None,
        apply: bool | None = None,
        config: Section | Path | str | None = None,
        node_subnets: Sequence[ec2.ISubnet] | None = None,
        cluster_security_group: SecurityGroupRef | None = None,
        security_groups: Mapping[str, SecurityGroupRef] | None = None,
        manifest_folder: Path | str | None = Path("dist"),
        **inputs: Unpack[EgressInputs],
    ) -> None:
        """Plan the pod network, create it, and write or apply its manifests.

        Args:
            scope: the stack, or a construct in it.
            construct_id: id of the construct, unique in the scope.
            vpc: the VPC, created by the app or imported: an `ec2.IVpc`, its id, or a token.
            cluster: the cluster, created by the app or imported, of `aws_eks_v2` or `aws_eks`; or its name; or, to
                create one, the `cluster` section of a config with `name` and `create`.
            name: name of the pod network; by default the cluster's name and `-pods`.
            pods: the `pods` section of a config; its zones are by default those of the node subnets.
            egress: the `egress` section: routes to destinations outside the VPC.
            node_classes: the `node_classes` section.
            node_pools: the `node_pools` section.
            endpoints: the `endpoints` section: VPC endpoints to be created.
            flow_logs: the `flow_logs` section.
            monitoring: the `monitoring` section.
            apply: whether the deployment applies the manifests; it needs the extra `apply` of the package.
            config: the other sections, or all of them: a mapping, or the path of a config file.
            node_subnets: the subnets of the nodes; by default `vpc.private_subnets` in the zones of the pods.  Those
                that the app creates get a tag by which NodeClasses select them.
            cluster_security_group: the security group that EKS created for the cluster, if the object does not have it.
            security_groups: the groups that `pods` names as `given:<name>` in its security group's `ingress`, `egress`
                and `reaches`, by these names, such as `{"alb": load_balancer_group}`.
            manifest_folder: the manifests are written to a folder in it, named after the pod network; None to write
                none.
            inputs: what gateways need; see `EgressInputs`.  NAT gateways and public subnets of an `ec2.Vpc`, and node
                subnets for private NAT gateways, are found without it.

        Raises:
            InputError: sections and objects contradict each other, or no plan can be made of them; a `ValueError` with
                a diagnostic for every cause.
            TypeError: a keyword argument is unknown.
            ValueError: an object that the plan needs is missing, superfluous, or of another kind.
        """
        check_keywords(inputs, _keywords())
        facts = vpc_facts(vpc)
        new = isinstance(cluster, Mapping)
        existing = None if new else cluster_facts(cluster)
        group = cluster_security_group or (existing.security_group if existing else "")
        sections, document = _sections(
            config,
            name=name,
            cluster=cluster if new else None,
            pods=pods,
            egress=egress,
            node_classes=node_classes,
            node_pools=node_pools,
            endpoints=endpoints,
            flow_logs=flow_logs,
            monitoring=monitoring,
            apply=apply,
        )
        known = literal(security_group_id(group)) if group else None
        region = region_of(scope)
        objects = Objects(
            region=region, vpc=facts, node_subnets=node_subnets, cluster=existing, cluster_security_group=known
        )
        done = _completed(sections, document, objects)
        _check_others(scope, done.plan, vpc)
        super().__init__(scope, construct_id)
        self._vpc = vpc
        self.plan: Plan = done.plan
        self.manifests: Sequence[Manifest] = manifests(done.plan)
        self._parts = parts_of(
            self,
            plan=done.plan,
            vpc=done.plan.vpc.id if facts.pending else vpc,
            node_subnets=done.node_subnets,
            cluster=existing.created if existing else None,
            cluster_security_group=group or None,
            security_groups=security_groups,
            **_inputs(done, facts, inputs),
        )
        self.network = self._parts.network
        self.cluster: eks.Cluster | None = self._parts.cluster.cluster if self._parts.cluster else None
        _annotate(self, done.plan)
        folder = None if manifest_folder is None or facts.pending else Path(manifest_folder) / done.plan.name
        self.files: Sequence[Path] = _written(folder, self.manifests) if folder else ()

    @property
    def security_group(self) -> ec2.ISecurityGroup:
        """The security group of the pods, to which an app may add rules.

        Raises:
            ValueError: the config is that of the network account of a shared VPC, which has no security group.
        """
        if self._parts.security_group is None:
            raise ValueError("the network account's config of a shared VPC has no security group")
        return self._parts.security_group.security_group

    @property
    def node_role(self) -> iam.IRole:
        """The role of the nodes, to which an app may add policies.

        Raises:
            ValueError: the config is that of the network account of a shared VPC, which has no node role.
        """
        if self._parts.node_role is None:
            raise ValueError("the network account's config of a shared VPC has no node role")
        return self._parts.node_role.role


def _keywords() -> list[str]:
    return sorted([*EgressInputs.__annotations__, *getfullargspec(AutoModePods.__init__).kwonlyargs])


def _annotate(construct: Construct, plan: Plan) -> None:
    for remark in plan.remarks:
        if remark.severity == "warning":
            Annotations.of(construct).add_warning_v2(f"podspace:{remark.id}", remark.message)


def _check_others(scope: Construct, plan: Plan, vpc: VpcRef) -> None:
    """Compare the plan with those of other pod networks of the app.

    Raises:
        ValueError: another one has the same name, creates a role or an object of the same name, delivers the same logs,
            or has a CIDR block of the same VPC that overlaps.
    """
    for other in scope.node.root.node.find_all():
        if not isinstance(other, AutoModePods):
            continue
        if (other.plan.cluster_name, other.plan.name) == (plan.cluster_name, plan.name):
            raise ValueError(
                f"{other.node.path} is pod network {plan.name} of cluster {plan.cluster_name} already: give this one "
                "another `name`"
            )
        clash = {each.name for each in (*plan.node_classes, *plan.node_pools)} & {
            each.name for each in (*other.plan.node_classes, *other.plan.node_pools)
        }
        if clash and other.plan.cluster_name == plan.cluster_name:
            raise ValueError(
                f"{', '.join(sorted(clash))}: {other.node.path} has a NodeClass or NodePool of that name for cluster "
                f"{plan.cluster_name}, where both have no namespace: give each its own name"
            )
        if _create_one_role(plan, other.plan) and not _differ(Stack.of(scope).account, Stack.of(other).account):
            raise ValueError(
                f"{other.node.path} creates the role {other.plan.node_role.name}, and pod network {plan.name} of "
                f"cluster {plan.cluster_name} would create it too: a role's name is unique in its account, without "
                "regard to case: give this one another `name`"
            )
        if plan.cluster_name == other.plan.cluster_name and _deliver_ipam_logs(plan) and _deliver_ipam_logs(other.plan):
            raise ValueError(f"{other.node.path} delivers the IPAM logs of {plan.cluster_name}: write ipam_logs in one")
        if other._vpc is vpc or other._vpc == vpc:
            _check_blocks(plan, other)


def _check_blocks(plan: Plan, other: AutoModePods) -> None:
    for block in plan.pods.blocks:
        for taken in other.plan.pods.blocks:
            if block.cidr.overlaps(taken.cidr) and not (block.associated and taken.associated):
                raise ValueError(
                    f"pods.cidrs has {block.cidr}, which overlaps {taken.cidr} of {other.node.path}: use another "
                    "CIDR block of the VPC"
                )


def _deliver_ipam_logs(plan: Plan) -> bool:
    return plan.monitoring is not None and plan.monitoring.ipam_logs is not None


def _create_one_role(plan: Plan, other: Plan) -> bool:
    """Whether two plans create a role of one name, such as those of `a-b` and `c`, and of `a` and `b-c`."""
    created = [each.node_role.created and not each.network_half for each in (plan, other)]
    return all(created) and plan.node_role.name.lower() == other.node_role.name.lower()


def _differ(account: str, other: str) -> bool:
    return account != other and not is_token(account) and not is_token(other)


def _written(folder: Path, manifests_: Sequence[Manifest]) -> Sequence[Path]:
    try:
        return write_manifests(folder, manifests_)
    except OSError as error:
        raise ValueError(
            f"manifest_folder is {folder.parent}: must be a folder that can be written to ({error.strerror}: "
            f"{error.filename})"
        ) from None


def _sections(config: Section | Path | str | None, **keywords: object) -> tuple[Mapping[str, object], Document | None]:
    """The sections of the config and of the keywords together, and the file that some were read from."""
    document = None
    if isinstance(config, str | Path):
        document, problems = with_policy_files(read_document(Path(config)), text_of)
        if problems:
            raise InputError(problems)
    data = document.data if document else config or {}
    if document is not None and not isinstance(data, Mapping):
        raise unreadable(document.path, "must be a mapping of sections", fix="see docs/configuration.md")
    if not isinstance(data, Mapping):
        raise ValueError(f"config is {data!r}: pass a mapping of sections, or the path of a config file")
    given = {key: value for key, value in keywords.items() if value is not None}
    if twice := [key for key in given if key in data]:
        fix = "remove one of the two"
        must = "must be given by the keyword or in the config, not by both"
        raise InputError(invalid(key, must, fix=fix) for key in twice)
    return {**data, **given}, document


def _completed(sections: Mapping[str, object], document: Document | None, objects: Objects) -> Completed:
    try:
        return completed(sections, objects)
    except InputError as error:
        if document is None:
            raise
        raise InputError(map(document.located, error.diagnostics)) from None


def _inputs(done: Completed, vpc: VpcFacts, given: EgressInputs) -> EgressInputs:
    """What the app passes in, and for the rest what its VPC has."""
    inputs: dict[str, dict[str, object]] = {}
    if not vpc.pending:
        passed = cast("Mapping[str, Mapping[str, object]]", given)
        inputs = {argument: dict(mapping_of(named, argument=argument)) for argument, named in passed.items()}
    contents = Contents(public=vpc.public, nodes=done.node_subnets, zones=done.plan.pods.zones)
    for gateway in done.plan.pods.gateways:
        for need in needs_of(gateway):
            if isinstance(need.origin, PassedIn):
                found = _placeholder(need) if vpc.pending else need.found(contents)
                if found is not None:
                    inputs.setdefault(need.argument, {}).setdefault(need.name, found)
    return cast("EgressInputs", inputs)


def _placeholder(need: Need) -> object:
    id = f"{need.prefix}{PLACEHOLDER}"
    return [id] if need.argument == "allocation_ids" else id
