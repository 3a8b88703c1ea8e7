// <lookout-chart src="https://lookout.example.com/embed/…" label="Anomaly score of the feed pump"></lookout-chart>
//
// The chart of one scheduler, as wide as its place. Attributes: `src` and `label`, which says to those who do not see it
// what it shows; `height` in pixels (320), `theme` (light or dark; else the system's), `refresh` in seconds (30).
// A page with a Content-Security-Policy needs this service in its `script-src` and `img-src`.
(() => {
  "use strict";
  if (customElements.get("lookout-chart")) return;
  const STEP = 20; // pixels: a picture that fits nearly is drawn once for many places
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const styles = new CSSStyleSheet();
  styles.replaceSync(`
    :host { display: block; }
    :host([hidden]) { display: none; }
    img { display: block; width: 100%; height: auto; }
    p { margin: 0; padding: 1rem; font: 14px/1.45 system-ui, sans-serif; }
    [hidden] { display: none; }
  `);
  const within = (least, length, most) => Math.min(most, Math.max(least, Math.floor(length / STEP) * STEP));

  class LookoutChart extends HTMLElement {
    static observedAttributes = ["src", "label", "height", "theme", "refresh"];
    #image = new Image();
    #words = document.createElement("p");
    #sizes = new ResizeObserver(() => this.#draw());
    #themes = () => this.#draw();
    #timer;
    #last = "";

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [styles];
      this.#image.part = "image";
      this.#words.part = "words";
      this.#words.setAttribute("role", "status");
      this.#words.hidden = true;
      root.append(this.#image, this.#words);
      this.#image.addEventListener("load", () => this.#say(""));
      this.#image.addEventListener("error", () => this.#explain());
    }

    connectedCallback() {
      this.#sizes.observe(this);
      dark.addEventListener("change", this.#themes);
      this.#repeat();
    }

    disconnectedCallback() {
      this.#sizes.disconnect();
      dark.removeEventListener("change", this.#themes);
      clearInterval(this.#timer);
    }

    attributeChangedCallback() {
      this.#image.alt = this.getAttribute("label") ?? "Anomaly score";
      if (!this.isConnected) return;
      this.#repeat();
      this.#draw();
    }

    #repeat() {
      clearInterval(this.#timer);
      const seconds = Math.max(5, Number(this.getAttribute("refresh")) || 30);
      this.#timer = setInterval(() => document.hidden || this.#draw(Date.now()), 1000 * seconds);
    }

    #draw(at) {
      const src = this.getAttribute("src");
      if (!src || !this.clientWidth) return;
      const look = new URLSearchParams({
        theme: this.getAttribute("theme") ?? (dark.matches ? "dark" : "light"),
        width: within(160, this.clientWidth, 2400),
        height: within(100, Number(this.getAttribute("height")) || 320, 1600),
      });
      const wanted = `${src.replace(/\/$/, "")}/chart.svg?${look}`;
      if (at === undefined && wanted === this.#last) return;
      this.#last = wanted;
      this.#image.width = look.get("width");
      this.#image.height = look.get("height");
      this.#image.src = at === undefined ? wanted : `${wanted}&at=${at}`;
    }

    async #explain() {
      let detail = "This chart cannot be had at present.";
      try {
        detail = (await (await fetch(this.#last)).json()).detail ?? detail;
      } catch {} // this page may not ask, or nobody answers
      this.#say(detail);
    }

    #say(words) {
      this.#words.textContent = words;
      this.#words.hidden = !words;
      this.#image.hidden = Boolean(words);
    }
  }

  customElements.define("lookout-chart", LookoutChart);
})();
