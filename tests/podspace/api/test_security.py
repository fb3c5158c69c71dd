"""A node is hardened, and trusts certificates, as AWS says."""

from __future__ import annotations

import base64
import textwrap

import pytest
from pydantic import ValidationError

from podspace.api import AdvancedSecurity, CertificateBundle, doubts_of
from tests.podspace.api.verdict import the_problem, the_ruled_problem, written
from tests.podspace.certificate import CERTIFICATE, PRIVATE_KEY, encoded

BODY = "".join(CERTIFICATE.splitlines()[1:-1])


def pem(der: bytes) -> str:
    body = "\n".join(textwrap.wrap(base64.b64encode(der).decode(), 64))
    return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"


def bundle(data: object) -> dict[str, object]:
    return {"name": "proxy", "data": data}


@pytest.mark.parametrize("fips", [True, False])
@pytest.mark.parametrize("mode", ["integrity", "Integrity", "none", "None"])
def test_a_node_may_be_hardened(fips: bool, mode: str) -> None:
    """The lockdown mode with a small letter or a capital one, as the sources disagree."""
    given = {"fips": fips, "kernelLockdown": mode}
    assert written(AdvancedSecurity, given) == given


@pytest.mark.parametrize(
    ("given", "place", "gist"),
    [
        ({"fips": "true"}, "fips", "true or false"),
        ({"fips": 1}, "fips", "true or false"),
        ({"selinux": True}, "selinux", "no such key"),
        ({"kernelLockdown": True}, "kernelLockdown", "text"),
    ],
)
def test_a_value_of_another_type_is_refused(given: object, place: str, gist: str) -> None:
    """Each at its own place."""
    problem = the_problem(AdvancedSecurity, given)
    assert problem.location.path == place
    assert gist in problem.message


@pytest.mark.parametrize("mode", ["confidentiality", "INTEGRITY", "integritY", "integrity ", "integrity\n", "off", ""])
def test_no_other_lockdown_mode_is_taken(mode: str) -> None:
    """Linux has one more that AWS does not name."""
    problem = the_ruled_problem(AdvancedSecurity, {"kernelLockdown": mode})
    assert problem.location.path == "kernelLockdown"
    assert "must be integrity or none" in problem.message


@pytest.mark.parametrize("mode", ["integrity", "Integrity", "none", "None"])
def test_a_lockdown_mode_leaves_a_doubt_about_its_case(mode: str) -> None:
    """Whichever it is; how to find out is told."""
    (doubt,) = doubts_of(AdvancedSecurity(kernel_lockdown=mode))
    assert (doubt.location.path, doubt.subject) == ("kernelLockdown", f'"{mode}"')
    assert "may be refused for its case" in doubt.message
    assert "--dry-run=server" in doubt.fix
    assert doubt.source.startswith("https://")
    assert doubt.inferred


def test_without_a_lockdown_mode_there_is_no_doubt() -> None:
    """Whatever else is hardened."""
    assert not list(doubts_of(AdvancedSecurity(fips=True)))


@pytest.mark.parametrize(
    "data",
    [
        encoded(CERTIFICATE),
        encoded(CERTIFICATE.replace("\n", "\r\n")),
        encoded(f"subject=CN = proxy.example.com\n\n{CERTIFICATE}"),
        encoded(CERTIFICATE * 3),
        encoded(CERTIFICATE + "# the next one\n" + CERTIFICATE),
        "\n".join(textwrap.wrap(encoded(CERTIFICATE), 76)),
        encoded(CERTIFICATE) + "\n",
        encoded(pem(b"\x30\x00")),
        encoded(pem(b"\x30\x03abc")),
        encoded(pem(b"\x30\x7f" + bytes(127))),
        encoded(pem(b"\x30\x81\x80" + bytes(128))),
        encoded(pem(b"\x30\x81\x81" + bytes(129))),
        encoded(pem(b"\x30\x82\x01\x00" + bytes(256))),
    ],
)
def test_a_bundle_is_base64_of_certificates(data: str) -> None:
    """One or several, with text around them; on one line or wrapped, as tools write it. It is kept as it is."""
    assert written(CertificateBundle, bundle(data)) == bundle(data)


