// The parts of the page, fetched anew from where the page has them too. A part says itself when that is worth it.
const page = document.getElementById("scheduler");
const shown = new Map(); // the text of each part as it came last
const timers = new Map();
export const name = page.dataset.name;

/** Fetch parts anew and put what has changed in their places. */
export async function refresh(...parts) {
  await Promise.all(parts.map((part) => refreshOne(part).catch(() => later(part, 10000))));
}

/** Go on asking for the parts that say when they are due. */
export function keepFresh() {
  for (const place of document.querySelectorAll("[data-part]")) later(place.dataset.part, due(place));
  document.addEventListener("visibilitychange", () => document.hidden || refresh("state", "executions", "events"));
}

async function refreshOne(part) {
  clearTimeout(timers.get(part));
  const query = new URLSearchParams(location.search);
  query.delete("notice");
  const answer = await lookout.call(`/portal/schedulers/${name}/parts/${part}?${query}`, { headers: { Accept: "*/*" } });
  const text = await answer.text();
  const place = document.querySelector(`[data-part="${part}"]`);
  if (shown.get(part) !== text && !isInUse(place)) replace(part, place, text);
  later(part, due(place));
}

function replace(part, place, text) {
  const open = [...place.querySelectorAll("details[id]")].map((one) => [one.id, one.open]);
  const focus = place.contains(document.activeElement) ? handle(document.activeElement) : null;
  const fresh = document.createRange().createContextualFragment(text);
  place.replaceChildren(fresh);
  shown.set(part, text);
  for (const [id, isOpen] of open) {
    const details = document.getElementById(id);
    if (details) details.open = isOpen;
  }
  if (focus) place.querySelector(focus)?.focus({ preventScroll: true });
  lookout.keepTimesFresh();
  page.dispatchEvent(new CustomEvent("part", { detail: part }));
}

/** A form that somebody fills in is not taken away; the chart lives in its part and is drawn over. */
function isInUse(place) {
  if (place.dataset.part === "chart" && document.querySelector(".is-drawn")) return true;
  const field = document.activeElement;
  return place.contains(field) && field.matches("input:not([type=radio]):not([type=checkbox]), select, textarea") && field.value !== "";
}

function handle(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.dataset.event) return `[data-event="${element.dataset.event}"]`;
  return element.matches("summary") && element.parentElement.id ? `#${CSS.escape(element.parentElement.id)} > summary` : null;
}

function due(place) {
  return Number(place.firstElementChild?.dataset.refresh || 0);
}

function later(part, milliseconds) {
  clearTimeout(timers.get(part));
  if (milliseconds) timers.set(part, setTimeout(() => (document.hidden ? later(part, milliseconds) : refresh(part)), milliseconds));
}
