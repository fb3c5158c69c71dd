"""From a VPC and a cluster that exist to a config: what was found, what is chosen, and why."""

from podspace.proposal.config_file import write_config
from podspace.proposal.proposal import Proposal, propose
from podspace.proposal.wish import Wish, wish

__all__ = ["Proposal", "Wish", "propose", "wish", "write_config"]