@pytest.mark.parametrize(
    ("data", "fix"),
    [
        (CERTIFICATE, "create it with `base64 -w0 bundle.pem`"),
        ("not base64", "create it with `base64 -w0 bundle.pem`"),
        (encoded(CERTIFICATE)[:-1], "create it with `base64 -w0 bundle.pem`"),
        (encoded(CERTIFICATE) + "!", "create it with `base64 -w0 bundle.pem`"),
        ("zertifikät", "create it with `base64 -w0 bundle.pem`"),
        (encoded("zertifikät"), "create it with `base64 -w0 bundle.pem`"),
        (base64.b64encode(b"\x30\x82\xff").decode(), "create it with `base64 -w0 bundle.pem`"),
        (BODY, "create it with `base64 -w0 bundle.pem`"),
        ("", "a -----BEGIN CERTIFICATE----- line"),
        (encoded("a certificate"), "a -----BEGIN CERTIFICATE----- line"),
        (encoded(BODY), "a -----BEGIN CERTIFICATE----- line"),
        (encoded(encoded(CERTIFICATE)), "a -----BEGIN CERTIFICATE----- line"),
        (encoded(CERTIFICATE[:-30]), "a -----BEGIN CERTIFICATE----- line"),
    ],
)
def test_a_bundle_that_is_not_encoded_once_more_is_refused(data: str, fix: str) -> None:
    """Among them the PEM file as it is, and one that is encoded twice."""
    problem = the_ruled_problem(CertificateBundle, bundle(data))
    assert problem.location.path == "data"
    assert "a PEM certificate or several, encoded as base64 once more" in problem.message
    assert fix in problem.fix
    assert not problem.inferred


@pytest.mark.parametrize("data", [PRIVATE_KEY, CERTIFICATE + PRIVATE_KEY, PRIVATE_KEY + CERTIFICATE])
def test_a_bundle_with_a_private_key_is_refused(data: str) -> None:
    """It would be readable by all who may read a NodeClass."""
    problem = the_ruled_problem(CertificateBundle, bundle(encoded(data)))
    assert problem.location.path == "data"
    assert problem.message == "must contain only certificates, but contains a PRIVATE KEY"
    assert "remove it" in problem.fix


@pytest.mark.parametrize(
    "data",
    [
        CERTIFICATE.replace(BODY[-4:], ""),
        CERTIFICATE.replace(CERTIFICATE.splitlines()[3] + "\n", ""),
        CERTIFICATE + CERTIFICATE.replace(CERTIFICATE.splitlines()[3] + "\n", ""),
        CERTIFICATE.replace(BODY[:4], "!!!!"),
        pem(b""),
        pem(b"\x30"),
        pem(b"\x31\x00"),
        pem(b"\x30\x01"),
        pem(b"\x30\x00\x00"),
        pem(b"\x30\x82\x01"),
        pem(b"\x30\x81\x80" + bytes(127)),
    ],
)
def test_a_bundle_with_a_cut_certificate_is_refused(data: str) -> None:
    """Each is base64 of one DER sequence, as long as it says."""
    problem = the_ruled_problem(CertificateBundle, bundle(encoded(data)))
    assert problem.location.path == "data"
    assert problem.message == "must contain complete certificates"
    assert "incomplete" in problem.fix


def test_a_refused_bundle_is_not_shown_in_full() -> None:
    """A few characters are enough to recognise it by."""
    problem = the_problem(CertificateBundle, bundle(encoded(CERTIFICATE + PRIVATE_KEY)))
    assert len(problem.subject) == 40


@pytest.mark.parametrize(
    ("given", "place", "gist"),
    [
        ({"data": encoded(CERTIFICATE)}, "name", "must be given"),
        ({"name": "", "data": encoded(CERTIFICATE)}, "name", "at least 1 character"),
        ({"name": "proxy"}, "data", "must be given"),
        ({"name": "proxy", "data": 1}, "data", "text"),
    ],
)
def test_a_bundle_has_a_name_and_data(given: object, place: str, gist: str) -> None:
    """Both are given in AWS's example."""
    problem = the_problem(CertificateBundle, given)
    assert problem.location.path == place
    assert gist in problem.message


def test_certificates_without_an_end_take_no_time() -> None:
    """However many there are."""
    given = base64.b64encode(b"-----BEGIN CERTIFICATE-----\n" * 30_000).decode()
    with pytest.raises(ValidationError, match="PEM"):
        CertificateBundle(name="a", data=given)
