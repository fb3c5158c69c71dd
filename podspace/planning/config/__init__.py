"""What a person asks for: one pod network, typed, with every default in one place.

The same types are read from a YAML file and made in Python.  What already exists is named here by id where the
config is a file; a CDK app that holds those things as objects leaves the ids out and hands the objects to the
constructs.
"""

from podspace.planning.config.egress import SHARED, EgressConfig, Gateways
from podspace.planning.config.network import Config, NodeClassConfig, NodePoolConfig
from podspace.planning.config.pods import BlockConfig, PodsConfig

__all__ = [
    "SHARED",
    "BlockConfig",
    "Config",
    "EgressConfig",
    "Gateways",
    "NodeClassConfig",
    "NodePoolConfig",
    "PodsConfig",
]
