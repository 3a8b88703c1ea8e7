"""The S3 clients of this process, and whether a bucket can be used."""

from dataclasses import dataclass

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from service.facade.aws.clients import FOR_READS, connect_s3
from service.facade.aws.puts import ObjectPuts, connect_puts
from service.facade.aws.s3_faults import storage_faults
from service.settings import Settings


@dataclass(frozen=True)
class Buckets:
    """`client` is thread-safe and shared; wrap calls on it in `storage_faults(bucket, key)`. So is `quick`, which gives
    up sooner: somebody waits for what it reads. `puts` is for whole objects that are small and many."""

    client: BaseClient
    quick: BaseClient
    staging_bucket: str
    puts: ObjectPuts

    def check(self, bucket: str) -> None:
        """Raise StorageRefused or StorageUnavailable when the bucket cannot be used."""
        with storage_faults(bucket):
            self.quick.head_bucket(Bucket=bucket)

    def names(self) -> list[str]:
        """The buckets that our credentials list. Raises like `check`."""
        with storage_faults("*"):
            return [bucket["Name"] for bucket in self.quick.list_buckets()["Buckets"]]

    def ensure_staging(self) -> None:
        """Create the bucket of staged uploads where it is missing. Raises like `check`."""
        bucket = self.staging_bucket
        with storage_faults(bucket):
            try:
                self.client.head_bucket(Bucket=bucket)
            except ClientError as error:
                if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
                    raise
                self._create(bucket)

    def _create(self, bucket: str) -> None:
        region = self.client.meta.region_name
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        self.client.create_bucket(Bucket=bucket, **where)


def connect_buckets(settings: Settings) -> Buckets:
    client = connect_s3(settings)
    return Buckets(client, connect_s3(settings, FOR_READS), settings.staging_bucket, connect_puts(settings, client))
