"""A small network of Linux network namespaces, in which the probe script runs with the busybox of this machine.

    pod 100.64.0.10 ── router ── outside 203.0.113.10
                         │
                       peer 100.64.64.10

The router stands for the VPC: it has the resolver, the API server, an interface endpoint and instance metadata.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from podspace.smoke.manifest import SCRIPT
from tests.podspace.smoke import servers

POD, SECOND, PEER, OUTSIDE = "100.64.0.10", "100.64.0.11", "100.64.64.10", "203.0.113.10"
RESOLVER, API_SERVER, ENDPOINT, METADATA = "100.64.0.1", "10.100.0.1", "10.0.0.5", "169.254.169.254"
_LONGEST: Final = 120
_NUMBERS: Final = count(1)
_APPLETS: Final = (
    "cat",
    "cut",
    "date",
    "head",
    "httpd",
    "nc",
    "nslookup",
    "sed",
    "sh",
    "sleep",
    "timeout",
    "tr",
    "true",
    "wc",
)
_APPLETS_OF_BUSYBOX: Final = (*_APPLETS, "wget", "ssl_client")


def why_not() -> str:
    """Why there can be no such network here; empty if there can."""
    for program in ("dash", "ip", "unshare", "setpriv", "openssl"):
        if not shutil.which(program):
            return f"{program} is not installed"
    busybox = shutil.which("busybox")
    if not busybox:
        return "busybox is not installed (apt-get install busybox-static)"
    applets = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=False).stdout.split()
    if missing := sorted(set(_APPLETS_OF_BUSYBOX) - set(applets)):
        return f"busybox has no {', '.join(missing)} (apt-get install busybox-static)"
    if subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True, check=False).returncode:
        return "network namespaces cannot be created (root is needed)"
    return ""


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


class Lab:
    """The network; a test changes routes and rules of it and reverts them."""

    def __init__(self, names: Mapping[str, str], *, metadata: str = "silent") -> None:
        self._names = {**names, "echo.example.com": OUTSIDE, "db.example.com": OUTSIDE, "aws.amazon.com": OUTSIDE}
        self._metadata = metadata
        self._stack = ExitStack()
        self._prefix = f"podspace-{os.getpid()}-{next(_NUMBERS)}-"

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.folder = Path(tempfile.mkdtemp(prefix="podspace-smoke-"))
            stack.callback(shutil.rmtree, self.folder)
            self.folder.chmod(0o755)
            for name in ("pod", "peer", "outside", "router"):
                ip("netns", "add", self.name(name))
                stack.callback(ip, "netns", "del", self.name(name))
                self.ip(name, "link", "set", "lo", "up")
            for name, address, gateway in (
                ("pod", POD, RESOLVER),
                ("peer", PEER, "100.64.64.1"),
                ("outside", OUTSIDE, "203.0.113.1"),
            ):
                self._join(name, address, gateway)
            self.ip("pod", "address", "add", f"{SECOND}/24", "dev", "eth0")
            for address in (API_SERVER, ENDPOINT, METADATA):
                self.ip("router", "address", "add", f"{address}/32", "dev", "lo")
            self._enter("router", "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
            self._prepare()
            self._start(stack, "router", self._router())
            self._start(
                stack,
                "outside",
                {"servers": [[OUTSIDE, 80, "echo"], *([OUTSIDE, port, "silent"] for port in (443, 5432))]},
            )
            self._listen(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def name(self, name: str) -> str:
        """The name of a namespace on this machine."""
        return self._prefix + name

    def ip(self, namespace: str, *arguments: str) -> None:
        """Change addresses, routes or rules of a namespace."""
        ip("-n", self.name(namespace), *arguments)

    def run(self, environment: Mapping[str, str], *, without: Sequence[str] = (), stopped_after: float = 0) -> str:
        """The termination message of the script in the namespace `pod`, with the rights of a restricted container.

        Args:
            environment: its variables, without RESULT.
            without: programs that its image does not have.
            stopped_after: seconds until it is killed; 0 if it ends.
        """
        result = self.folder / "termination-log"
        result.write_text("")
        result.chmod(0o666)
        inside = self._inside(self._programs(without), {**environment, "RESULT": str(result)})
        process = self._background("pod", *inside, f"{self.folder}/probe/{SCRIPT.name}")
        try:
            process.wait(stopped_after or _LONGEST)
        except subprocess.TimeoutExpired:
            assert stopped_after, "the script does not end"
        finally:
            _stop(process)
        return result.read_text()

    def _join(self, name: str, address: str, gateway: str) -> None:
        ip(
            "link",
            "add",
            "eth0",
            "netns",
            self.name(name),
            "type",
            "veth",
            "peer",
            "name",
            name,
            "netns",
            self.name("router"),
        )
        self.ip(name, "address", "add", f"{address}/24", "dev", "eth0")
        self.ip("router", "address", "add", f"{gateway}/24", "dev", name)
        self.ip(name, "link", "set", "eth0", "up")
        self.ip("router", "link", "set", name, "up")
        self.ip(name, "route", "add", "default", "via", gateway)

    def _prepare(self) -> None:
        """The script with the links of a ConfigMap volume, a resolver, and a certificate."""
        volume, data = self.folder / "probe", self.folder / "probe" / "..2026_11_29"
        for path in (SCRIPT.name, "cgi-bin/seen", "cgi-bin/large"):
            target = data / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(SCRIPT, target)
            target.chmod(0o555)
        (volume / "..data").symlink_to(data.name)
        for name in (SCRIPT.name, "cgi-bin"):
            (volume / name).symlink_to(f"..data/{name}")
        (self.folder / "resolv.conf").write_text(f"nameserver {RESOLVER}\noptions ndots:5\n")
        key = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=kubernetes",
            "-keyout",
            "-",
            "-out",
            "-",
        ]
        (self.folder / "certificate.pem").write_bytes(subprocess.run(key, check=True, capture_output=True).stdout)

    def _router(self) -> dict[str, object]:
        listed = [[API_SERVER, 443, "api-server"], [ENDPOINT, 443, "silent"], [METADATA, 80, "metadata"]]
        return {
            "servers": listed,
            "metadata": self._metadata,
            "certificate": str(self.folder / "certificate.pem"),
            "resolver": RESOLVER,
            "names": self._names,
        }

    def _start(self, stack: ExitStack, namespace: str, settings: Mapping[str, object]) -> None:
        command = [sys.executable, servers.__file__, json.dumps(settings)]
        process = self._background(namespace, *command)
        stack.callback(_stop, process)
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"

    def _listen(self, stack: ExitStack) -> None:
        command = self._inside(self._programs(), {"LISTEN": "600"})
        script = f"{self.folder}/probe/{SCRIPT.name}"
        stack.callback(_stop, self._background("peer", *command, script, "listen"))

    def _programs(self, without: Sequence[str] = ()) -> Path:
        """A folder with the programs of the image."""
        folder = self.folder / "-".join(("bin", *without))
        folder.mkdir(exist_ok=True)
        for applet in set(_APPLETS_OF_BUSYBOX) - set(without):
            link = folder / applet
            if not link.is_symlink():
                shell = "dash" if without and applet == "sh" else "busybox"  # whose shell has its applets built in
                link.symlink_to(shutil.which(shell) or "")
        return folder

    def _inside(self, programs: Path, environment: Mapping[str, str]) -> list[str]:
        """How a command begins that has a resolver of its own, and the rights of a restricted container."""
        variables = {"PATH": str(programs), **environment}
        return [
            *("sh", "-c", f'mount --bind {self.folder}/resolv.conf /etc/resolv.conf; exec "$@"', "sh"),
            *("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--bounding-set", "-all"),
            *("--no-new-privs", "env", "--ignore-environment", *(f"{key}={value}" for key, value in variables.items())),
            str(programs / "sh"),
        ]

    def _command(self, namespace: str, *command: str) -> list[str]:
        return ["ip", "netns", "exec", self.name(namespace), *command]

    def _background(self, namespace: str, *command: str) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        return subprocess.Popen(self._command(namespace, *command), stdin=pipe, stdout=pipe, start_new_session=True)

    def _enter(self, namespace: str, *command: str) -> None:
        subprocess.run(self._command(namespace, *command), check=True, timeout=120)


def _stop(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()
