"""A small API server over TLS: it lists objects in pages, tells kubectl what kinds it has, and fails on request."""

from __future__ import annotations

import base64
import json
import ssl
import tempfile
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qsl, urlsplit

import yaml

from podspace.live.kubernetes import RESOURCE_TYPES
from tests.certificate_authority import an_authority

TOKEN: Final = "of-a-test"
"""What the server takes as a bearer token."""
_BY_PATH: Final = {f"/{kind.path}": kind for kind in RESOURCE_TYPES}


def encoded(objects: Iterable[Any]) -> list[bytes]:
    """Objects as the server keeps them."""
    return [json.dumps(each).encode() for each in objects]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """An answer in place of the right one.

    Attributes:
        status: with a Status as its body, that says `message`; 200 leaves the body as it is.
        token: to go on by, in the Status of a 410.
        body: another body.
        cut: how many bytes are held back before the connection is closed.
        silence: seconds in the midst of the body.
    """

    status: int = 200
    message: str = "out of order"
    token: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    cut: int = 0
    silence: float = 0

    def in_place_of(self, right: bytes) -> bytes:
        """The body that is sent."""
        if self.body is not None:
            return self.body
        if self.status == 200:
            return right
        metadata = {"continue": self.token} if self.token else {}
        said = {"kind": "Status", "apiVersion": "v1", "metadata": metadata, "status": "Failure"}
        return json.dumps({**said, "message": self.message, "code": self.status}).encode()


class KubernetesServer:
    """Serves while it is a context.

    Attributes:
        objects: what it lists, encoded, by plural; a kind that is not in it does not exist.
        forbidden: plurals that nobody may list.
        asked: the path and the query of each request, in their order.
    """

    def __init__(self, objects: Mapping[str, Sequence[bytes]]) -> None:
        self.objects = dict(objects)
        self.forbidden: set[str] = set()
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.closing = threading.Event()
        self._faults: dict[str, deque[Fault | None]] = {}
        self._server = _Server(self)

    def fail(self, plural: str, *faults: Fault | None) -> None:
        """Answer the next requests for a kind with these; None for the right answer."""
        self._faults.setdefault(plural, deque()).extend(faults)

    def answer(self, path: str, query: Mapping[str, str], token: str) -> tuple[bytes, Fault]:
        """The right body, and what is wrong with the answer."""
        if token != f"Bearer {TOKEN}":
            return b"", Fault(status=401, message="Unauthorized")
        kind = _BY_PATH.get(path)
        if kind is None:
            found = _discovery(path, self.objects)
            return found or b"404 page not found", Fault() if found else Fault(status=404, message="not found")
        if kind.plural not in self.objects:
            return b"", Fault(status=404, body=b"404 page not found")
        if kind.plural in self.forbidden:
            message = f'{kind.plural} is forbidden: User "test" cannot list resource "{kind.plural}" in API group '
            return b"", Fault(status=403, message=f'{message}"{kind.group}" at the cluster scope')
        faults = self._faults.get(kind.plural)
        page = _page(kind.name, kind.api_version, self.objects[kind.plural], query)
        return page, (faults.popleft() if faults else None) or Fault()

    def kubeconfig(self, folder: Path, *, user: Mapping[str, Any] | None = None, authority: str = "authority") -> Path:
        """A kubeconfig for this server, or one with another user, or that trusts another authority."""
        trusted = base64.b64encode(an_authority(authority).certificate.encode()).decode()
        url = f"https://127.0.0.1:{self._server.server_address[1]}"
        path = folder / "kubeconfig"
        data = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": url, "certificate-authority-data": trusted}}],
            "users": [{"name": "test", "user": dict(user or {"token": TOKEN})}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
        }
        path.write_text(yaml.safe_dump(data))
        return path

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


def _page(kind: str, version: str, objects: Sequence[bytes], query: Mapping[str, str]) -> bytes:
    start, limit = int(query.get("continue", "0")), int(query.get("limit", "0")) or len(objects)
    further = {"continue": str(start + limit)} if start + limit < len(objects) else {}
    head = json.dumps({"kind": f"{kind}List", "apiVersion": version, "metadata": {"resourceVersion": "1", **further}})
    return head[:-1].encode() + b', "items": [' + b",".join(objects[start : start + limit]) + b"]}"


def _discovery(path: str, objects: Mapping[str, object]) -> bytes | None:
    """What kubectl asks before it lists anything."""
    kinds = [kind for kind in RESOURCE_TYPES if kind.plural in objects]
    groups = sorted({kind.group for kind in kinds} - {""})
    versions = {group: {"groupVersion": f"{group}/v1", "version": "v1"} for group in groups}
    known: dict[str, dict[str, Any]] = {
        "/version": {"major": "1", "minor": "32", "gitVersion": "v1.32.0-eks"},
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/apis": {
            "kind": "APIGroupList",
            "apiVersion": "v1",
            "groups": [{"name": g, "versions": [v], "preferredVersion": v} for g, v in versions.items()],
        },
    }
    for group in ["", *groups]:
        known[f"/apis/{group}/v1" if group else "/api/v1"] = {
            "kind": "APIResourceList",
            "groupVersion": f"{group}/v1" if group else "v1",
            "resources": [
                {
                    "name": kind.plural,
                    "singularName": kind.name.lower(),
                    "kind": kind.name,
                    "namespaced": kind.name in {"Pod", "Event", "PodDisruptionBudget", "PersistentVolumeClaim"},
                    "verbs": ["get", "list"],
                }
                for kind in kinds
                if kind.group == group
            ],
        }
    return json.dumps(known[path]).encode() if path in known else None


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, owner: KubernetesServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.owner = owner
        authority, context = an_authority("authority"), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(authority.server_certificate + authority.server_key)
            file.flush()
            context.load_cert_chain(file.name)
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away, or trusts nobody, is no fault of the server."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        url, owner = urlsplit(self.path), self.server.owner
        query = dict(parse_qsl(url.query))
        owner.asked.append((url.path, query))
        right, fault = owner.answer(url.path, query, self.headers.get("Authorization", ""))
        body = fault.in_place_of(right)
        self.send_response(fault.status)
        for name, value in {"Content-Type": "application/json", **fault.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if fault.silence:
            self.wfile.flush()
            owner.closing.wait(fault.silence)
        self.wfile.write(body[: len(body) - fault.cut])
        self.close_connection = self.close_connection or bool(fault.cut)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: what was asked is in `asked`."""
