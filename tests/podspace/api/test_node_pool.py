"""A NodePool follows Karpenter's rules and the narrower ones of EKS Auto Mode."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from podspace.api import Metadata, NodeClassRef, NodePool, NodePoolSettings, Requirement, problems_of
from podspace.api.duration import BudgetDuration, Duration, seconds_of
from podspace.api.schedule import Schedule
from podspace.diagnostic import Diagnostic

CLASS: dict[str, object] = {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "c"}
ANY: dict[str, object] = {"key": "kubernetes.io/arch", "operator": "Exists"}


def problems(given: object, model: type[BaseModel] = NodePoolSettings) -> list[Diagnostic]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(given)
    return problems_of(caught.value, model=model)


CONSOLIDATION = {"consolidationPolicy": "WhenEmptyOrUnderutilized", "consolidateAfter": "0s"}


def problem_of(**given: object) -> Diagnostic:
    (problem,) = problems({"requirements": [ANY], **given})
    return problem


def settings(**given: object) -> NodePoolSettings:
    return NodePoolSettings.model_validate({"requirements": [ANY], **given})


def pool(**given: object) -> NodePool:
    return NodePool(metadata=Metadata(name="p"), spec=settings(**given).spec(node_class="c"))


def test_the_least_pool_writes_its_class_its_requirements_and_its_expiry() -> None:
    """Karpenter's default expiry is more than Auto Mode allows, so a manifest never leaves it out."""
    assert pool().manifest() == {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": "p"},
        "spec": {
            "template": {
                "spec": {
                    "nodeClassRef": {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "c"},
                    "requirements": [ANY],
                    "expireAfter": "336h",
                }
            },
            "disruption": CONSOLIDATION,
        },
    }


def test_every_setting_has_its_place_in_the_manifest() -> None:
    """What concerns a node is under the template, what concerns the pool beside it, in a fixed order."""
    requirement = {"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"], "minValues": 1}
    taints = [{"key": "a", "value": "b", "effect": "NoSchedule"}]
    disruption = {
        "consolidationPolicy": "Balanced",
        "consolidateAfter": "30s",
        "budgets": [{"nodes": "1", "schedule": "@daily", "duration": "8h", "reasons": ["Drifted"]}],
    }
    manifest = pool(
        weight=10,
        limits={"cpu": 100, "memory": "100Gi"},
        disruption=disruption,
        termination_grace_period="1h",
        expire_after="100h",
        startup_taints=taints,
        taints=taints,
        requirements=[requirement],
        annotations={"example.com/a": "any text"},
        labels={"team": "a"},
    ).manifest()
    spec = {
        "template": {
            "metadata": {"labels": {"team": "a"}, "annotations": {"example.com/a": "any text"}},
            "spec": {
                "nodeClassRef": {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "c"},
                "requirements": [requirement],
                "taints": taints,
                "startupTaints": taints,
                "expireAfter": "100h",
                "terminationGracePeriod": "1h",
            },
        },
        "disruption": disruption,
        "limits": {"cpu": 100, "memory": "100Gi"},
        "weight": 10,
    }
    assert manifest["spec"] == spec
    assert str(manifest["spec"]) == str(spec)


def test_no_budget_at_all_is_written_as_an_empty_list() -> None:
    """Leaving it out would mean the API's budget of 10%."""
    written = pool(disruption={"consolidate_after": "0s", "budgets": []}).manifest()["spec"]
    assert isinstance(written, dict)
    assert written["disruption"] == {**CONSOLIDATION, "budgets": []}


@pytest.mark.parametrize(
    ("reference", "place", "gist"),
    [
        ({**CLASS, "group": "karpenter.k8s.aws"}, "group", "must be 'eks.amazonaws.com'"),
        ({**CLASS, "kind": "EC2NodeClass"}, "kind", "must be 'NodeClass'"),
        ({"kind": "NodeClass", "name": "c"}, "group", "must be given"),
        ({"group": "eks.amazonaws.com", "name": "c"}, "kind", "must be given"),
        ({**CLASS, "name": ""}, "name", "small letters"),
        ({"group": "eks.amazonaws.com", "kind": "NodeClass"}, "name", "must be given"),
    ],
)
def test_a_pool_refers_to_a_node_class_of_auto_mode(reference: object, place: str, gist: str) -> None:
    """All three are required, and the built-in class may be referred to."""
    assert NodeClassRef.model_validate({**CLASS, "name": "default"})
    (problem,) = problems(reference, NodeClassRef)
    assert problem.location.path == place
    assert gist in problem.message


