"""The server on loopback, which gives each request to its service."""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from werkzeug.serving import make_server

from tools.local_aws.clients import Clients
from tools.local_aws.cloudformation.api import CloudFormationApi
from tools.local_aws.cloudformation.engine import Engine
from tools.local_aws.services import ec2, moto_services, resource_shares
from tools.local_aws.services.eks import Eks
from tools.local_aws.services.network_manager import NetworkManager
from tools.local_aws.services.request import Answer, Request, json_answer, json_error, read

_HOST: Final = "127.0.0.1"
_POLL_SECONDS: Final = 0.05
"""How long `stop` waits for the server at most."""
_OF_MOTO: Final = {"ecr", "iam", "kms", "lambda", "logs", "monitoring", "s3", "ssm", "sts"}
"""Services whose answers are those of moto alone."""
_NOT_INHERITED: Final = ("AWS_", "CDK_PROFILE", "CDK_ROLE_ARN")
"""Beginnings of the names of variables by which the SDKs and the CDK CLI find another AWS or other credentials."""


class LocalAws:
    """A local AWS, in a thread, from `start` or `with` until `stop`."""

    def __init__(self, *, port: int = 0, seed: int = 0) -> None:
        """Prepare it.

        Args:
            port: on which it listens, on 127.0.0.1; a free one by default.
            seed: of the order of resources that do not depend on each other.
        """
        self.clients = Clients(app=self._answer)
        self.engine = Engine(clients=self.clients.of, seed=seed, faults=[])
        self.cloudformation = CloudFormationApi(self.engine)
        self.eks = Eks(self.clients)
        self.network_manager = NetworkManager()
        self.clients.objects = lambda account, region, name: self.eks.cluster(account, region, name).objects
        self._port = port

    def start(self) -> str:
        """Listen, and return the URL. Nothing exists then: what another one of this process had is forgotten."""
        moto_services.reset()
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = make_server(_HOST, self._port, self._answer, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_POLL_SECONDS,), daemon=True)
        self._thread.start()
        self.clients.url = f"http://{_HOST}:{self._server.server_port}"
        return self.clients.url

    def stop(self) -> None:
        """Wait for deployments, and listen no longer."""
        self.cloudformation.wait()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> LocalAws:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def environment(self, *, account: str, region: str) -> dict[str, str]:
        """The variables with which a process takes this for AWS."""
        return {
            "AWS_ENDPOINT_URL": self.clients.url,
            "AWS_ACCESS_KEY_ID": f"AKIA{account}",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }

    def process_environment(self, *, account: str, region: str, home: Path) -> dict[str, str]:
        """All variables of a process that takes this for AWS, and sends nothing to another host.

        Args:
            account: whose resources it sees.
            region: of the resources.
            home: a folder in place of the user's home, where `.cdk.json` can name a profile, a role or a proxy.
        """
        caches = "Library/Caches/com.amazonaws.jsii" if sys.platform == "darwin" else ".cache/aws/jsii"
        jsii = {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(Path.home() / caches / "package-cache")}  # as jsii has it
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(_NOT_INHERITED) and not name.upper().endswith("_PROXY")  # also npm_config_proxy
        }
        return {
            **jsii,
            **inherited,
            **self.environment(account=account, region=region),
            "HOME": str(home),
            "CDK_HOME": str(home / ".cdk"),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_DISABLE_VERSION_CHECK": "true",  # of the npm registry, where stdout is a terminal
        }

    def _answer(self, environ: Mapping[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        try:
            answer = self._of_service(read(environ))
        except Exception as error:  # an answer that is none would look like a lost connection
            traceback.print_exc()
            answer = json_error("InternalError", repr(error), status=500)
        kept = [("Content-Type", answer.kind), ("Content-Length", str(len(answer.body))), *answer.headers]
        start(f"{answer.status} -", kept)
        return [answer.body]

    def _of_service(self, request: Request) -> Answer:
        own: Mapping[str, Callable[[Request], Answer]] = {
            "cloudformation": self._cloudformation,
            "cloudtrail": lambda _: json_answer({"Events": []}),  # the CDK CLI asks after a deployment that failed
            "ec2": lambda request: ec2.answer(request, self.network_manager.attaches),
            "eks": self.eks.answer,
            "networkmanager": self.network_manager.answer,
            "ram": resource_shares.answer,
            "servicequotas": lambda _: json_error("NoSuchResourceException", "a local AWS has no quotas"),
        }
        if service := own.get(request.service):
            return service(request)
        if request.service in _OF_MOTO:
            return moto_services.forward(request)
        return json_error("UnknownOperationException", f"the service {request.service} is not emulated", status=501)

    def _cloudformation(self, request: Request) -> Answer:
        status, body = self.cloudformation.answer(request.form, account=request.account, region=request.region)
        return Answer(status=status, kind="text/xml", body=body.encode())
