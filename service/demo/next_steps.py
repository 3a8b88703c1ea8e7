"""What the demo prints last: where everything is, how to log in, and what to try."""

import sys
from pathlib import Path
from shlex import quote

from service.demo.key import FILE
from service.demo.story import BUCKET, FREE_MODEL, NAME, UNFED
from service.settings import Settings


def addresses(settings: Settings, address: str, key: str) -> str:
    """Where the parts of the service are, and the keys to them; `key` is empty where nobody needs one."""
    aws_key = f"AWS_ACCESS_KEY_ID={settings.aws_access_key_id} AWS_SECRET_ACCESS_KEY={settings.aws_secret_access_key}"
    return f"""
portal          {address}/portal   pages for people{"; log in with the API key" if key else ""}
REST API        {address}/v1       every route, to try out: {address}/docs
{_about(key, settings)}
engine          {settings.lookoutequipment_endpoint_url}          for boto3: AWS_ENDPOINT_URL_LOOKOUTEQUIPMENT
S3              {settings.s3_endpoint_url}          for boto3: AWS_ENDPOINT_URL_S3; the demo's bucket is {BUCKET}
credentials     {aws_key} AWS_DEFAULT_REGION={settings.aws_region}
"""


def to_try(settings: Settings, address: str, key: str) -> str:
    """Commands to copy, in the shell's own words."""
    lookout = quote(_short(Path(sys.executable).with_name("lookout")))
    curl = 'curl -H "Authorization: Bearer $LOOKOUT_API_KEY"' if key else "curl"
    opened_by = f" LOOKOUT_API_KEY=$(cat {quote(str(settings.data_path / FILE))})" if key else ""
    return f"""\
In another terminal (README.md and docs/ go on from here):

  export LOOKOUT_API_URL={address}{opened_by}
  {lookout} events {NAME}
  {lookout} predictions {NAME} --follow
  {curl} "$LOOKOUT_API_URL/v1/schedulers/{NAME}/predictions?only=anomalies&contributors=3&limit=5"
  {curl} "$LOOKOUT_API_URL/v1/schedulers/{UNFED}/executions?limit=1"

{NAME} is fed: each window is uploaded ahead of time, and an execution succeeds at the next five-minute boundary.
{UNFED} is not, on purpose: its executions fail and say which files they looked for.
{FREE_MODEL} is a trained model without a scheduler, for one that you create.
"""


def ready(address: str, key: str) -> str:
    """The last line: from now on it serves."""
    return f"ready: {address}/portal ({'log in with the API key above; ' if key else ''}Ctrl-C ends everything)"


def _about(key: str, settings: Settings) -> str:
    if not key:
        return "API key         none is needed: LOOKOUT_AUTH is off"
    kept = settings.data_path / FILE
    return f"API key         {key}\n                team {settings.default_team}, every scope; kept in {kept}"


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