@pytest.mark.parametrize(
    "given",
    [
        {"operator": "In", "values": ["a"]},
        {"operator": "In", "values": ["a", "b"], "minValues": 2},
        {"operator": "NotIn", "values": ["a"]},
        {"operator": "Exists"},
        {"operator": "Exists", "values": []},
        {"operator": "Exists", "minValues": 50},
        {"operator": "DoesNotExist"},
        {"operator": "Gt", "values": ["4"]},
        {"operator": "Lt", "values": ["0"]},
        {"operator": "Gte", "values": ["4"]},
        {"operator": "Lte", "values": ["4"]},
    ],
)
def test_a_requirement_with_the_values_its_operator_takes_is_accepted(given: dict[str, object]) -> None:
    """Some values, none, or one number."""
    requirement = {"key": "eks.amazonaws.com/instance-cpu", **given}
    written = Requirement.model_validate(requirement).model_dump(mode="json", by_alias=True, exclude_none=True)
    assert written == requirement


@pytest.mark.parametrize(
    ("given", "place", "gist"),
    [
        ({"operator": "In"}, "values", "at least one value"),
        ({"operator": "In", "values": []}, "values", "at least one value"),
        ({"operator": "NotIn", "values": []}, "values", "at least one value"),
        ({"operator": "Exists", "values": ["a"]}, "values", "removed"),
        ({"operator": "DoesNotExist", "values": ["a"]}, "values", "removed"),
        ({"operator": "Gt"}, "values", "one whole number"),
        ({"operator": "Gt", "values": ["1", "2"]}, "values", "one whole number"),
        ({"operator": "Lt", "values": ["a"]}, "values", "one whole number"),
        ({"operator": "Gte", "values": [""]}, "values", "one whole number"),
        ({"operator": "Lte", "values": ["1.5"]}, "values", "one whole number"),
        ({"operator": "Gt", "values": ["-1"]}, "values[0]", "letter or digit at both ends"),
        ({"operator": "Gt", "values": [4]}, "values[0]", "text"),
        ({"operator": "In", "values": ["a b"]}, "values[0]", "at most 63"),
        ({"operator": "In", "values": ["a", "b"], "minValues": 3}, "minValues", "at most"),
        ({"operator": "In", "values": ["a", "a"], "minValues": 2}, "minValues", "at most"),
        ({"operator": "Exists", "minValues": 0}, "minValues", "1"),
        ({"operator": "Exists", "minValues": 51}, "minValues", "50"),
        ({"operator": "in", "values": ["a"]}, "operator", "'In', 'NotIn'"),
        ({"operator": "Exists", "key": "karpenter.k8s.aws/instance-cpu"}, "key", "label of EKS Auto Mode"),
    ],
)
def test_a_requirement_with_any_other_values_is_refused(given: dict[str, object], place: str, gist: str) -> None:
    """The problem stands at the values, or at what is out of its range."""
    problem = problem_of(requirements=[{"key": "eks.amazonaws.com/instance-cpu", **given}])
    assert problem.location.path == f"requirements[0].{place}"
    assert gist in problem.message


def test_a_pool_has_1_to_100_requirements_together_with_its_labels() -> None:
    """Karpenter counts both."""
    labels = {f"k{n}": "" for n in range(50)}
    assert settings(requirements=[ANY] * 100)
    assert settings(requirements=[ANY] * 50, labels=labels)
    assert problem_of(requirements=[]).location.path == "requirements"
    assert problem_of(requirements=[ANY] * 101).location.path == "requirements"
    too_many = problem_of(requirements=[ANY] * 51, labels=labels)
    assert (too_many.location.path, "together with the labels, but are 101" in too_many.message) == (
        "requirements",
        True,
    )


@pytest.mark.parametrize(
    ("expire_after", "grace"),
    [("336h", None), ("480h", None), ("500h", "4h"), ("503h59m60s", "0s"), ("0s", "504h"), ("28800m", "24h")],
)
def test_a_node_may_live_21_days(expire_after: str, grace: str | None) -> None:
    """The grace period counts, as 24h where none is given."""
    assert settings(expire_after=expire_after, termination_grace_period=grace).expire_after == expire_after


@pytest.mark.parametrize(
    ("expire_after", "grace", "fix"),
    [
        ("720h", None, "write 480h or less"),
        ("480h1s", None, "write 480h or less"),
        ("500h", "4h1s", "write 499h or less"),
        ("Never", None, "write 480h or less"),
        ("Never", "0s", "write 504h or less"),
        ("2h", "503h", "write 1h or less"),
        ("2h", "503h1s", "write 3599s or less"),
        ("1h", "503h59m59s", "write 1s or less"),
        ("1s", "504h", "shorten termination_grace_period"),
        ("336h", "600h", "shorten termination_grace_period"),
    ],
)
def test_a_node_may_not_live_longer(expire_after: str, grace: str | None, fix: str) -> None:
    """The problem tells how long it may live."""
    problem = problem_of(expire_after=expire_after, termination_grace_period=grace)
    assert (problem.location.path, problem.subject, problem.fix) == ("expire_after", f'"{expire_after}"', fix)
    assert "21 days" in problem.message


