"""A certificate authority made for one run of the tests, and a certificate of it for this machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, kw_only=True, slots=True)
class Authority:
    """PEM texts: of the authority's certificate, and of a certificate for 127.0.0.1 with its key."""

    certificate: str
    server_certificate: str
    server_key: str


@cache
def an_authority(name: str) -> Authority:
    """An authority of that name; another name makes one that trusts nothing of this one."""
    key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    own = _certificate(name, key=key, issuer=name, signed_by=key, extension=x509.BasicConstraints(True, None))
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")])
    server = _certificate("localhost", key=server_key, issuer=name, signed_by=key, extension=here)
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return Authority(
        certificate=own.public_bytes(encoding).decode(),
        server_certificate=server.public_bytes(encoding).decode(),
        server_key=server_key.private_bytes(encoding, form, serialization.NoEncryption()).decode(),
    )


def _certificate(
    name: str, *, key: _Key, issuer: str, signed_by: _Key, extension: x509.ExtensionType
) -> x509.Certificate:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        .sign(signed_by, hashes.SHA256())
    )
