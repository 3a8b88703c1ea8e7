// What every page uses. Pages load it deferred, before scripts of their own, which find all this in `lookout`.
"use strict";

const lookout = (() => {
  const token = document.querySelector("meta[name=csrf-token]").content;
  const messages = document.getElementById("messages");

  /** Say something to everybody, those who cannot see it too. `kind`: "good", "bad" or nothing. */
  function announce(text, kind = "") {
    const note = document.createElement("p");
    note.className = `note ${kind}`;
    note.textContent = text;
    messages.replaceChildren(note);
  }

  /** Ask the REST API in the name of whoever is logged in. Resolves to the response; one that is no success rejects with
   * an Error of the problem's words, which has the response as `response` and the document as `problem`. */
  async function call(address, options = {}) {
    const headers = { Accept: "application/json", "X-CSRF-Token": token, ...options.headers };
    const response = await fetch(address, { ...options, headers });
    if (response.status === 401) location.assign(`/portal/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  async function problemOf(response) {
    const problem = await response.json().catch(() => ({ title: response.statusText }));
    return Object.assign(new Error(problem.detail || problem.title), { response, problem });
  }

  const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

  /** Such as "3 min ago" or "in 2 h", in the words of the server. */
  function since(moment) {
    const seconds = Math.round((moment - Date.now()) / 1000);
    const span = Math.abs(seconds);
    const [size, unit] = UNITS.find(([size]) => span >= size) || [1, "s"];
    const said = `${Math.floor(span / size)} ${unit}`;
    return seconds > 0 ? `in ${said}` : `${said} ago`;
  }

  function keepTimesFresh() {
    for (const time of document.querySelectorAll("time[data-since]")) {
      const said = since(Date.parse(time.dateTime));
      if (time.textContent !== said) time.textContent = said;
    }
  }

  function offerThemes() {
    const button = document.getElementById("theme");
    button.hidden = false;
    button.addEventListener("click", () => {
      const root = document.documentElement;
      const shown = root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
      root.dataset.theme = shown === "dark" ? "light" : "dark";
      try {
        localStorage.setItem("lookout-theme", root.dataset.theme);
      } catch {
        // It holds for this page then.
      }
      document.dispatchEvent(new CustomEvent("lookout:theme", { detail: root.dataset.theme }));
    });
  }

  offerThemes();
  keepTimesFresh();
  setInterval(keepTimesFresh, 15000);
  return { announce, call, since, keepTimesFresh };
})();
