"""Attachments of VPCs to core networks of AWS Cloud WAN, which moto lacks.

https://docs.aws.amazon.com/networkmanager/latest/APIReference/API_CreateVpcAttachment.html
"""

from __future__ import annotations

import re
import uuid
from typing import Any

from tools.local_aws.services.request import Answer, Request, json_answer, json_error


class NetworkManager:
    """The attachments of all accounts."""

    def __init__(self) -> None:
        self.attachments: dict[str, dict[str, Any]] = {}

    def attaches(self, vpc: str) -> bool:
        """Whether a VPC is attached to a core network."""
        return any(each["Attachment"]["ResourceArn"].endswith(f"/{vpc}") for each in self.attachments.values())

    def answer(self, request: Request) -> Answer:
        """The answer to a request."""
        path, method = request.path, request.method
        if (method, path) == ("POST", "/vpc-attachments"):
            return self._created(request)
        if method == "GET" and path == "/attachments":
            return json_answer({"Attachments": [each["Attachment"] for each in self.attachments.values()]})
        found = re.fullmatch(r"/(?:vpc-)?attachments/([^/]+)", path)
        attachment = self.attachments.get(found[1]) if found else None
        if attachment is None:
            return json_error("ResourceNotFoundException", f"{method} {path}: no such attachment", status=404)
        if method == "DELETE":
            del self.attachments[attachment["Attachment"]["AttachmentId"]]
            return json_answer({"Attachment": {**attachment["Attachment"], "State": "DELETING"}})
        if method == "PATCH":
            subnets = [
                each for each in attachment["SubnetArns"] if each not in request.data.get("RemoveSubnetArns", [])
            ]
            attachment["SubnetArns"] = [*subnets, *request.data.get("AddSubnetArns", [])]
        return json_answer({"VpcAttachment": attachment})

    def _created(self, request: Request) -> Answer:
        given, id_ = request.data, f"attachment-{uuid.uuid4().hex[:17]}"
        attachment = {
            "CoreNetworkId": given["CoreNetworkId"],
            "AttachmentId": id_,
            "OwnerAccountId": request.account,
            "AttachmentType": "VPC",
            "State": "AVAILABLE",
            "EdgeLocation": request.region,
            "ResourceArn": given["VpcArn"],
            "Tags": given.get("Tags", []),
        }
        self.attachments[id_] = {"Attachment": attachment, "SubnetArns": given["SubnetArns"]}
        return json_answer({"VpcAttachment": self.attachments[id_]})
