// Which event is shown: chosen in the list, in the chart, or by the address; with the arrow keys too.
import { refresh } from "./parts.js";

/** `shown` are called with the id of the event ("" for none) when its part stands in the page. */
export function beginSelection({ shown }) {
  const current = () => new URLSearchParams(location.search).get("event") || "";

  async function select(id, { remember = true, focus = false } = {}) {
    const address = new URL(location);
    address.searchParams.set("event", id);
    address.searchParams.delete("notice");
    address.hash = "";
    if (remember && id !== current()) history.pushState(null, "", address);
    mark(id);
    await refresh("event");
    for (const tell of shown) tell(id);
    if (focus) document.getElementById("event").focus({ preventScroll: false });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-event]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    select(link.dataset.event, { focus: link.closest(".badges") !== null });
  });
  document.addEventListener("keydown", walk);
  addEventListener("popstate", () => select(current(), { remember: false }));
  document.getElementById("scheduler").addEventListener("part", ({ detail }) => {
    if (detail === "events") mark(current());
    if (detail === "event") shown.forEach((tell) => tell(current()));
  });
  return { current, select };
}

function mark(id) {
  for (const link of document.querySelectorAll("#event-list a[data-event]")) {
    if (link.dataset.event === id) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

const STEPS = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

/** Up and down through the list; Enter follows the link, as everywhere. */
function walk(event) {
  const link = event.target.closest?.("#event-list a[data-event]");
  if (!link || !(event.key in STEPS)) return;
  event.preventDefault();
  const links = [...document.querySelectorAll("#event-list a[data-event]")];
  const at = links.indexOf(link) + STEPS[event.key];
  links[Math.min(links.length - 1, Math.max(0, at))].focus();
}
