// The charting library, fetched when a chart is first drawn, and what all charts have in common.
let library = null;

/** The library; the page is there and usable before it is. */
export function plotly() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = document.getElementById("scheduler").dataset.plotly;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error("The charting library did not come."));
    document.head.append(script);
  });
  return library;
}

/** What the style sheet's colours are in the theme that is shown. */
export function colours() {
  const probe = document.createElement("i");
  document.body.append(probe);
  const said = {};
  for (const name of ["ink", "soft", "line", "edge", "card", "series", "anomaly", "good", "warn"]) {
    probe.style.color = `var(--${name})`;
    said[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return said;
}

/** Call when another theme is shown. */
export function onTheme(draw) {
  document.addEventListener("lookout:theme", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

export function axis(colour, more) {
  return {
    gridcolor: colour.line, linecolor: colour.line, zerolinecolor: colour.line, tickcolor: colour.line,
    tickfont: { color: colour.soft, size: 12 }, automargin: false, ...more,
  };
}

export const hover = (colour) => ({ bgcolor: colour.card, bordercolor: colour.edge, font: { color: colour.ink, size: 12 } });

/** A name as it is, which Plotly would read as HTML and as a template: https://plotly.com/javascript/reference/. */
export const literal = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/%\{/g, "%&#123;");

/** Lines break where nothing was measured: points further apart than `gap` milliseconds are not joined. */
export function withGaps(times, values, gap) {
  const xs = [], ys = [];
  times.forEach((time, at) => {
    if (at && Date.parse(time) - Date.parse(times[at - 1]) > gap) {
      xs.push(times[at - 1]);
      ys.push(null);
    }
    xs.push(time);
    ys.push(values[at]);
  });
  return [xs, ys];
}

/** Five times the usual pause, and no less than `least` milliseconds. */
export function usualGap(times, least) {
  const pauses = times.slice(1).map((time, at) => Date.parse(time) - Date.parse(times[at])).sort((a, b) => a - b);
  return Math.max(least, 5 * (pauses[pauses.length >> 1] || 0));
}
