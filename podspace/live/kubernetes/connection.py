"""The way to an API server, by the client library that is installed on request."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from podspace.diagnostic import Diagnostic, InputError
from podspace.extras import missing
from podspace.live.failure import LiveError

if TYPE_CHECKING:
    from podspace.live.kubernetes.cluster_api import ClusterApi

_CONNECT, _ANSWER = 5.0, 30.0
"""Seconds until a connection must be made, and that an answer may be silent."""


@contextmanager
def connected(*, context: str | None = None, kubeconfig: Path | None = None) -> Iterator[ClusterApi]:
    """A cluster, by its API server; no request is made yet.

    Args:
        context: context of the kubeconfig; the current one by default.
        kubeconfig: path of a file; by default those of KUBECONFIG, `~/.kube/config`, or the service account of a pod.

    Raises:
        InputError: the extra `cluster` is not installed.
        LiveError: the kubeconfig cannot be used.
    """
    try:
        import httpx2  # noqa: PLC0415  what reads files does without
        from lightkube.config.client_adapter import ConnectionParams, ExecAuth  # noqa: PLC0415

        from podspace.live.kubernetes.cluster_api import ClusterApi  # noqa: PLC0415
        from podspace.live.kubernetes.exec_token import ExecTokenAuth  # noqa: PLC0415
        from podspace.live.kubernetes.kubeconfig import chosen_context  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise InputError([missing(error, instead="or give the output of kubectl with --from")]) from None
    config = chosen_context(context=context, kubeconfig=kubeconfig)
    place = f"context {config.context_name}"
    try:
        params = ConnectionParams(timeout=httpx2.Timeout(_ANSWER, connect=_CONNECT)).httpx_params(config)
        # Python 3.13 made it a default. The authorities of EKS clusters have no key identifier, which it refuses:
        # https://github.com/kubernetes-client/python/issues/2394. Names, dates and signatures are verified as before.
        params["verify"].verify_flags &= ~ssl.VERIFY_X509_STRICT
        client = httpx2.Client(**params)
        if client.base_url.scheme not in {"http", "https"} or not client.base_url.host:
            raise httpx2.InvalidURL("")
    except httpx2.InvalidURL:  # its text may contain a part of a password
        message = "the server of its cluster, or the proxy in the environment, is no URL such as https://HOST:PORT"
        fix = "correct `server` in the kubeconfig, or HTTPS_PROXY; encode special characters of a password as %XX"
        raise LiveError(Diagnostic(subject=place, message=message, fix=fix)) from None
    except (OSError, ValueError) as error:
        must = f"must have a server, certificates and keys that can be used: {error}"
        raise LiveError(Diagnostic(subject=place, message=must)) from None
    if isinstance(client.auth, ExecAuth) and config.user and config.user.exec:
        client.auth = ExecTokenAuth(config.user.exec)
    with client:
        yield ClusterApi(client, name=place, context=config.context_name if config.fname else "")
