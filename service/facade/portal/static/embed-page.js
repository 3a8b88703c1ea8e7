// An embed in a frame: draws the chart as large as its place is, and asks for a fresh one from time to time.
(() => {
  "use strict";
  const STEP = 20; // pixels: a picture that fits nearly is drawn once for many frames
  const RETRY = 2000; // milliseconds; what cannot be had later leaves the picture as it is
  const figure = document.getElementById("chart");
  const image = new Image();
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const within = (least, length, most) => Math.min(most, Math.max(least, Math.floor(length / STEP) * STEP));
  let last = "";
  let asked = 0;
  let shown = 0;
  image.hidden = true;

  const theme = () => document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light");

  function draw(at) {
    const look = new URLSearchParams({
      title: "",
      theme: theme(),
      width: within(160, figure.clientWidth, 2400),
      height: within(100, figure.clientHeight, 1600),
    });
    if (at === undefined && String(look) === last) return;
    last = String(look);
    if (at !== undefined) look.set("at", at);
    const next = new Image();
    const number = ++asked;
    next.src = `${figure.dataset.address}?${look}`;
    next.decode().then(
      () => show(next.src, number),
      () => image.hidden && setTimeout(() => draw(Date.now()), RETRY),
    );
  }

  function show(address, number) {
    if (number < shown) return; // one that was asked for later came sooner
    shown = number;
    image.src = address;
    image.hidden = false;
  }

  function tell() {
    image.alt = document.getElementById("words").dataset.description;
  }

  async function refresh() {
    if (document.hidden) return;
    draw(Date.now());
    try {
      const answer = await fetch(location.href);
      if ([404, 410].includes(answer.status)) location.reload();
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("words");
      const words = document.getElementById("words");
      words.dataset.description = fresh.dataset.description;
      [...words.children].forEach((part, at) => {
        const now = fresh.children[at];
        part.className = now.className;
        if (part.innerHTML !== now.innerHTML) part.replaceChildren(...now.childNodes);
      });
      tell();
    } catch {} // a frame without an origin may not ask; the picture comes all the same
  }

  figure.replaceChildren(image);
  tell();
  new ResizeObserver(() => draw()).observe(figure);
  dark.addEventListener("change", () => draw());
  document.addEventListener("visibilitychange", refresh);
  setInterval(refresh, 1000 * figure.dataset.seconds);
})();
