"""Names and tags, unique where AWS needs them unique."""

from __future__ import annotations

import hashlib

from podspace.planning.config import Config

_DIGEST = 8


def shortened(name: str, *, most: int) -> str:
    """`name`, or where it is longer than `most` characters its beginning and a hash of the whole."""
    if len(name) <= most:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]
    return f"{name[: most - _DIGEST - 1]}-{digest}"


def selector(config: Config, part: str) -> dict[str, str]:
    """The one tag that a NodeClass finds a `part` of this pod network by, its `pods` or its `nodes`.

    The key names the cluster and the network, so no other cluster and no other network matches, and node
    subnets may serve several networks.
    """
    return selector_of(config.cluster.name, config.name, part)


def selector_of(cluster: str, network: str, part: str) -> dict[str, str]:
    """The same, by the names of the cluster and of the pod network."""
    return {shortened(f"podspace/{cluster}/{network}", most=128): part}


def stack_name(config: Config) -> str:
    """The CloudFormation stack's name: the one asked for, or one of cluster and network."""
    return config.stack.name or stack_name_of(config.cluster.name, config.name)


def stack_name_of(cluster: str, network: str) -> str:
    """The name of cluster and network."""
    return shortened(f"podspace-{cluster}-{network}".replace("_", "-"), most=128)


def role_name(config: Config) -> str:
    """The node role's name; IAM is global, so a name made here holds the region."""
    made = f"{config.cluster.name}-{config.name}-nodes-{config.environment.region}"
    return config.cluster.node_role.name or shortened(made, most=64)


def tags_named(config: Config, name: str) -> dict[str, str]:
    """The tags of every resource: those of the config, and its `Name`."""
    return {**config.stack.tags, "Name": name}


def subnet_tags(config: Config, zone: str) -> dict[str, str]:
    """The tags of a pod subnet.

    The `aws-cdk:` tags keep a later `Vpc.from_lookup` from taking pod subnets for private subnets, which
    would put load balancers and control-plane interfaces in them.
    """
    return {
        **tags_named(config, f"Internal/pods-{zone}"),
        "kubernetes.io/role/pod": "1",
        "aws-cdk:subnet-name": "pods",
        "aws-cdk:subnet-type": "Isolated",
        **selector(config, "pods"),
    }


def group_tags(config: Config) -> dict[str, str]:
    """The tags of a dedicated pod security group.

    `eks:eks-cluster-name` is what AmazonEKSLoadBalancingPolicy asks of a group that Auto Mode's load-balancer
    controller may edit (inferred from the policy's JSON):
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSLoadBalancingPolicy.html
    """
    name = config.pods.security_group.name or f"{config.cluster.name}-{config.name}-pods"
    return {
        **tags_named(config, name),
        "eks:eks-cluster-name": config.cluster.name,
        **selector(config, "pods"),
    }
