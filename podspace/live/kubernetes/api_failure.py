"""Errors of an API server, or of the connection to it, as diagnostics with a fix."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

import httpx2

from podspace.diagnostic import Diagnostic
from podspace.live.kubernetes.json_object import JsonObject, text
from podspace.live.kubernetes.resource_type import ResourceType

_ACCESS: Final = "https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html"
_ENDPOINT: Final = "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html"
_UPDATE: Final = "run `aws eks update-kubeconfig --name CLUSTER`"


NO_CONNECTION: Final = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.UnsupportedProtocol)
"""Exceptions that mean that no server answered."""


def without_password(server: httpx2.URL) -> str:
    """The URL of a server without the user, the password and the query that it may have."""
    return str(server.copy_with(userinfo=b"", query=None))


def unreachable(server: str, error: httpx2.HTTPError) -> Diagnostic:
    """Why there was no answer."""
    causes = list(_causes(error))
    if refused := next((each for each in causes if isinstance(each, ssl.SSLError)), None):
        must = f"must show a certificate that the kubeconfig trusts: {refused}"
        fix = f"{_UPDATE} if the cluster was created again; otherwise check proxies in between"
        return Diagnostic(subject=server, message=must, fix=fix)
    if any(isinstance(each, socket.gaierror) for each in causes):
        must = "must have a name that resolves here"
        fix = f"{_UPDATE} if the cluster was created again; otherwise check your DNS"
        return Diagnostic(subject=server, message=must, fix=fix)
    if isinstance(error, NO_CONNECTION):
        must = f"must answer: {error or 'no connection'}"
        fix = (
            "check the context, and whether this machine can reach the endpoint: it may be private, or limited to "
            "some networks"
        )
        return Diagnostic(subject=server, message=must, fix=fix, source=_ENDPOINT)
    if isinstance(error, httpx2.TimeoutException):
        return Diagnostic(
            subject=server,
            message="must continue its answer, but sent nothing more",
            fix="try again, or from a network closer to the cluster",
        )
    must = f"must send a complete answer, but closed the connection: {error}"
    return Diagnostic(subject=server, message=must, fix="try again; check proxies in between")


def _causes(error: BaseException) -> Iterator[BaseException]:
    here: BaseException | None = error
    while here:
        yield here
        here = here.__cause__ or here.__context__


def no_credentials(server: str, error: Exception) -> Diagnostic:
    """Why there is nothing to present to the API server."""
    if isinstance(error, FileNotFoundError):
        must = f"must have the command for its token installed: {error.filename}"
        return Diagnostic(subject=server, message=must, fix="install it, or put it on PATH")
    return Diagnostic(
        subject=server,
        message=f"no token for this context: {' '.join(str(error).split())}",
        fix="run the command that the kubeconfig has under `exec`; it must print an ExecCredential with status.token",
    )


def unsendable(server: str) -> Diagnostic:
    """Why a request cannot be sent: its token or password is not shown."""
    message = (
        "the token or password of this context has characters that are not allowed in HTTP headers, such as a line end"
    )
    return Diagnostic(subject=server, message=message, fix="correct the user in the kubeconfig, or its token file")


def refused(kind: ResourceType[object], response: httpx2.Response) -> Diagnostic:
    """Why an answer is no list."""
    status, message = response.status_code, _message(response)
    value = f"{status} {response.reason_phrase}".strip()
    if status == HTTPStatus.UNAUTHORIZED:
        must = "must accept the credentials of this context"
        fix = "renew the login; the identity needs an access entry of the cluster"
        return Diagnostic(subject=str(response.url.host), message=f"{value}: {must}", fix=fix, source=_ACCESS)
    if status == HTTPStatus.FORBIDDEN:
        fix = f'grant it in a ClusterRole: {{apiGroups: ["{kind.group}"], resources: [{kind.plural}], verbs: [list]}}'
        return Diagnostic(
            subject=kind.plural,
            message=f"{value}: must be allowed to be listed: {message}",
            fix=fix,
        )
    if status == HTTPStatus.NOT_FOUND:
        must = f"must be a kind of this cluster: it has no {kind.plural} of {kind.api_version}"
        fix = "switch EKS Auto Mode on, or check that this is the right cluster"
        return Diagnostic(subject=kind.plural, message=f"{value}: {must}", fix=fix)
    return Diagnostic(subject=kind.plural, message=f"{value}: must be listed: {message}", fix="try again")


def body(response: httpx2.Response) -> JsonObject:
    """The JSON object of an answer.

    Raises:
        ValueError: it is none, as when it breaks off.
    """
    data = response.json()
    if not isinstance(data, dict):
        raise ValueError("it is no JSON object")
    return data


def _message(response: httpx2.Response) -> str:
    try:
        said = text(body(response), "message")
    except ValueError:
        said = ""
    return said or " ".join(response.text.split())[:200] or "no reason given"
