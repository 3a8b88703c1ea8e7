// What the sensors of the selected event measured around it: a strip for each, all over the same time.
import { axis, colours, hover, literal, onTheme, plotly, usualGap, withGaps } from "./chart_plotly.js";
import { name } from "./parts.js";

const LEAST_AROUND = 30 * 60 * 1000;
const MOST_AROUND = 3 * 3600 * 1000;
const LONGEST = 16 * 3600 * 1000;
const STRIP = 84;
const CONFIG = { displayModeBar: false, responsive: true, doubleClick: "reset", showTips: false };
let shown = null; // { place, readings, from, to }

/** Fetch and draw the sensors that are ticked among the contributors. */
export async function drawReadings() {
  const place = document.getElementById("readings");
  if (!place || place.dataset.is) return;
  place.dataset.is = "begun";
  offerChoice();
  await load(place);
}

function offerChoice() {
  for (const box of document.querySelectorAll("input.pick")) {
    box.hidden = false;
    box.addEventListener("change", () => load(document.getElementById("readings")));
  }
}

async function load(place) {
  const sensors = [...document.querySelectorAll("input.pick:checked")].map((box) => box.value);
  const words = document.getElementById("readings-words");
  if (!sensors.length) return say(place, words, "Tick a sensor to see its values.");
  const { from, to, isCut } = around(place);
  const query = new URLSearchParams({ start_time: from.toISOString(), end_time: to.toISOString(), max_points: 400, sensors: sensors.join(",") });
  place.classList.add("busy");
  try {
    const answer = await (await lookout.call(`/v1/schedulers/${name}/readings?${query}`)).json();
    if (!place.isConnected) return;
    shown = { place, from, to, readings: sensors.map((one) => answer.readings.find((each) => each.name === one)).filter(Boolean) };
    words.textContent = [answer.warning, isCut ? "Only the beginning: the event is long." : "", inWords(shown.readings)].filter(Boolean).join(" ");
    await draw();
  } catch (problem) {
    say(place, words, problem.message);
  } finally {
    place.classList.remove("busy");
  }
}

/** The event and as much again before and after it, within bounds. */
function around(place) {
  const [start, end] = [Date.parse(place.dataset.start), Date.parse(place.dataset.end)];
  const margin = Math.min(MOST_AROUND, Math.max(LEAST_AROUND, (end - start) / 2));
  const from = start - margin;
  const wanted = Math.min(end + margin, Date.now());
  const to = Math.min(wanted, from + LONGEST);
  return { from: new Date(from), to: new Date(to), isCut: to < wanted };
}

function say(place, words, text) {
  if (window.Plotly && place.data) window.Plotly.purge(place);
  words.textContent = text;
}

/** For those who do not see the strips. */
function inWords(readings) {
  const figure = (value) => Number(value.toPrecision(4));
  const told = readings.filter((one) => one.values.length);
  if (!told.length) return "No values lie in the input files of this time.";
  return told.map((one) => `${one.sensor}: ${figure(Math.min(...one.values))} to ${figure(Math.max(...one.values))}`).join("; ") + ".";
}

async function draw() {
  const Plotly = await plotly();
  if (!shown?.place.isConnected) return;
  const { place, readings } = shown;
  place.style.minHeight = `${readings.length * STRIP + 24}px`;
  await Plotly.react(place, readings.map(strip), layout(), CONFIG);
}
onTheme(() => shown && draw());

function strip(series, at) {
  const colour = colours();
  const [x, y] = withGaps(series.timestamps, series.values, usualGap(series.timestamps, 60000));
  return {
    x, y, type: "scatter", mode: "lines", name: series.sensor, xaxis: "x", yaxis: at ? `y${at + 1}` : "y",
    line: { color: colour.series, width: 1.4 }, hovertemplate: `${literal(series.sensor)} %{y:.5~g}<extra></extra>`,
  };
}

function layout() {
  const { readings, from, to, place } = shown;
  const colour = colours(), count = readings.length;
  const axes = {};
  readings.forEach((_, at) => {
    const top = 1 - at / count;
    axes[at ? `yaxis${at + 1}` : "yaxis"] = axis(colour, { domain: [top - 1 / count + 0.035, top - 0.2 / count], nticks: 3, fixedrange: true });
  });
  return {
    ...axes,
    height: count * STRIP + 24,
    margin: { l: 48, r: 8, t: 2, b: 22 },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: getComputedStyle(document.body).fontFamily, color: colour.ink },
    hovermode: "x", hoverlabel: hover(colour), showlegend: false, dragmode: "zoom",
    xaxis: axis(colour, { type: "date", range: [from.toISOString(), to.toISOString()], anchor: count > 1 ? `y${count}` : "y", hoverformat: "%d %b %H:%M", tickformat: "%H:%M", nticks: 6 }),
    shapes: [{
      type: "rect", xref: "x", yref: "paper", y0: 0, y1: 1, x0: place.dataset.start, x1: place.dataset.end, layer: "below",
      fillcolor: colour.anomaly, opacity: 0.14, line: { width: 0 },
    }],
    annotations: readings.map((one, at) => ({
      text: literal(one.sensor), xref: "paper", x: 0, xanchor: "left", yref: "paper", y: 1 - at / count, yanchor: "top",
      showarrow: false, font: { size: 12, color: colour.soft },
    })),
  };
}
