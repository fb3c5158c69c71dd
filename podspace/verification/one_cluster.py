"""The config files that are verified together: those of one cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.planning import NetworkFile


def of_one_cluster(files: Sequence[NetworkFile]) -> tuple[list[NetworkFile], list[Diagnostic]]:
    """The files with nodes and pods, and a note of each that is left out.

    A file for the account that owns a shared VPC has no nodes and pods.

    Raises:
        InputError: no file is left, or the files are of several clusters.
    """
    left_out = [_without_cluster(file) for file in files if file.plan.network_half]
    verified = [file for file in files if not file.plan.network_half]
    if not verified:
        raise InputError(left_out)
    clusters = {(file.plan.region, file.plan.cluster_name) for file in verified}
    accounts = {file.plan.stack.account for file in verified} - {""}
    if len(clusters) > 1 or len(accounts) > 1:
        raise InputError(_of_other_cluster(file, verified[0]) for file in verified)
    return verified, [replace(each, severity="note", fix="") for each in left_out]


def _without_cluster(file: NetworkFile) -> Diagnostic:
    message = "is the config of the account that owns the VPC, which has no nodes and pods"
    fix = "give the config of the cluster's account"
    where = Location(file=str(file.path))
    return Diagnostic(id="network-account-config", location=where, subject=file.plan.name, message=message, fix=fix)


def _of_other_cluster(file: NetworkFile, first: NetworkFile) -> Diagnostic:
    account = f" of the account {file.plan.stack.account}" if file.plan.stack.account else ""
    cluster = f"{file.plan.cluster_name} in {file.plan.region}{account}"
    message = f"is for the cluster {cluster}; all files must be for one cluster"
    fix = f"give the files of one cluster only, such as {first.path}"
    where = Location(file=str(file.path))
    return Diagnostic(id="several-clusters", location=where, subject=file.plan.name, message=message, fix=fix)
