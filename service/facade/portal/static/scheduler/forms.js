// Forms that change something are sent without leaving the page; the parts they name are fetched anew.
import { refresh } from "./parts.js";

/** For every form with `data-parts`, also those that come later. A button with `data-plain` leads to another page. */
export function enhanceForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-parts]") || event.submitter?.hasAttribute("data-plain")) return;
    event.preventDefault();
    send(form, event.submitter);
  });
  document.addEventListener("keydown", closePops);
  document.addEventListener("click", closePops);
}

async function send(form, button) {
  if (button) button.disabled = true;
  try {
    const body = new URLSearchParams(new FormData(form, button));
    const answer = await lookout.call(form.action, { method: "POST", body, redirect: "manual" }).catch(passRedirect);
    lookout.announce(form.dataset.said || wordsOf(button), "good");
    form.closest("details.confirm")?.removeAttribute("open");
    document.activeElement?.blur();
    await refresh(...form.dataset.parts.split(" "));
    return answer;
  } catch (problem) {
    lookout.announce(problem.message, "bad");
  } finally {
    if (button) button.disabled = false;
  }
}

/** A form is answered with the way back to the page, which is not gone here. */
function passRedirect(problem) {
  if (problem.response?.type !== "opaqueredirect") throw problem;
}

function wordsOf(button) {
  return `${(button?.textContent || "Sent").trim()}: done.`;
}

/** What asks before something is done is closed by Escape, and by a click elsewhere. */
function closePops(event) {
  for (const pop of document.querySelectorAll("details.confirm[open]")) {
    const left = event.type === "click" ? !pop.contains(event.target) : event.key === "Escape";
    if (!left) continue;
    pop.open = false;
    if (event.type === "keydown") pop.querySelector("summary").focus();
  }
}
