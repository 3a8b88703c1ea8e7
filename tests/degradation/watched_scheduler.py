"""A scheduler with a past, and every kind of request that can be made about it."""

from dataclasses import dataclass
from uuid import uuid4

from eventual import eventually
from support.chaos.plant import BUCKET, WINDOW, new_scheduler
from support.chaos.rest import Answer, Change, Rest, json_change
from support.chaos.rounds import Field

CSV = b"timestamp,current\n2026-03-01T12:01:00Z,5.0\n2026-03-01T12:02:00Z,5.1\n"


@dataclass(frozen=True)
class Watched:
    """`operation`, `upload` and `replay` are ids of what was done with it."""

    name: str
    operation: str
    upload: str
    replay: str

    @property
    def of_the_engine(self) -> tuple[str, ...]:
        """What the engine has to be asked for."""
        here = f"/v1/schedulers/{self.name}"
        return ("/v1/schedulers", f"{here}/executions", "/v1/models", "/v1/models/model-c")

    @property
    def of_our_store(self) -> tuple[str, ...]:
        """What is in the facade's own database."""
        here = f"/v1/schedulers/{self.name}"
        return (
            f"{here}/predictions?limit=5",
            f"{here}/events",
            f"{here}/uploads",
            f"{here}/replays",
            f"{here}/imports",
            f"/v1/uploads/{self.upload}",
            f"/v1/operations/{self.operation}",
            f"/v1/replays/{self.replay}",
            "/v1/audit-log",
        )

    @property
    def reads(self) -> tuple[str, ...]:
        return (f"/v1/schedulers/{self.name}", *self.of_the_engine, *self.of_our_store)

    @property
    def upload_change(self) -> Change:
        return Change("POST", f"/v1/schedulers/{self.name}/uploads?component=motor", CSV, "text/csv")

    @property
    def writes(self) -> tuple[Change, ...]:
        """What leaves work behind. None of it is ever carried out: it is asked for while it is refused."""
        here = f"/v1/schedulers/{self.name}"
        return (
            json_change("POST", "/v1/schedulers", **new_scheduler(f"never-{uuid4().hex[:8]}", "model-b")),
            json_change("POST", f"{here}/start"),
            json_change("POST", f"{here}/stop"),
            json_change("DELETE", f"{here}?force=true"),
            json_change("POST", f"{here}/imports", bucket=BUCKET, prefix=f"{self.name}/out/"),
            self.upload_change,
        )


def watch(field: Field) -> Watched:
    """Make it, fill an hour of it, score that by a replay, and have the predictions collected."""
    calm, name = field.traffic(), "watched"
    operation = calm.take(json_change("POST", "/v1/schedulers", **new_scheduler(name, "model-e")))
    calm.see_off("operations", operation)
    upload = calm.see_off("uploads", calm.upload(name, field.present))
    base = field.present.start
    replay = calm.see_off("replays", calm.replay(name, base, base + 6 * WINDOW))
    predictions = f"/v1/schedulers/{name}/predictions"
    eventually(lambda: len(calm.rest.get_json(predictions)["predictions"]) == 30)
    return Watched(name, operation["id"], upload["id"], replay["id"])


def refused(rest: Rest, change: Change, status: int, slug: str) -> Answer:
    """The answer to a change, which has to be this refusal, and has to say when to come again."""
    answer = rest.send(change)
    assert (answer.status, answer.slug) == (status, slug), (change.method, change.path, answer)
    assert int(answer.headers["retry-after"]) > 0
    return answer


def fails(rest: Rest, path: str, status: int, slug: str) -> Answer:
    answer = rest.get(path)
    assert (answer.status, answer.slug) == (status, slug), (path, answer)
    assert int(answer.headers["retry-after"]) > 0
    return answer
