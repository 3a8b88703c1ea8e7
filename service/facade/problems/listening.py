"""Those who look on and listen: webhooks, streams, charts and embeds."""

from service.facade.problems.problem import Problem


class WebhookNotFound(Problem, slug="webhook-not-found", title="No such webhook", status=404):
    """No webhook has this id. `GET /v1/webhooks` lists those of your team."""


class DeliveryNotFound(Problem, slug="delivery-not-found", title="No such delivery", status=404):
    """No delivery has this id, or it is older than 30 days. `GET /v1/webhooks/{id}/deliveries` lists those of a
    webhook."""


class MaintenanceWindowNotFound(
    Problem, slug="maintenance-window-not-found", title="No such maintenance window", status=404
):
    """No maintenance window has this id. `GET /v1/schedulers/{name}/maintenance-windows` lists those of a scheduler."""


class PlaceForgotten(
    Problem, slug="place-forgotten", title="What came after this place is not kept any more", status=410
):
    """Notifications are kept for a month, and some after this `Last-Event-ID` or `recorded_after` are gone. Begin
    without it, and look at the resources for what happened meanwhile."""


class TooManyStreams(
    Problem, slug="too-many-streams", title="No more streams can be listened to now", status=503, retryable=True
):
    """Each stream keeps a connection, and `LOOKOUT_MAX_STREAMS` of them are open, or three quarters of so many by your
    team. Try again after `Retry-After` seconds, or read `GET /v1/notifications` from time to time."""


class ChartsBusy(Problem, slug="charts-busy", title="Too many charts are being drawn", status=503, retryable=True):
    """A process draws one chart after the other, and as many wait for theirs as it lets. Try again after `Retry-After`
    seconds; charts that were drawn a moment ago are answered all the same."""


class EmbedNotFound(Problem, slug="embed-not-found", title="No such embed", status=404):
    """No embed has this id or token. `GET /v1/schedulers/{name}/embeds` lists the embeds of a scheduler; tokens are
    shown once, when an embed is made."""


class EmbedEnded(Problem, slug="embed-ended", title="The embed is not valid any more", status=410):
    """It was shown for as long as its maker had said, or it was revoked. Make a new one with
    `POST /v1/schedulers/{name}/embeds` and paste its snippet in place of the old one."""
