"""The pure core of podspace: addresses, plans, typed Kubernetes specs, and what is wrong with them.

Nothing here imports aws_cdk, cdk8s or jsii.
"""
