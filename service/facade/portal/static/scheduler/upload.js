// Uploads: dropped or chosen, sent with progress, followed until their report is there, and cancelled.
import { name, refresh } from "./parts.js";

/** Take over the upload form. */
export function enhanceUploads() {
  const form = document.getElementById("upload");
  if (!form) return;
  const drop = document.getElementById("drop");
  drop.querySelector(".for-drop").hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, [...document.getElementById("files").files]);
  });
  acceptDrops(drop, (files) => send(form, files));
}

function acceptDrops(drop, take) {
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    drop.classList.add("over");
  });
  addEventListener("dragleave", (event) => event.relatedTarget || drop.classList.remove("over"));
  addEventListener("drop", (event) => {
    drop.classList.remove("over");
    if (!carriesFiles(event)) return;
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
}

/** Send files to the REST route. XMLHttpRequest, because fetch tells no progress of what is sent. */
function send(form, files) {
  if (!files.length) return;
  const body = new FormData();
  for (const file of files) body.append("file", file, file.name);
  const request = new XMLHttpRequest();
  request.open("POST", `/v1/schedulers/${name}/uploads?${options(form)}`);
  request.setRequestHeader("X-CSRF-Token", document.querySelector("meta[name=csrf-token]").content);
  request.setRequestHeader("Accept", "application/json");
  const line = beginLine(files, () => request.abort());
  request.upload.addEventListener("progress", (event) => line.progress(event.loaded, event.total));
  request.upload.addEventListener("load", () => line.say("Sent; the beginning of each file is being checked…"));
  request.addEventListener("load", () => ended(form, request, line));
  request.addEventListener("error", () => line.end("The connection was lost. Send it again.", "bad"));
  request.addEventListener("abort", () => line.end("Cancelled; nothing was kept."));
  request.send(body);
}

function options(form) {
  const said = new FormData(form);
  const query = new URLSearchParams();
  for (const field of ["component", "time_zone", "dry_run"]) {
    const value = (said.get(field) || "").trim();
    if (value) query.set(field, value);
  }
  return query;
}

function ended(form, request, line) {
  let answer = {};
  try {
    answer = JSON.parse(request.responseText);
  } catch {
    // Something between us and the service has answered; the status says enough.
  }
  if (request.status >= 400) return line.end(answer.title || request.statusText, "bad", inWords(answer));
  form.reset();
  line.end(answer.notice || "Accepted; its report appears below when every row is checked.", "good");
  refresh("uploads");
}

/** What is wrong, place by place; the whole sentence where no place is named. */
function inWords(problem) {
  const places = (problem.errors || []).filter((one) => one.file || one.row);
  const told = places.slice(0, 10).map((one) => {
    const where = [one.file, one.row && `row ${one.row}`, one.column && `column ${one.column}`].filter(Boolean).join(", ");
    return `${where}: ${one.detail}`;
  });
  return told.length ? told : [problem.detail].filter(Boolean);
}

/** The line below the form that tells how far it is. */
function beginLine(files, cancel) {
  const [box, words, bar, button, errors] = ["", "-words", "-progress", "-cancel", "-errors"].map((end) => document.getElementById(`sending${end}`));
  const what = files.length === 1 ? files[0].name : `${files.length} files`;
  box.hidden = false;
  errors.hidden = true;
  box.classList.remove("bad");
  bar.hidden = button.hidden = false;
  bar.value = 0;
  button.onclick = cancel;
  words.textContent = `Sending ${what}…`;
  return {
    progress(sent, total) {
      bar.value = total ? sent / total : 0;
    },
    say(text) {
      words.textContent = text;
    },
    end(text, kind = "", places = []) {
      bar.hidden = button.hidden = true;
      errors.replaceChildren(...places.map((place) => Object.assign(document.createElement("li"), { textContent: place })));
      errors.hidden = !places.length;
      box.hidden = kind !== "bad";
      box.classList.toggle("bad", kind === "bad");
      if (kind === "bad") words.textContent = `${what}: ${text}`;
      else lookout.announce(`${what}: ${text}`, kind);
    },
  };
}
