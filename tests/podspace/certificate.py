"""A certificate to trust, made for these tests alone, and what may stand in its place by mistake."""

from __future__ import annotations

import base64
from typing import Final

CERTIFICATE: Final = """\
-----BEGIN CERTIFICATE-----
MIIBjjCCATOgAwIBAgIUUo9JyJYzWuKLzFeS+lFZnskCKmEwCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRcHJveHkuZXhhbXBsZS5jb20wHhcNMjYxMTI0MTg0OTUyWhcN
MzYxMTIxMTg0OTUyWjAcMRowGAYDVQQDDBFwcm94eS5leGFtcGxlLmNvbTBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABF5Zz2RDAJ0d3Jot4abki4Js7hYY0JldXLO6
HOsKbS+b397CYENRGRTejJBwsh2oxmJCZ2zU8X7UzYKO3iM2oVSjUzBRMB0GA1Ud
DgQWBBT/rpBiMnDQi9jt2gihKd8H7+8q6TAfBgNVHSMEGDAWgBT/rpBiMnDQi9jt
2gihKd8H7+8q6TAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQCC
4wkcDAhar8zWQSjanYKnFqx/WfkWaOOrVRDyHPnpLQIhAMgHa9X9Q24q2oM8LMQW
F+GbYob156DyHNDTcliVMzmF
-----END CERTIFICATE-----
"""
"""Self-signed, for proxy.example.com; nothing is signed with its key, which is kept nowhere."""

PRIVATE_KEY: Final = """\
-----BEGIN PRIVATE KEY-----
MAA=
-----END PRIVATE KEY-----
"""
"""The form of a private key, and no key."""


def encoded(text: str) -> str:
    """Text as base64, on one line."""
    return base64.b64encode(text.encode()).decode()
