"""What ours is measured beside: scripts as one would write them first, run as programs in the peers' environment."""

import os
import subprocess
from pathlib import Path

from service.settings import Settings

PYTHON = Path(__file__).parents[3] / ".venv-detection" / "bin" / "python"


def said_by(settings: Settings, script: str, *arguments: str) -> list[list[float]]:
    """Run a script with the S3 of these settings; the numbers of each line that it prints."""
    environment = os.environ | {
        "AWS_ENDPOINT_URL_S3": settings.s3_endpoint_url,
        "AWS_ACCESS_KEY_ID": settings.aws_access_key_id,
        "AWS_SECRET_ACCESS_KEY": settings.aws_secret_access_key,
        "AWS_DEFAULT_REGION": settings.aws_region,
    }
    command = [PYTHON, Path(__file__).with_name(f"{script}.py"), *arguments]
    said = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    return [[float(number) for number in line.split()] for line in said.splitlines()]
