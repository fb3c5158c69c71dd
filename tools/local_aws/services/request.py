"""A request to a service, and its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, unquote
from xml.sax.saxutils import escape

from moto.iam.models import get_account_id_from

_SCOPE: Final = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/")
_KEY: Final = re.compile(r"AKIA(\d{12})")
_REGION: Final = "us-east-1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """Status, type and body of an answer."""

    status: int
    kind: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request.

    Attributes:
        service: as the signature names it.
        account: of the access key: `AKIA` and the number of the account, or a key that STS has given.
        environ: of WSGI.
    """

    service: str
    account: str
    region: str
    method: str
    path: str
    body: bytes
    environ: Mapping[str, Any]

    @property
    def form(self) -> dict[str, str]:
        """The parameters of the query protocol."""
        query = self.body.decode() if self.body else str(self.environ.get("QUERY_STRING", ""))
        return dict(parse_qsl(query, keep_blank_values=True))

    @property
    def data(self) -> dict[str, Any]:
        """The body as JSON."""
        found = json.loads(self.body or b"{}")
        assert isinstance(found, dict)
        return found


def read(environ: Mapping[str, Any]) -> Request:
    """The request of an environment of WSGI."""
    header = environ.get("HTTP_AUTHORIZATION", "")
    scope = _SCOPE.search(header)
    key, region, service = scope.groups() if scope else ("", _REGION, "")
    own = _KEY.fullmatch(key)
    return Request(
        service=service,
        account=own[1] if own else get_account_id_from(key),
        region=region,
        method=environ["REQUEST_METHOD"],
        path=unquote(str(environ.get("REQUEST_URI", environ["PATH_INFO"])).partition("?")[0]),
        body=environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)),
        environ=environ,
    )


def json_answer(data: Mapping[str, Any], *, status: int = 200) -> Answer:
    """An answer in JSON."""
    return Answer(status=status, kind="application/json", body=json.dumps(data).encode())


def json_error(code: str, message: str, *, status: int = 400) -> Answer:
    """An error of a service that answers in JSON."""
    return json_answer({"__type": code, "code": code, "message": message}, status=status)


def ec2_error(code: str, message: str) -> Answer:
    """An error of EC2."""
    text = (
        f"<Response><Errors><Error><Code>{code}</Code><Message>{escape(message)}</Message></Error></Errors></Response>"
    )
    return Answer(status=400, kind="text/xml", body=text.encode())
