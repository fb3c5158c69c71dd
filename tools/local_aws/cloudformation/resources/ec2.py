"""What the resource types of EC2 have in common: ids, tags and descriptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from tools.local_aws.cloudformation.resources.handler import (
    Aws,
    Handler,
    Properties,
    is_absent,
    names,
    tag_changes,
    tag_list,
)


class Ec2Handler(Handler):
    """A resource of EC2 with an id and tags.

    Attributes:
        listed_by: the operation that describes it, the key of its answer, and the parameter for ids.
    """

    listed_by: ClassVar[tuple[str, str, str]]
    in_place: ClassVar[frozenset[str]] = names("Tags")

    def found(self, aws: Aws, physical_id: str) -> Mapping[str, Any] | None:
        """What EC2 says of it; None if it does not exist."""
        operation, key, ids = self.listed_by
        try:
            listed = getattr(aws("ec2"), operation)(**{ids: [physical_id]})[key]
        except ClientError as error:
            if is_absent(error):
                return None
            raise
        return listed[0] if listed and listed[0].get("State") not in ("deleted", "deleting") else None

    def tag(self, aws: Aws, physical_id: str, wanted: Properties) -> None:
        """Give a new resource its tags."""
        if wanted.get("Tags"):
            aws("ec2").create_tags(Resources=[physical_id], Tags=wanted["Tags"])

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        """Change its tags."""
        gone, tags = tag_changes(before, after)
        if gone:
            aws("ec2").delete_tags(Resources=[physical_id], Tags=[{"Key": key} for key in gone])
        if tags:
            aws("ec2").create_tags(Resources=[physical_id], Tags=tag_list(tags))
        return {}
