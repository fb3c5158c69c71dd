"""Readers of the real thing: the AWS account (`aws`) and the cluster (`kubernetes`). They change nothing."""
