"""Clients of boto3 for the services of an account and region."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

if TYPE_CHECKING:  # it is made of what is here
    from tools.local_aws.services.eks import Objects

_SESSION: Final = boto3.session.Session()
"""One for all clients, as each reads the models of its services anew."""


@dataclass(kw_only=True)
class Clients:
    """All clients of a local AWS; each is made once.

    Attributes:
        url: of the local AWS.
        objects: the Kubernetes objects of a cluster, by account, region and name.
    """

    url: str = ""
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
                self._made[key] = _SESSION.client(
                    service,
                    endpoint_url=self.url,
                    region_name=region,
                    aws_access_key_id=f"AKIA{account}",
                    aws_secret_access_key="secret",
                    config=Config(retries={"total_max_attempts": 1}, max_pool_connections=20),
                )
            return self._made[key]


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
