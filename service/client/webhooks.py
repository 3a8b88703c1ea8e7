"""`lookout webhooks …`"""

from typing import Any

import click

from service.client.outcomes import ended_in_failure
from service.client.session import Session, rest_command
from service.client.times import shown
from service.client.waiting import no_steps, until_ended


@click.group
def webhooks() -> None:
    """List, create, test and delete webhooks: addresses that are told what happens."""


@webhooks.command("list")
@rest_command
def list_(session: Session) -> None:
    """List the webhooks of your team."""
    found = list(session.rest.pages("/v1/webhooks", "webhooks", limit=500))
    columns = ("id", "state", "url", "told of", "of", "failing since (UTC)")
    session.show({"webhooks": found}, lambda _: session.screen.table(columns, map(_row, found)))


@webhooks.command
@click.argument("url")
@click.option("--type", "types", multiple=True, metavar="TYPE", help="Such as anomaly.opened; everything if left out.")
@click.option("--scheduler", "names", multiple=True, metavar="NAME", help="Of this one; of all if left out.")
@click.option("--description", default="", metavar="TEXT", help="For people.")
@rest_command
def create(session: Session, url: str, types: tuple[str, ...], names: tuple[str, ...], description: str) -> None:
    """Have an address told of what happens. Prints the secret that signs the calls, this once."""
    wanted = {"url": url, "types": list(types) or None, "inference_scheduler_names": list(names) or None}
    made = session.rest.post("/v1/webhooks", {**wanted, "description": description})
    if session.as_json:
        session.screen.json(made)
        return
    session.screen.note(f"Webhook {made['id']} is there. Keep its secret now: it is not shown again.")
    session.screen.line(made["secret"])


@webhooks.command
@click.argument("id")
@rest_command
def test(session: Session, id: str) -> None:
    """Call a webhook once, and say what it answered."""
    begun = session.rest.post(f"/v1/webhooks/{id}/test")
    ended = until_ended(session, f"test of {id}", f"/v1/deliveries/{begun['id']}", begun, no_steps)
    session.show(ended, lambda delivery: session.screen.line(_answer(delivery)))
    if ended["status"] != "succeeded":
        raise ended_in_failure(f"The test of {id} {ended['status']}", None)


@webhooks.command
@click.argument("id")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@rest_command
def delete(session: Session, id: str, yes: bool) -> None:
    """Delete a webhook and what is known of its deliveries."""
    session.confirm(f"Delete the webhook {id}?", yes)
    session.rest.delete(f"/v1/webhooks/{id}")
    session.done(f"Webhook {id} is deleted.")


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    state = "enabled" if one["enabled"] else f"disabled: {one['disabled_reason'] or 'by request'}"
    told, names = one["types"] or "everything", one["inference_scheduler_names"] or "all schedulers"
    return one["id"], state, one["url"], told, names, shown(one["failing_since"])


def _answer(delivery: dict[str, Any]) -> str:
    if not delivery["attempts"]:
        return "It was not called."
    last = delivery["attempts"][-1]
    said = (last["error"] or f"The receiver answered {last['status_code']}.").rstrip(".")
    return f"{said}, after {last['latency_ms']} ms."
