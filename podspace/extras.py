"""The extras of the distribution, by the packages that they install."""

from __future__ import annotations

from typing import Final

from podspace.diagnostic import Diagnostic

EXTRAS: Final = {
    "aws_cdk": "cdk",
    "boto3": "aws",
    "botocore": "aws",
    "cdk8s": "k8s",
    "constructs": "cdk",
    "constructs_lib": "cdk",
    "httpx2": "cluster",
    "jsii": "cdk",
    "lightkube": "cluster",
    "msgspec": "cluster",
}
"""The extra that installs a package, by the name of its import."""


def missing(error: ModuleNotFoundError, *, instead: str = "") -> Diagnostic:
    """The diagnostic for a package that is not installed because its extra is not.

    Args:
        error: error of the import.
        instead: alternative without the package, such as `or give --from`.

    Raises:
        ModuleNotFoundError: the package does not belong to an extra.
    """
    package = (error.name or "").partition(".")[0]
    if package not in EXTRAS:
        raise error
    fix = " ".join(part for part in (f"pip install 'eks-podspace[{EXTRAS[package]}]'", instead) if part)
    message = "this command needs the package, which is not installed"
    return Diagnostic(id="extra-missing", subject=package, message=message, fix=fix)
