"""A local AWS for development: the APIs of moto behind a CloudFormation engine and rules of AWS, on loopback.

It is a part of the repository and not of the package. The unmodified CDK CLI deploys to it. It refuses every resource
type, property and action that it does not emulate. It cannot prove what only a real account has: quotas, permissions of
IAM, and that traffic flows.
"""

import os

os.environ.pop("AWS_PROFILE", None)  # of the user: moto reads the profile when it is imported
os.environ.pop("AWS_DEFAULT_PROFILE", None)

from tools.local_aws.server import LocalAws

__all__ = ["LocalAws"]