@pytest.mark.parametrize(
    ("given", "place", "gist"),
    [
        ({"expireAfter": "14d"}, "expireAfter", "write days as hours: 336h"),
        ({"expireAfter": "336"}, "expireAfter", "add the unit, such as 336h"),
        ({"expireAfter": 336}, "expireAfter", "quotes"),
        ({"expireAfter": "336hx"}, "expireAfter", "must be whole hours"),
        ({"terminationGracePeriod": "Never"}, "terminationGracePeriod", "must be whole hours"),
        ({"terminationGracePeriod": "1.5h"}, "terminationGracePeriod", "must be whole hours"),
        ({"weight": 0}, "weight", "1"),
        ({"weight": 101}, "weight", "100"),
        ({"weight": "10"}, "weight", "write it without quotes"),
        ({"labels": {"kubernetes.io/os": "linux"}}, 'labels["kubernetes.io/os"]', "Linux only"),
        ({"annotations": {"a b": "x"}}, 'annotations["a b"]', "at most 63"),
        ({"annotations": {"a": 1}}, "annotations.a", "text"),
        ({"limits": {"cpu": 1.5}}, "limits.cpu", "quantity"),
        ({"limits": {"cpu": True}}, "limits.cpu", "quantity"),
        ({"limits": {"cpu": 2**53}}, "limits.cpu", "quantity"),
        ({"limits": {"": 1}}, 'limits[""]', ""),
        ({"limits": {"memory": "100GB"}}, "limits.memory", "quantity"),
        ({"limits": {"memory": "100Gi\n"}}, "limits.memory", "quantity"),
        ({"taints": [{"key": "a"}]}, "taints[0].effect", "must be given"),
        ({"taints": [{"key": "a", "effect": "NoRun"}]}, "taints[0].effect", "'NoSchedule'"),
        ({"taints": [{"key": "a b", "effect": "NoExecute"}]}, "taints[0].key", "at most 63"),
        (
            {"startupTaints": [{"key": "a", "value": "", "effect": "NoExecute"}]},
            "startupTaints[0].value",
            "1 char",
        ),
        (
            {"startupTaints": [{"key": "a", "value": "b c", "effect": "NoExecute"}]},
            "startupTaints[0].value",
            "63",
        ),
    ],
)
def test_a_setting_that_the_api_refuses_is_refused(given: dict[str, object], place: str, gist: str) -> None:
    """Each at its own place."""
    problem = problem_of(**given)
    assert problem.location.path == place
    assert gist in problem.message + problem.fix


@pytest.mark.parametrize("value", [0, 1000, "1000", "1.5", "100Gi", "500m", "1e3", "64T"])
def test_a_limit_is_a_number_or_a_quantity(value: int | str) -> None:
    """Kept as it was given."""
    assert settings(limits={"example.com/gpu": value}).limits == {"example.com/gpu": value}


@pytest.mark.parametrize(
    "given",
    [
        {"consolidateAfter": "0s"},
        {"consolidateAfter": "Never", "consolidationPolicy": "WhenEmpty"},
        {"consolidateAfter": "1h30m", "budgets": [{"nodes": "0"}, {"nodes": "100%"}, {"nodes": "250"}]},
        {
            "consolidateAfter": "0s",
            "budgets": [{"nodes": "1", "schedule": "0 9 * * mon-fri", "duration": "8h"}],
        },
        {
            "consolidateAfter": "0s",
            "budgets": [{"nodes": "1", "reasons": ["Underutilized", "Empty", "Drifted"]}],
        },
        {"consolidateAfter": "0s", "budgets": [{"nodes": "1"}] * 50},
    ],
)
def test_a_disruption_that_the_api_takes_is_accepted(given: dict[str, object]) -> None:
    """Policies, durations, and budgets with and without a schedule or reasons."""
    written = pool(disruption=given).manifest()["spec"]
    assert isinstance(written, dict)
    assert written["disruption"] == {**CONSOLIDATION, **given}


