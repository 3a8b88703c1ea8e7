"""Addresses that let somebody else put one object, for a while and without credentials of his own."""

from dataclasses import replace
from functools import cache

from botocore.client import BaseClient

from service.facade.aws.clients import connect_s3
from service.settings import Settings


def presigned_put(settings: Settings, key: str, seconds: int, content_type: str | None) -> tuple[str, dict[str, str]]:
    """Where to PUT an object of the staging bucket, and the headers that the request has to have.

    The address is that of LOOKOUT_S3_PUBLIC_ENDPOINT_URL: the signature holds for its host, so it has to be the one
    that callers use.
    """
    headers = {"ContentType": content_type} if content_type else {}
    url = _signer(settings).generate_presigned_url(
        "put_object",
        Params={"Bucket": settings.staging_bucket, "Key": key, **headers},
        ExpiresIn=seconds,
        HttpMethod="PUT",
    )
    return url, {"Content-Type": content_type} if content_type else {}


@cache
def _signer(settings: Settings) -> BaseClient:
    public = settings.s3_public_endpoint_url or settings.s3_endpoint_url
    return connect_s3(replace(settings, s3_endpoint_url=public))
