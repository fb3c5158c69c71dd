"""Whether a NodeClass belongs to the stacks of a deployment, or may be of a cluster elsewhere."""

from __future__ import annotations

from typing import Final

from podspace.lint.picture import NodeClassInUse, Picture
from podspace.lint.selection import ANY, tag_keys
from podspace.lint.value import shown

_COMMON: Final = ("aws:", "kubernetes.io/", "k8s.io/", "karpenter.sh/")
"""What the keys of tags begin with that every cluster uses; only with their value do they say whose a resource is."""
_ROLE: Final = "kubernetes.io/role/"
_NAME: Final = "Name"


def is_linked(picture: Picture, node_class: NodeClassInUse) -> bool:
    """Whether a NodeClass and stacks belong together.

    They do if a term selects a subnet or a group, if the role or the cluster of the NodeClass is created or named in
    the stacks, or if a resource has a tag that the NodeClass selects by. That the stacks have a VPC is not enough.
    """
    if any(terms.chosen for terms in node_class.selections) or picture.role_of(node_class):
        return True
    return _cluster_is_here(picture, node_class) or _tag_is_here(picture, node_class)


def _cluster_is_here(picture: Picture, node_class: NodeClassInUse) -> bool:
    """Whether the stacks create or name its cluster; where it names none, whether they create one in Auto Mode."""
    own = picture.clusters_by_tag(node_class) - {ANY}
    if own:
        return bool(own & picture.named_clusters)
    return any(cluster.auto_mode for cluster in picture.clusters.all)


def _tag_is_here(picture: Picture, node_class: NodeClassInUse) -> bool:
    """Whether a resource has a tag that the NodeClass selects by; a key that is the user's own is enough."""
    for terms in node_class.selections:
        for tag, value in tag_keys(terms):
            values = picture.tag_values.get(tag, frozenset())
            if not values or tag.startswith((_ROLE, "aws:")):
                continue
            own_key = "/" in tag and not tag.startswith(_COMMON)
            if own_key or shown(value) in values or (value == ANY and tag != _NAME):
                return True
    return False
