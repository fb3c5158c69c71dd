"""Which cluster is meant, and how to reach it: kubeconfig files as kubectl reads them, or the pod's own account."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import yaml
from lightkube.config.kubeconfig import KubeConfig, SingleConfig
from lightkube.config.models import User
from lightkube.core.exceptions import ConfigError
from msgspec import ValidationError
from pydantic import JsonValue

from podspace.diagnostic import Diagnostic, Location
from podspace.live.failure import LiveError

_DEFAULT: Final = "~/.kube/config"
_LISTS: Final = {"clusters": "cluster", "contexts": "context", "users": "user"}
_FILES: Final = ("certificate-authority", "client-certificate", "client-key", "tokenFile")
_FIX: Final = "write it with `aws eks update-kubeconfig --name CLUSTER`"
_EXEC_V1: Final = "client.authentication.k8s.io/v1"

_Entry = dict[str, JsonValue]


def chosen_context(*, context: str | None = None, kubeconfig: Path | None = None) -> SingleConfig:
    """The context to read: the one named, or the current one.

    Args:
        context: its name.
        kubeconfig: a file; by default those of KUBECONFIG, `~/.kube/config`, or the service account of a pod.

    Raises:
        LiveError: there is none, or it is not whole.
    """
    paths = list(_paths(kubeconfig))
    if not paths:
        return _own_account()
    where = os.pathsep.join(map(str, paths))
    try:
        found = KubeConfig.from_dict(_merged(paths), fname=paths[0])
    except (ValidationError, LookupError, TypeError) as error:
        raise LiveError(Diagnostic(subject=where, message=f"must be a kubeconfig: {error}", fix=_FIX)) from None
    name = context or found.current_context
    if name not in found.contexts:
        known = ", ".join(found.contexts) or "none"
        place = "--context" if context else f"{where}: current-context"
        raise LiveError(
            Diagnostic(
                location=Location(path=place),
                subject=name or "",
                message=f"must be one of the contexts: {known}",
                fix=_FIX,
            )
        )
    try:
        config = found.get(name)
    except KeyError as error:
        place = f"{where}: contexts: {name}"
        raise LiveError(
            Diagnostic(subject=place, message=f"must have a cluster and a user that the kubeconfig contains: {error}")
        ) from None
    assert config
    return config._replace(user=config.user or User())


def _own_account() -> SingleConfig:
    """What a pod is given to reach its own cluster."""
    try:
        config = KubeConfig.from_service_account().get()
    except (ConfigError, KeyError):
        must = "must exist: no kubeconfig was found"
        raise LiveError(
            Diagnostic(subject=_DEFAULT, message=must, fix=f"{_FIX}, or give one with --kubeconfig")
        ) from None
    assert config
    return config


def _paths(kubeconfig: Path | None) -> Iterator[Path]:
    if kubeconfig:
        yield kubeconfig
        return
    named = [Path(name).expanduser() for name in os.environ.get("KUBECONFIG", "").split(os.pathsep) if name]
    yield from [path for path in named or [Path(_DEFAULT).expanduser()] if path.exists()] or named[:1]


def _merged(paths: list[Path]) -> dict[str, JsonValue]:
    """All files as one: of two entries of a name, and of two current contexts, the first counts."""
    lists: dict[str, dict[str, JsonValue]] = {key: {} for key in _LISTS}
    current: JsonValue = None
    for path in paths:
        data = _read(path)
        current = current or data.get("current-context")
        for key, inner in _LISTS.items():
            for entry in _entries(data, key):
                lists[key].setdefault(str(entry.get("name")), _absolute(entry, inner, path.parent))
    return {"current-context": current or None, **{key: list(entries.values()) for key, entries in lists.items()}}


def _read(path: Path) -> Mapping[str, JsonValue]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        must = f"must be a kubeconfig that can be read: {error.strerror}"
        raise LiveError(Diagnostic(subject=str(path), message=must, fix=_FIX)) from None
    except (yaml.YAMLError, ValueError) as error:
        must = f"must be a kubeconfig, in YAML: {str(error).splitlines()[0]}"
        raise LiveError(Diagnostic(subject=str(path), message=must, fix=_FIX)) from None
    if not isinstance(data, dict):
        raise LiveError(
            Diagnostic(
                subject=str(path),
                message="must be a kubeconfig: clusters, contexts and users",
                fix=_FIX,
            )
        )
    return data


def _entries(data: Mapping[str, JsonValue], key: str) -> Iterator[_Entry]:
    listed = data.get(key)
    yield from (entry for entry in listed if isinstance(entry, dict)) if isinstance(listed, list) else ()


def _absolute(entry: _Entry, inner: str, folder: Path) -> _Entry:
    """The entry with files named from the root on, and a plug-in for tokens as lightkube takes it."""
    data = entry.get(inner)
    if not isinstance(data, dict):
        return entry
    files = {key: str(folder.absolute() / str(data[key])) for key in _FILES if data.get(key)}
    plugin = data.get("exec")
    changed: _Entry = {"exec": _known_version(plugin)} if isinstance(plugin, dict) else {}
    if isinstance(token := data.get("token"), str):
        changed["token"] = token.strip()  # a header with a line end is refused, and shown with the token in it
    return {**entry, inner: {**data, **files, **changed}}


def _known_version(plugin: _Entry) -> _Entry:
    """A plug-in of version v1, which answers as those of v1beta1 do once it is told what it is asked for."""
    if plugin.get("apiVersion") != _EXEC_V1:
        return plugin
    asked = json.dumps({"kind": "ExecCredential", "apiVersion": _EXEC_V1, "spec": {"interactive": False}})
    env = plugin.get("env")
    told: _Entry = {"name": "KUBERNETES_EXEC_INFO", "value": asked}
    return {**plugin, "apiVersion": f"{_EXEC_V1}beta1", "env": [*(env if isinstance(env, list) else []), told]}
