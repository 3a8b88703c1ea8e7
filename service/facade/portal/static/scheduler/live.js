// What happens to this scheduler, as it happens: the stream of notifications. Without it the parts are asked in turn.
import { name, refresh } from "./parts.js";

const PARTS = {
  "anomaly.opened": ["state", "events", "event"],
  "anomaly.closed": ["state", "events", "event"],
  "execution.failed": ["state", "executions"],
  "scheduler.status_changed": ["state", "next_runs"],
  "scheduler.stale": ["state"],
  "upload.finished": ["uploads"],
  "replay.finished": ["replays", "executions", "events", "state"],
};
const SCORES = ["anomaly.opened", "anomaly.closed", "replay.finished"];
const POLL_SECONDS = 30;

/** `scored` is called when there may be new scores. */
export function listen({ scored }) {
  document.getElementById("scheduler").addEventListener("part", (event) => event.detail === "executions" && scored());
  const stream = new EventSource(`/v1/stream?inference_scheduler_name=${name}`);
  for (const [type, parts] of Object.entries(PARTS)) {
    stream.addEventListener(type, () => {
      refresh(...parts);
      if (SCORES.includes(type)) scored();
    });
  }
  let polling = null;
  stream.addEventListener("open", () => {
    clearInterval(polling);
    polling = null;
  });
  stream.addEventListener("error", () => {
    polling ??= setInterval(() => document.hidden || poll(scored), POLL_SECONDS * 1000);
  });
}

function poll(scored) {
  refresh("state", "events", "executions", "uploads", "replays");
  scored();
}
