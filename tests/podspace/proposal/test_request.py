"""The request for a config, from the options of `podspace init`."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from podspace.diagnostic import InputError
from podspace.proposal import request


def test_options_are_parsed() -> None:
    asked = request(
        cluster="prod",
        network="pods",
        vpc_id="vpc-0a1b2c3d",
        pod_cidrs=["100.66.0.0/16"],
        node_subnets=["subnet-0a1b2c3d"],
    )
    assert asked.pod_cidrs == (IPv4Network("100.66.0.0/16"),)


def test_every_invalid_option_is_reported_at_once() -> None:
    with pytest.raises(InputError) as refused:
        request(cluster="-", network="Pods", vpc_id="prod", pod_cidrs=["100.66.0.1/16", "x"], node_subnets=["subnet"])
    places = [problem.location.path for problem in refused.value.diagnostics]
    assert places == ["--cluster", "--name", "--vpc", "--node-subnet", "--pod-cidr", "--pod-cidr"]
    assert all(problem.id and problem.message for problem in refused.value.diagnostics)
