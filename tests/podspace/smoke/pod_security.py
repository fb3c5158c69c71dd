"""The Pod Security Standard `restricted`, for pods on Linux.

Every control of https://kubernetes.io/docs/concepts/security/pod-security-standards/, those of `baseline` among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

_VOLUMES: Final = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
_SYSCTLS: Final = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_syncookies",
}
_SECCOMP: Final = {"RuntimeDefault", "Localhost"}
_SELINUX: Final = {None, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}


def violations(template: Mapping[str, Any]) -> Iterator[str]:
    """The controls that a pod template violates."""
    spec = template["spec"]
    pod = spec.get("securityContext", {})
    annotations = template.get("metadata", {}).get("annotations", {})
    if any(spec.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")):
        yield "host namespaces"
    if any(set(volume) - {"name"} - _VOLUMES for volume in spec.get("volumes", ())):
        yield "volume types"
    if {each["name"] for each in pod.get("sysctls", ())} - _SYSCTLS:
        yield "sysctls"
    if any("apparmor" in key and value not in {"runtime/default"} for key, value in annotations.items()):
        yield "AppArmor"
    if pod.get("windowsOptions", {}).get("hostProcess"):
        yield "HostProcess"
    for container in (*spec.get("initContainers", ()), *spec["containers"], *spec.get("ephemeralContainers", ())):
        own = container.get("securityContext", {})
        yield from _of_container(own, pod)
        if any(port.get("hostPort") for port in container.get("ports", ())):
            yield "host ports"
        for handler in (container.get("livenessProbe"), container.get("readinessProbe"), container.get("startupProbe")):
            if handler and any(handler.get(kind, {}).get("host") for kind in ("httpGet", "tcpSocket")):
                yield "host probes"


def _of_container(own: Mapping[str, Any], pod: Mapping[str, Any]) -> Iterator[str]:
    capabilities = own.get("capabilities", {})
    if own.get("privileged"):
        yield "privileged"
    if own.get("allowPrivilegeEscalation") is not False:
        yield "privilege escalation"
    if "ALL" not in capabilities.get("drop", ()) or set(capabilities.get("add", ())) - {"NET_BIND_SERVICE"}:
        yield "capabilities"
    if own.get("runAsNonRoot", pod.get("runAsNonRoot")) is not True:
        yield "running as non-root"
    if 0 in {own.get("runAsUser"), pod.get("runAsUser")}:
        yield "running as non-root user"
    if own.get("seccompProfile", pod.get("seccompProfile", {})).get("type") not in _SECCOMP:
        yield "seccomp"
    if own.get("procMount", "Default") != "Default":
        yield "proc mount"
    for options in (own.get("seLinuxOptions", {}), pod.get("seLinuxOptions", {})):
        if options.get("type") not in _SELINUX or options.get("user") or options.get("role"):
            yield "SELinux"
