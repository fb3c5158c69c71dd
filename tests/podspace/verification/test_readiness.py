"""NodeClasses and NodePools are ready, or say why not."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.diagnostic import Diagnostic
from tests.podspace.cluster_objects import a_condition, a_node_class, a_node_pool
from tests.podspace.verification.network import found, verified


def of_node_class(*objects: Any, **changes: Any) -> Diagnostic:
    (diagnostic,) = found(verified(changes or None, nodeclasses=objects), "node-class-ready")
    return diagnostic


def test_what_is_ready_is_in_order() -> None:
    """Others in the cluster do not matter."""
    assert of_node_class(a_node_class("other", a_condition("Ready", "False")), a_node_class()).severity == "ok"


def test_what_is_not_there_is_an_error_that_says_how_to_apply_it() -> None:
    """By kubectl, or by the stack."""
    diagnostic = of_node_class()
    assert (diagnostic.severity, diagnostic.subject) == ("error", "class")
    assert "kubectl apply --server-side -f dist/net/" in diagnostic.fix
    assert of_node_class(apply=True).fix == "deploy the stack"


@pytest.mark.parametrize(
    ("condition", "check", "source"),
    [
        (
            a_condition(
                "SubnetsReady", "False", reason="SubnetsNotFound", message="SubnetSelector did not match any Subnets"
            ),
            "no subnet has the id",
            "containers-roadmap/issues/2529",
        ),
        (
            a_condition("SecurityGroupsReady", "False", reason="SecurityGroupsNotFound"),
            "no security group",
            "create-node-class",
        ),
        (a_condition("InstanceProfileReady", "False", message="denied"), "access entry", "create-node-class"),
        (
            a_condition("ValidationSucceeded", "False", message="UnauthorizedOperation"),
            "lacks a permission",
            "auto-troubleshoot",
        ),
    ],
)
def test_a_reason_that_is_known_comes_with_its_cause(condition: Any, check: str, source: str) -> None:
    """And what to do about it."""
    diagnostic = of_node_class(a_node_class("class", condition, a_condition("Ready", "False")))
    assert diagnostic.severity == "error"
    assert f"{condition['type']} is False" in diagnostic.message
    assert check in diagnostic.cause
    assert source in diagnostic.source
    assert diagnostic.fix


def test_an_unknown_reason_is_reported_unchanged() -> None:
    """With where to look further; what holds is left out."""
    condition = a_condition("PlacementGroupReady", "False", reason="PlacementGroupNotFound", message="no such group")
    diagnostic = of_node_class(
        a_node_class("class", a_condition("SubnetsReady"), condition, a_condition("Ready", "False"))
    )
    assert (
        diagnostic.message == "must be ready, but PlacementGroupReady is False (PlacementGroupNotFound: no such group)"
    )
    assert diagnostic.fix == "run `kubectl describe nodeclass class`"


def test_what_fails_is_reported_before_what_is_not_known_yet() -> None:
    """Whichever comes first."""
    waiting = a_condition("ValidationSucceeded", "Unknown", reason="AwaitingReconciliation")
    failed = a_condition("SubnetsReady", "False")
    text = of_node_class(a_node_class("class", waiting, failed, a_condition("Ready", "Unknown"))).message
    assert text.index("SubnetsReady") < text.index("ValidationSucceeded")


def test_only_ready_is_reported_without_other_conditions() -> None:
    """It is all there is."""
    diagnostic = of_node_class(a_node_class("class", a_condition("Ready", "Unknown", reason="Reconciling")))
    assert diagnostic.message == "must be ready, but Ready is Unknown (Reconciling)"


def test_a_node_class_without_a_ready_condition_is_an_error() -> None:
    """For example, EKS Auto Mode is off."""
    diagnostic = of_node_class(a_node_class("class", a_condition("SubnetsReady")))
    assert diagnostic.severity == "error"
    assert diagnostic.fix


@pytest.mark.parametrize(("generation", "severity"), [(1, "ok"), (2, "warning")])
def test_what_was_changed_since_is_a_warning(generation: int, severity: str) -> None:
    """It is ready as it was."""
    assert of_node_class(a_node_class(generation=generation)).severity == severity


def test_a_condition_that_says_of_no_generation_is_taken_as_it_is() -> None:
    """Not every controller says it."""
    ready = a_condition("Ready")
    del ready["observedGeneration"]
    assert of_node_class(a_node_class("class", ready, generation=5)).severity == "ok"


def test_a_node_pool_that_is_ready_and_cannot_register_nodes_is_a_warning() -> None:
    """Which it says beside being ready."""
    unhealthy = a_condition("NodeRegistrationHealthy", "False", reason="RegistrationFailed", message="no nodes")
    pool = a_node_pool("pool", unhealthy, a_condition("Ready"))
    (diagnostic,) = found(verified(nodepools=[pool]), "node-pool-ready")
    assert diagnostic.severity == "warning"
    assert "is ready, but NodeRegistrationHealthy is False" in diagnostic.message
    assert "access entry" in diagnostic.cause


def test_a_node_pool_uses_the_node_class_of_the_plan() -> None:
    """Or its pods get addresses by another."""
    (diagnostic,) = found(verified(nodepools=[a_node_pool(node_class="default")]), "node-pool-node-class")
    assert (diagnostic.severity, diagnostic.message) == ("error", "refers to the NodeClass default; must be class")
    assert not found(verified(), "node-pool-node-class")


def test_each_of_several_is_judged() -> None:
    """By its name."""
    changes = {"node_classes": [{"name": "one"}, {"name": "two"}], "node_pools": []}
    diagnostics = found(verified(changes, nodeclasses=[a_node_class("two")]), "node-class-ready")
    assert {diagnostic.subject: diagnostic.severity for diagnostic in diagnostics} == {"one": "error", "two": "ok"}
