"""The AWS account, read through boto3 with its usual profiles, regions and endpoints."""
