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
const AGAIN_SECONDS = 60;

/** `scored` is called when there may be new scores. */
export function listen({ scored }) {
  document.getElementById("scheduler").addEventListener("part", (event) => event.detail === "executions" && scored());
  const hears = { scored, polling: null, last: "" };
  open(hears);
}

function open(hears) {
  const from = hears.last ? `&last_event_id=${encodeURIComponent(hears.last)}` : "";
  const stream = new EventSource(`/v1/stream?inference_scheduler_name=${name}${from}`);
  for (const [type, parts] of Object.entries(PARTS)) {
    stream.addEventListener(type, (event) => {
      hears.last = event.lastEventId;
      refresh(...parts);
      if (SCORES.includes(type)) hears.scored();
    });
  }
  stream.addEventListener("open", () => {
    clearInterval(hears.polling);
    hears.polling = null;
  });
  stream.addEventListener("error", () => fallBack(hears, stream));
}

/** Ask in turn until it is heard again. A stream that was refused is given up by the browser: begin another one, not
 * from where this one was, as that place may be what was refused. */
function fallBack(hears, stream) {
  hears.polling ??= setInterval(() => document.hidden || poll(hears.scored), POLL_SECONDS * 1000);
  if (stream.readyState !== EventSource.CLOSED) return;
  hears.last = "";
  setTimeout(() => open(hears), AGAIN_SECONDS * 1000);
}

function poll(scored) {
  refresh("state", "events", "executions", "uploads", "replays");
  scored();
}
