"""What stands in the way of every call to AWS: credentials, region, connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import (
    BotoCoreError,
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

from podspace.live.failure import LiveError
from podspace.problem import Problem

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
"""Codes of what was asked too often."""


@contextmanager
def explained() -> Iterator[None]:
    """Say what stands in the way, where it is not this one call alone that fails.

    Raises:
        LiveError: no credentials, expired or refused ones, no profile of that name, no region.
    """
    try:
        yield
    except NoRegionError:
        raise no_region() from None
    except ProfileNotFound as error:
        raise _failed(str(error), "name one of `aws configure list-profiles`") from None
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise _failed(str(error), "sign in, set AWS_PROFILE, or give --profile") from None
    except (SSOError, TokenRetrievalError, NoAuthTokenError, CredentialRetrievalError) as error:
        raise _failed(str(error), "sign in again, such as with `aws sso login`") from None
    except ClientError as error:
        code, message = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
        if code in _EXPIRED:
            raise _failed(f"the credentials have expired ({code})", "sign in again") from None
        if code in _REFUSED:
            raise _failed(
                f"the credentials are refused ({code}): {message}", "look at keys, clock and region"
            ) from None
        raise


def no_region() -> LiveError:
    """Nobody said which region is meant."""
    return _failed("no region is known", "give --region, or set AWS_REGION or the region of the profile")


def unreachable(error: BotoCoreError) -> LiveError:
    """There is no way to AWS."""
    return _failed(f"it cannot be reached: {error}", "look at the network, the region and AWS_ENDPOINT_URL")


def _failed(must: str, fix: str) -> LiveError:
    return LiveError(Problem(place="AWS", must=must, fix=fix))
