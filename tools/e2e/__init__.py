"""Deployments of podspace in an AWS account: created, compared with the plan, changed, rolled back and deleted.

`python -m tools.e2e --region eu-west-1` prints what it would create and what that costs, and creates nothing.
`--yes-this-costs-money` runs it with the credentials of the environment. It was tried against the local AWS
(tools/local_aws) only, never against a real account. It creates a VPC and a pod network in it, and no EKS cluster: the
node role, the access entries and the manifests are not part of it, so the account needs no CDK bootstrap stack.
"""
