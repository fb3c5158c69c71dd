"""A config for an existing VPC and cluster, each value with its reason."""

from podspace.proposal.config_file import schema_path, write_config
from podspace.proposal.proposal import Proposal, propose
from podspace.proposal.request import Request, request

__all__ = ["Proposal", "Request", "propose", "request", "schema_path", "write_config"]
