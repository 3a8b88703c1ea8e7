"""Uploads as tests send them."""

from service.facade.resources import Resources
from service.facade.usecases.uploads import accept_upload

WIDE = b"t,flow,pressure,speed\n2026-01-01T00:01:00,1,2,3\n2026-01-01T00:06:00,4,5,6\n"


def send(resources: Resources, scheduler: str, *contents: bytes, component: str | None = None) -> str:
    """Every content is a file of its own and comes in small blocks; the same may come again."""
    files = [
        (f"part{number}.csv", [content[at : at + 20] for at in range(0, len(content), 20)])
        for number, content in enumerate(contents)
    ]
    return accept_upload(resources, "default", scheduler, files, component, force=True).id
