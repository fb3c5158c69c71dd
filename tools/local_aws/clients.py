"""Clients of boto3 for the services of an account and region."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.config import Config
from werkzeug.test import create_environ

if TYPE_CHECKING:  # it is made of what is here
    from tools.local_aws.services.eks import Objects

_SESSION: Final = boto3.session.Session()
"""One for all clients, as each reads the models of its services anew."""


@dataclass(kw_only=True)
class Clients:
    """All clients of a local AWS; each is made once.

    Attributes:
        url: of the local AWS.
        app: of WSGI, which answers.
        objects: the Kubernetes objects of a cluster, by account, region and name.
    """

    url: str = ""
    app: Callable[..., Iterable[bytes]]
    objects: Callable[[str, str, str], Objects] | None = None
    _made: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def of(self, account: str, region: str) -> AccountClients:
        """The services of an account and region."""
        return AccountClients(clients=self, account=account, region=region)

    def client(self, service: str, account: str, region: str) -> Any:  # noqa: ANN401  boto3 makes it while it runs
        """A client."""
        with self._lock:
            key = service, account, region
            if key not in self._made:
                client = _SESSION.client(
                    service,
                    endpoint_url=self.url,
                    region_name=region,
                    aws_access_key_id=f"AKIA{account}",
                    aws_secret_access_key="secret",
                    config=Config(retries={"total_max_attempts": 1}),
                )
                client.meta.events.register("before-send", self._sent)
                self._made[key] = client
            return self._made[key]

    def _sent(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        """The answer to a request, without a connection, which takes as long as the answer itself."""
        body = request.body.read() if hasattr(request.body, "read") else request.body
        headers = {key: value.decode() if isinstance(value, bytes) else value for key, value in request.headers.items()}
        url = urlsplit(request.url)
        environ = create_environ(
            path=url.path,
            query_string=url.query,
            base_url=f"{url.scheme}://{url.netloc}",
            method=request.method,
            headers=headers,
            data=body or b"",
        )
        told: list[tuple[str, list[tuple[str, str]]]] = []
        answered = b"".join(self.app(environ, lambda status, headers: told.append((status, headers))))
        ((status, answer_headers),) = told
        found = HeadersDict(dict(answer_headers))
        return AWSResponse(request.url, int(status.split()[0]), found, _Raw(answered))


class _Raw(io.BytesIO):
    """A body as botocore reads it."""

    def stream(self) -> Iterator[bytes]:
        """All of it."""
        yield self.read()


@dataclass(frozen=True, kw_only=True)
class AccountClients:
    """The services of an account and region."""

    clients: Clients
    account: str
    region: str

    def __call__(self, service: str) -> Any:  # noqa: ANN401  boto3 makes it while it runs
        """A client of a service."""
        return self.clients.client(service, self.account, self.region)

    def objects(self, cluster: str) -> Objects:
        """The Kubernetes objects of a cluster."""
        assert self.clients.objects
        return self.clients.objects(self.account, self.region, cluster)
