"""The cluster is found as kubectl finds it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from podspace.live.failure import LiveError
from podspace.live.kubernetes.kubeconfig import chosen_context


def a_kubeconfig(path: Path, *names: str, current: str | None = "", **changes: Any) -> Path:
    """A kubeconfig with a cluster, a user and a context of each name, the first of them current."""
    data: dict[str, Any] = {
        "clusters": [{"name": name, "cluster": {"server": f"https://{name}.{path.name}"}} for name in names],
        "users": [{"name": name, "user": {"token": name}} for name in names],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}} for name in names],
        "current-context": names[0] if current == "" else current,
        **changes,
    }
    path.write_text(yaml.safe_dump(data))
    return path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without a kubeconfig."""
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_the_current_context_of_a_file_is_taken(tmp_path: Path) -> None:
    """Unless another one is named."""
    path = a_kubeconfig(tmp_path / "x", "one", "two")
    assert chosen_context(kubeconfig=path).cluster.server == "https://one.x"
    assert chosen_context(kubeconfig=path, context="two").cluster.server == "https://two.x"


def test_the_file_at_home_is_read(home: Path) -> None:
    """Where no other is named."""
    (home / ".kube").mkdir()
    a_kubeconfig(home / ".kube" / "config", "one")
    assert chosen_context().context_name == "one"


def test_files_of_the_environment_are_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first to say something counts; files that are not there are passed over."""
    first = a_kubeconfig(tmp_path / "x", "one", current=None)
    second = a_kubeconfig(tmp_path / "y", "one", "two")
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join(map(str, (first, tmp_path / "none", second))))
    assert chosen_context().cluster.server == "https://one.x"
    assert chosen_context(context="two").cluster.server == "https://two.y"


def test_files_are_found_from_where_they_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the folder of their own kubeconfig, whichever comes first."""
    folder = tmp_path / "folder"
    folder.mkdir()
    cluster = {"server": "https://x", "certificate-authority": "ca.pem"}
    second = a_kubeconfig(folder / "y", "one", clusters=[{"name": "one", "cluster": cluster}])
    monkeypatch.setenv("KUBECONFIG", f"{a_kubeconfig(tmp_path / 'x', current=None, **{})}{os.pathsep}{second}")
    assert chosen_context().cluster.certificate_auth == str(folder / "ca.pem")


def test_a_context_without_a_user_is_taken(tmp_path: Path) -> None:
    """The server may ask for none."""
    path = a_kubeconfig(tmp_path / "x", "one", contexts=[{"name": "one", "context": {"cluster": "one"}}])
    user = chosen_context(kubeconfig=path).user
    assert user
    assert user.token is None


def test_a_plug_in_of_version_1_gets_the_request(tmp_path: Path) -> None:
    """As kubectl does, since the client library knows only the versions before."""
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": "aws", "env": [{"name": "A", "value": "b"}]}
    path = a_kubeconfig(tmp_path / "x", "one", users=[{"name": "one", "user": {"exec": plugin}}])
    user = chosen_context(kubeconfig=path).user
    assert user
    assert user.exec
    assert user.exec.apiVersion == "client.authentication.k8s.io/v1beta1"
    assert {each.name for each in user.exec.env or ()} == {"A", "KUBERNETES_EXEC_INFO"}


def refusal_of(**arguments: Any) -> str:
    with pytest.raises(LiveError) as refusal:
        chosen_context(**arguments)
    return str(refusal.value)


def test_without_a_kubeconfig_the_fix_says_how_to_get_one() -> None:
    """Outside of a pod."""
    assert "no kubeconfig was found" in refusal_of()


def test_a_pod_reaches_its_own_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its service account, where there is no kubeconfig."""
    for name in ("token", "namespace", "ca.crt"):
        (tmp_path / name).write_text(name)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.100.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")
    monkeypatch.setattr(
        "lightkube.config.kubeconfig.KubeConfig.from_service_account.__func__.__defaults__", (tmp_path,)
    )
    assert chosen_context().cluster.server == "https://10.100.0.1:443"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"current-context": "gone"}, "must be one of the contexts: one"),
        ({"current-context": None}, "must be one of the contexts: one"),
        ({"contexts": []}, "must be one of the contexts: none"),
        (
            {"contexts": [{"name": "one", "context": {"cluster": "gone", "user": "one"}}]},
            "must have a cluster and a user",
        ),
        (
            {"contexts": [{"name": "one", "context": {"cluster": "one", "user": "gone"}}]},
            "must have a cluster and a user",
        ),
        ({"clusters": [{"name": "one"}]}, "must be a kubeconfig"),
        ({"clusters": [{"name": "one", "cluster": {"server": 5}}]}, "must be a kubeconfig"),
        ({"users": "text"}, "must have a cluster and a user"),
    ],
)
def test_a_kubeconfig_that_is_not_whole_is_refused(tmp_path: Path, changes: Mapping[str, Any], says: str) -> None:
    """With its name, and what must hold."""
    path = a_kubeconfig(tmp_path / "x", "one", **changes)
    message = refusal_of(kubeconfig=path)
    assert says in message
    assert str(path) in message


@pytest.mark.parametrize(
    ("text", "says"), [("[", "in YAML"), ("- a", "clusters, contexts and users"), ("\x00", "in YAML")]
)
def test_a_file_that_is_no_kubeconfig_is_refused(tmp_path: Path, text: str, says: str) -> None:
    """Whatever it is."""
    (tmp_path / "x").write_text(text)
    assert says in refusal_of(kubeconfig=tmp_path / "x")


def test_a_kubeconfig_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the option, and by the environment."""
    assert f"{tmp_path / 'gone'}\n    must be a kubeconfig that can be read: No such file" in refusal_of(
        kubeconfig=tmp_path / "gone"
    )
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "gone"))
    assert str(tmp_path / "gone") in refusal_of()


def test_a_context_that_is_not_there_is_reported_with_those_that_are(tmp_path: Path) -> None:
    """By the option that names it."""
    message = refusal_of(kubeconfig=a_kubeconfig(tmp_path / "x", "one", "two"), context="three")
    assert message.startswith("--context: three\n    must be one of the contexts: one, two")
