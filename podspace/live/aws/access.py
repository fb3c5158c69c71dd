"""Errors that prevent every call to AWS: credentials, region, connection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import (
    ClientError,
    CredentialRetrievalError,
    NoAuthTokenError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from podspace.diagnostic import Diagnostic
from podspace.live.failure import LiveError

_LONGEST: Final = 200
_EXPIRED: Final = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_REFUSED: Final = {
    "AuthFailure",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "OptInRequired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
DENIED: Final = {"AccessDenied", "AccessDeniedException", "UnauthorizedException", "UnauthorizedOperation"}
"""Codes of what these credentials may not do."""
THROTTLED: Final = {"RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequestsException"}
"""Error codes of throttled calls."""


@contextmanager
def explained() -> Iterator[None]:
    """Raise a LiveError if the error of a call prevents every other call too.

    Raises:
        LiveError: no credentials, expired or refused ones, no profile of that name, no region.
    """
    try:
        yield
    except NoRegionError:
        raise no_region() from None
    except ProfileNotFound as error:
        raise _failed(str(error), "give a profile that `aws configure list-profiles` shows") from None
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise _failed(str(error), "sign in, set AWS_PROFILE, or give --profile") from None
    except (SSOError, TokenRetrievalError, NoAuthTokenError, CredentialRetrievalError) as error:
        raise _failed(str(error), "sign in again, such as with `aws sso login`") from None
    except ClientError as error:
        code, message = told_by(error)
        if code in _EXPIRED:
            raise _failed(f"the credentials have expired ({code})", "sign in again") from None
        if code in _REFUSED:
            raise _failed(
                f"the credentials are refused ({code}): {message}", "check the keys, the clock and the region"
            ) from None
        raise


def told_by(error: ClientError) -> tuple[str, str]:
    """Code and message of an error; empty where a proxy on the way answered with something else."""
    told = error.response.get("Error", {})
    return str(told.get("Code", "")), str(told.get("Message", ""))


def no_region() -> LiveError:
    """A LiveError: no region is configured."""
    return _failed("no region is known", "give --region, or set AWS_REGION or the region of the profile")


def unreachable(error: Exception) -> LiveError:
    """There is no way to AWS, or no way to ask it."""
    fix = "check the network, the region, AWS_ENDPOINT_URL, and the AWS configuration of this machine"
    return _failed(f"the call failed: {without_secrets(error)}", fix)


def without_secrets(error: Exception) -> str:
    """The first line of a message, which may hold a whole answer, without the password of a URL."""
    return re.sub(r"//[^/@\s]*@", "//…@", str(error).partition("\n")[0])[:_LONGEST]


def _failed(must: str, fix: str) -> LiveError:
    return LiveError(Diagnostic(subject="AWS", message=must, fix=fix))
