// The score over time with its events: zoom, pan, ranges; it is drawn over the picture that came with the page.
import { layout, traces } from "./chart_figure.js";
import { onTheme, plotly } from "./chart_plotly.js";
import { name } from "./parts.js";

const HOURS = { "24h": 24, "7d": 168, "30d": 720, all: null };
const POINTS = 1000;
const CONFIG = { displayModeBar: false, responsive: true, scrollZoom: true, doubleClick: false, showTips: false };

/** Begin to draw; `select(id)` marks an event, `refresh()` fetches again, `onSelect(tell)` is told of clicks on events. */
export function beginScoreChart() {
  const state = { from: null, to: null, isLive: true, found: null, events: [], selected: "", tell: () => {}, asking: null };
  const plot = document.getElementById("score-plot");
  if (!plot) return { select() {}, refresh() {}, onSelect() {} };
  state.selected = new URLSearchParams(location.search).get("event") || "";
  state.range = new URLSearchParams(location.search).get("range") || "24h";
  takeRange(state);
  offerRanges(state);
  onTheme(() => state.found && draw(state));
  load(state);
  return {
    select: (id) => selectEvent(state, id),
    refresh: () => state.isLive && (takeRange(state), load(state)),
    onSelect: (tell) => (state.tell = tell),
  };
}

function takeRange(state) {
  const hours = HOURS[state.range];
  state.to = new Date();
  state.from = hours ? new Date(state.to - hours * 3600e3) : null;
}

function offerRanges(state) {
  document.getElementById("score").addEventListener("click", (event) => {
    const link = event.target.closest("a[data-range]");
    if (!link) return;
    event.preventDefault();
    Object.assign(state, { range: link.dataset.range, isLive: true });
    const address = new URL(location);
    address.searchParams.set("range", state.range);
    history.replaceState(null, "", address);
    for (const one of document.querySelectorAll("a[data-range]")) one.toggleAttribute("aria-current", false);
    link.setAttribute("aria-current", "true");
    takeRange(state);
    load(state);
  });
}

/** Fetch the scores and the events of the shown time; an answer that was overtaken by another question is dropped. */
async function load(state) {
  state.asking?.abort();
  const asking = (state.asking = new AbortController());
  const span = new URLSearchParams({ end_time: state.to.toISOString() });
  if (state.from) span.set("start_time", state.from.toISOString());
  const base = `/v1/schedulers/${name}`;
  const get = (path) => lookout.call(path, { signal: asking.signal }).then((answer) => answer.json());
  try {
    const [scores, events] = await Promise.all([
      get(`${base}/predictions?${span}&max_points=${POINTS}&contributors=0`),
      get(`${base}/events?${span}&limit=500&contributors=0`),
    ]);
    Object.assign(state, { found: scores.predictions, events: events.events });
    await draw(state);
  } catch (problem) {
    if (problem.name !== "AbortError") lookout.announce(`The chart cannot be drawn: ${problem.message}`, "bad");
  }
}

async function draw(state) {
  const Plotly = await plotly();
  const canvas = document.getElementById("score-canvas");
  const isFirst = !canvas.data;
  await Plotly.react(canvas, traces(state), layout(state), CONFIG);
  if (isFirst) attend(state, canvas);
  document.getElementById("score-plot").classList.add("is-drawn");
}

/** Zooming and panning fetch the time that is then shown; a click in an event shows that. */
function attend(state, canvas) {
  let timer = null;
  canvas.on("plotly_relayout", (change) => {
    const [from, to] = change["xaxis.range"] || [change["xaxis.range[0]"], change["xaxis.range[1]"]];
    if (!from || !to) return;
    Object.assign(state, { from: utc(from), to: utc(to), isLive: false });
    clearTimeout(timer);
    timer = setTimeout(() => load(state), 250);
  });
  canvas.on("plotly_click", ({ points }) => {
    const at = utc(points[0].x);
    const hit = state.events.find((event) => Date.parse(event.start_time) <= at && at <= Date.parse(event.end_time));
    if (hit) state.tell(hit.id);
  });
}

/** Plotly writes times without a zone; all of them are UTC. */
function utc(text) {
  return new Date(/Z$/.test(text) ? text : `${String(text).replace(" ", "T")}Z`);
}

/** Mark an event, and move to it where it lies outside of what is shown. */
function selectEvent(state, id) {
  if (state.selected === id) return;
  state.selected = id;
  const place = document.getElementById("readings");
  const [start, end] = place ? [new Date(place.dataset.start), new Date(place.dataset.end)] : [];
  const isOutside = start && state.from && (start < state.from || end > state.to);
  if (isOutside) {
    const around = Math.max(end - start, 6 * 3600e3);
    Object.assign(state, { from: new Date(start - around), to: new Date(+end + around), isLive: false });
    load(state);
  } else if (state.found) draw(state);
}
