// What the chart of the score shows, in the words of the charting library.
import { axis, colours, hover, usualGap, withGaps } from "./chart_plotly.js";

const LEAST_GAP = 30 * 60 * 1000;
const STOPS = [
  { dtickrange: [null, 86400000 - 1], value: "%H:%M\n%d %b" },
  { dtickrange: [86400000, null], value: "%d %b\n%Y" },
];

/** The line of the scores that were found. */
export function traces(state) {
  const colour = colours();
  const times = state.found.map((one) => one.timestamp);
  const [x, y] = withGaps(times, state.found.map((one) => one.anomaly_score), usualGap(times, LEAST_GAP));
  const line = { color: colour.series, width: 1.5 };
  return [{ x, y, type: "scatter", mode: "lines", line, hovertemplate: "%{y:.3f}<extra></extra>", name: "score" }];
}

/** Axes and shapes: a band for each event, and the threshold. */
export function layout(state) {
  const colour = colours();
  const from = state.from || new Date(state.found[0]?.timestamp || state.to - 24 * 3600e3);
  return {
    margin: { l: 40, r: 12, t: 10, b: 40, pad: 0 },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: getComputedStyle(document.body).fontFamily, color: colour.ink },
    dragmode: matchMedia("(pointer: coarse)").matches ? "pan" : "zoom",
    hovermode: "x", hoverlabel: hover(colour), showlegend: false,
    xaxis: axis(colour, { type: "date", range: [from.toISOString(), state.to.toISOString()], hoverformat: "%d %b %H:%M", tickformatstops: STOPS }),
    yaxis: axis(colour, { range: [0, 1], fixedrange: true, tickvals: [0, 0.5, 1], ticktext: ["0", "0.5", "1"] }),
    shapes: [...state.events.map((event) => band(event, event.id === state.selected, colour)), threshold(colour)],
  };
}

function band(event, isSelected, colour) {
  return {
    type: "rect", xref: "x", yref: "paper", y0: 0, y1: 1, x0: event.start_time, x1: event.end_time, layer: "below",
    fillcolor: colour.anomaly, opacity: isSelected ? 0.26 : 0.14, line: { width: isSelected ? 1.5 : 0.8, color: colour.anomaly },
  };
}

function threshold(colour) {
  return { type: "line", xref: "paper", x0: 0, x1: 1, y0: 0.5, y1: 0.5, layer: "below", line: { color: colour.edge, width: 1, dash: "dash" } };
}
