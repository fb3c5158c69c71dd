"""The token that an exec plug-in of a kubeconfig prints, such as `aws eks get-token`."""

from __future__ import annotations

import json
from collections.abc import Generator

import httpx2
from lightkube.config.client_adapter import ExecAuth, sync_check_output
from lightkube.config.models import UserExec
from lightkube.core.exceptions import ConfigError


class ExecTokenAuth(ExecAuth):
    """Presents the token of an exec plug-in, and asks the plug-in again after an answer 401."""

    def __init__(self, plugin: UserExec) -> None:
        super().__init__(plugin)
        self._token = ""

    def sync_auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Send a request with the token.

        Raises:
            ConfigError: the plug-in fails, or prints no token that can be sent.
        """
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
            response = yield request
            if response.status_code != httpx2.codes.UNAUTHORIZED:
                return
        command, environment = self._prepare()
        self._token = printed_token(sync_check_output(command, env=environment))
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


def printed_token(output: bytes) -> str:
    """The token in an ExecCredential, https://kubernetes.io/docs/reference/config-api/client-authentication.v1/.

    Raises:
        ConfigError: there is none, or one that no header can have; the output, which may be secret, is not shown.
    """
    try:
        credential = json.loads(output)
    except ValueError:
        raise ConfigError("the exec plug-in did not print JSON") from None
    status = credential.get("status") if isinstance(credential, dict) else None
    token = status.get("token") if isinstance(status, dict) else None
    if not isinstance(token, str) or not token.strip():
        certificate = isinstance(status, dict) and status.get("clientCertificateData")
        instead = " but a client certificate, which podspace does not use" if certificate else ""
        raise ConfigError(f"the exec plug-in returned no token (status.token){instead}")
    if not (token.strip().isascii() and token.strip().isprintable()):
        raise ConfigError("the exec plug-in returned a token with characters that are not allowed in HTTP headers")
    return token.strip()
