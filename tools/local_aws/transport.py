"""Requests of boto3 given to the application itself, without a socket, which halves the time of a deployment."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Raw(io.BytesIO):
    """A body that botocore reads in whole or as a stream."""

    def stream(self, **_: object) -> Iterable[bytes]:
        """The whole body."""
        yield self.read()


class InProcess:
    """Takes the place of the HTTP session of a client of botocore."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """The answer of the application to a request."""
        told: list[tuple[str, list[tuple[str, str]]]] = []
        body = b"".join(self._application(_environ(request), lambda status, headers: told.append((status, headers))))
        ((status, headers),) = told
        return AWSResponse(request.url, int(status.split()[0]), dict(headers), Raw(body))

    def close(self) -> None:
        """There is no connection to close."""


def _environ(request: AWSPreparedRequest) -> dict[str, Any]:
    url = urlsplit(request.url)
    content = request.body if request.body is not None else b""
    body = content.read() if hasattr(content, "read") else content
    body = body.encode() if isinstance(body, str) else bytes(body)
    headers = {
        f"HTTP_{name.upper().replace('-', '_')}": value.decode() if isinstance(value, bytes) else str(value)
        for name, value in request.headers.items()
    }
    path = url.path or "/"
    return {
        **headers,
        "CONTENT_TYPE": headers.get("HTTP_CONTENT_TYPE", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": url.netloc,
        "PATH_INFO": path,
        "QUERY_STRING": url.query,
        "RAW_URI": f"{path}?{url.query}" if url.query else path,
        "REQUEST_METHOD": request.method,
        "REQUEST_URI": f"{path}?{url.query}" if url.query else path,
        "SCRIPT_NAME": "",
        "SERVER_NAME": url.hostname or "",
        "SERVER_PORT": str(url.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.errors": io.StringIO(),
        "wsgi.input": io.BytesIO(body),
        "wsgi.multiprocess": False,
        "wsgi.multithread": True,
        "wsgi.run_once": False,
        "wsgi.url_scheme": url.scheme,
        "wsgi.version": (1, 0),
    }
