"""Answers of AWS by botocore's models of its services, and a server on loopback that gives prepared answers."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from moto.core.model import OperationModel, ServiceModel
from moto.core.serialize import SERIALIZERS

from podspace.live.aws.call import Call
from tests.aws_environment import loader


@dataclass(frozen=True)
class Answer:
    """An HTTP response."""

    body: bytes
    status: int = 200
    content_type: str = "text/html"


@cache
def _service(name: str) -> ServiceModel:
    return ServiceModel(loader().load_service_model(name, "service-2"), service_name=name)


def operation_of(call: Call) -> OperationModel:
    operation: OperationModel = _service(call.service).operation_model(call.operation)
    return operation


def an_answer(call: Call, data: dict[str, Any] | Exception) -> Answer:
    """What the service answers to a call, with this data or error in it."""
    operation = operation_of(call)
    written = SERIALIZERS[operation.service_model.resolved_protocol](operation).serialize(data)
    body = written["body"]
    return Answer(
        body if isinstance(body, bytes) else body.encode(), written["status_code"], written["headers"]["Content-Type"]
    )


@dataclass
class PreparedAnswers:
    """A server that gives prepared answers in order, the last one again and again.

    Attributes:
        answers: what it gives; None closes the connection.
        asked: the requests: path and body of each.
    """

    answers: list[Answer | None] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> PreparedAnswers:
        prepared = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                prepared.asked.append(f"{self.path}\n{body.decode()}")
                answers = prepared.answers
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                if answer is None:
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.content_type)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_POST  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"