@pytest.mark.parametrize(
    ("given", "place", "gist"),
    [
        ({"consolidateAfter": "1d"}, "consolidateAfter", "write days as hours: 24h"),
        ({"consolidationPolicy": "WhenUnderutilized"}, "consolidationPolicy", "'WhenEmptyOrUnderutilized'"),
        ({"budgets": [{"nodes": 0}]}, "budgets[0].nodes", 'put it in quotes: "0"'),
        ({"budgets": [{"nodes": "101%"}]}, "budgets[0].nodes", "percentage"),
        ({"budgets": [{"nodes": "-1"}]}, "budgets[0].nodes", "percentage"),
        ({"budgets": [{"nodes": "1", "schedule": "@daily"}]}, "budgets[0].duration", "go together"),
        ({"budgets": [{"nodes": "1", "duration": "1h"}]}, "budgets[0].schedule", "go together"),
        ({"budgets": [{"nodes": "1", "reasons": []}]}, "budgets[0].reasons", "at least 1 item"),
        ({"budgets": [{"nodes": "1", "reasons": ["Empty", "Empty"]}]}, "budgets[0].reasons", "twice"),
        ({"budgets": [{"nodes": "1", "reasons": ["Old"]}]}, "budgets[0].reasons[0]", "'Drifted'"),
        ({"budgets": [{"nodes": "1"}] * 51}, "budgets", "at most 50"),
    ],
)
def test_a_disruption_that_the_api_refuses_is_refused(given: dict[str, object], place: str, gist: str) -> None:
    """Each at its own place."""
    problem = problem_of(disruption={"consolidateAfter": "0s", **given})
    assert problem.location.path == f"disruption.{place}"
    assert gist in problem.message + problem.fix


@pytest.mark.parametrize("given", [{}, {"disruption": {}}, {"disruption": None}, {"replicas": 2}])
def test_a_node_pool_states_the_defaults_of_its_consolidation(given: dict[str, object]) -> None:
    """An upgrade to Kubernetes 1.37 changes the API's default policy, and nothing of this NodePool."""
    written = pool(**given).manifest()["spec"]
    assert isinstance(written, dict)
    assert written["disruption"] == CONSOLIDATION


def accepts(adapter: TypeAdapter[str], text: str) -> bool:
    try:
        return adapter.validate_python(text) == text
    except ValidationError:
        return False


@pytest.mark.parametrize("schedule", ["@hourly", "@annually", "*/5 0-6 1,15 * ?", "0  9 * jan MON"])
def test_a_schedule_is_a_word_or_five_cron_fields(schedule: str) -> None:
    """In UTC."""
    assert accepts(TypeAdapter(Schedule), schedule)


@pytest.mark.parametrize("schedule", ["", "@reboot", "@dailyx", "* * * *", "* * * * * *", "TZ=UTC * * * * *"])
def test_any_other_schedule_is_refused(schedule: str) -> None:
    """Among them some that the schema's loose pattern lets pass and the controller does not."""
    assert not accepts(TypeAdapter(Schedule), schedule)


@pytest.mark.parametrize(
    ("duration", "accepted"),
    [
        ("8h", True),
        ("30m", True),
        ("1h30m", True),
        ("8h0s", True),
        ("1h30m0s", True),
        ("30s", False),
        ("30m1h", False),
        ("1h1s", False),
        ("0s", False),
        ("1d", False),
        ("", False),
    ],
)
def test_a_budget_is_active_for_hours_and_minutes(duration: str, accepted: bool) -> None:
    """Seconds only as the 0s that Go writes at the end."""
    assert accepts(TypeAdapter(BudgetDuration), duration) is accepted


PARTS = st.lists(st.tuples(st.integers(min_value=0, max_value=9999), st.sampled_from("hms")), min_size=1)
UNITS = {"h": timedelta(hours=1), "m": timedelta(minutes=1), "s": timedelta(seconds=1)}


@given(PARTS)
def test_a_duration_is_the_sum_of_its_parts(parts: list[tuple[int, str]]) -> None:
    """In any order and any number."""
    text = "".join(f"{number}{unit}" for number, unit in parts)
    assert accepts(TypeAdapter(Duration), text)
    assert timedelta(seconds=seconds_of(text)) == sum((n * UNITS[unit] for n, unit in parts), timedelta())


@given(st.integers(min_value=0, max_value=600), st.integers(min_value=0, max_value=600))
def test_no_pool_lives_longer_than_21_days(expire_after: int, grace: int) -> None:
    """Whatever the two times are."""
    given: dict[str, object] = {"expire_after": f"{expire_after}h", "termination_grace_period": f"{grace}h"}
    if expire_after + grace <= 504:
        assert settings(**given)
    else:
        assert problem_of(**given).location.path == "expire_after"
