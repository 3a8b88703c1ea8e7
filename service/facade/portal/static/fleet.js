// The fleet without reloads: filters as one types, sorts in place, starts and stops, and stays up to date by itself.
// All of it is the same page of the server, of which one part is put in the place of the old one.
"use strict";
{
  const POLL_MILLISECONDS = 30000;
  const QUIET_MILLISECONDS = 250;
  const fleet = document.getElementById("fleet");
  const filters = document.getElementById("filters");
  let asked = 0;
  let waiting = 0;

  /** Put what the server sends for an address in the place of what is shown; the newest question wins. What became of
   * a start or stop stays there while the table is refreshed. */
  async function show(address, options = {}, keepsOutcomes = false) {
    const mine = ++asked;
    const response = await fetch(address, { headers: { Accept: "text/html" }, ...options });
    if (response.redirected && new URL(response.url).pathname.endsWith("/login")) return location.assign(response.url);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("fleet");
    if (!fresh) throw new Error(page.querySelector("h1")?.textContent || response.statusText);
    if (mine !== asked) return;
    const chosen = picked();
    const focus = document.activeElement?.closest("#fleet") && describe(document.activeElement);
    const outcomes = keepsOutcomes && fleet.querySelector(".outcomes");
    fleet.replaceChildren(...(outcomes ? [outcomes] : []), ...fresh.childNodes);
    for (const box of boxes()) box.checked = chosen.has(box.value);
    if (focus) fleet.querySelector(focus)?.focus();
    prepare();
  }

  /** A selector that finds the same element in a fresh copy. */
  function describe(element) {
    for (const name of ["id", "data-sort", "href", "value"]) {
      if (element.hasAttribute(name)) return `[${name}="${CSS.escape(element.getAttribute(name))}"]`;
    }
    return null;
  }

  const boxes = () => [...fleet.querySelectorAll("input[name=scheduler]")];
  const picked = () => new Set(boxes().filter((box) => box.checked).map((box) => box.value));

  function prepare() {
    const all = document.getElementById("pick-all");
    if (all) {
      all.hidden = false;
      all.addEventListener("change", () => {
        for (const box of boxes()) box.checked = all.checked;
        count();
      });
    }
    lookout.keepTimesFresh();
    count();
  }

  /** What can be done with what is chosen. */
  function count() {
    const number = picked().size;
    const said = document.getElementById("picked");
    if (!said) return;
    said.textContent = number ? `${number} chosen` : "";
    for (const button of fleet.querySelectorAll("button[name=action]")) button.disabled = number === 0;
    const all = document.getElementById("pick-all");
    all.checked = number > 0 && number === boxes().length;
    all.indeterminate = number > 0 && !all.checked;
  }

  function filter() {
    const wanted = new URLSearchParams([...new FormData(filters)].filter(([, value]) => value && value !== "incident"));
    go(`/portal?${wanted}`);
  }

  function go(address) {
    history.replaceState(null, "", address);
    const wanted = new URL(address, location.href).searchParams;
    choose(filters.elements.sort, wanted.get("sort"));
    show(address).catch(() => location.assign(address));
  }

  /** Let the filters keep an order that a column gave, also one that they do not offer. */
  function choose(select, value) {
    if (!value) return;
    if (![...select.options].some((option) => option.value === value)) select.add(new Option("As in the table", value));
    select.value = value;
  }

  function soon(what, milliseconds) {
    clearTimeout(waiting);
    waiting = setTimeout(what, milliseconds);
  }

  function refresh() {
    if (document.visibilityState === "visible") show(location.href, {}, true).catch(() => {});
  }

  function listen() {
    const stream = new EventSource("/v1/stream");
    const types = ["anomaly.opened", "anomaly.closed", "execution.failed", "scheduler.status_changed", "scheduler.stale"];
    for (const type of types) stream.addEventListener(type, () => soon(refresh, 1000));
    stream.addEventListener("error", () => {  // refused for good: browsers try no more by themselves
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, POLL_MILLISECONDS);
    });
    addEventListener("pagehide", () => stream.close());
  }

  filters?.addEventListener("submit", (event) => {
    event.preventDefault();
    filter();
  });
  filters?.addEventListener("input", () => soon(filter, QUIET_MILLISECONDS));
  fleet.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-sort]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(link.href);
  });
  fleet.addEventListener("change", (event) => {
    if (event.target.name === "scheduler") count();
  });
  fleet.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = new URLSearchParams(new FormData(event.target, event.submitter));
    for (const button of fleet.querySelectorAll("button[name=action]")) button.disabled = true;
    for (const box of boxes()) box.checked = false;
    // `target.action` is a button of this name.
    show(event.target.getAttribute("action"), { method: "POST", body: form }).catch((error) => {
      lookout.announce(`That was not done: ${error.message}. Load the page anew and try again.`, "bad");
    });
  });
  if (filters) document.getElementById("filter").hidden = true;
  prepare();
  setInterval(refresh, POLL_MILLISECONDS);
  if (location.protocol.startsWith("http")) addEventListener("load", listen);
}
