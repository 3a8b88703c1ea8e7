// The form with help: names that follow the model until somebody changes them, what the model reads, and an example.
"use strict";
{
  const form = document.getElementById("new");
  const field = (name) => form.elements[name];
  const SUGGESTED = {
    name: (model) => model,
    input_prefix: (model) => `${model}/input/`,
    output_prefix: (model) => `${model}/output/`,
  };
  const DELIMITERS = { none: "", space: " " };
  let component = "component";
  let before = field("model").value;

  /** Fill in what still is as it was suggested. */
  function suggest() {
    const model = field("model").value;
    for (const [name, suggestion] of Object.entries(SUGGESTED)) {
      const input = field(name);
      if (!input.value || input.value === suggestion(before)) input.value = suggestion(model);
    }
    before = model;
  }

  async function describe() {
    const model = field("model").value;
    const sensors = document.getElementById("sensors");
    sensors.textContent = "";
    if (!model) return;
    try {
      const found = await (await lookout.call(`/v1/models/${encodeURIComponent(model)}`)).json();
      if (model !== field("model").value) return;
      component = found.components?.[0]?.component_name || "component";
      sensors.textContent = `It reads ${said(found.components || [])}.`;
    } catch (error) {
      sensors.textContent = error.message;
    }
    showExample();
  }

  function said(components) {
    const sensors = components.reduce((sum, one) => sum + one.sensors.length, 0);
    const names = components.map((one) => one.component_name);
    const shown = names.length > 6 ? `${names.slice(0, 6).join(", ")}, …` : names.join(", ");
    return `${sensors} sensor${sensors === 1 ? "" : "s"} of ${names.length} component${names.length === 1 ? "" : "s"}: ${shown}`;
  }

  function showExample() {
    const stamps = { EPOCH: "1772369700", "yyyy-MM-dd-HH-mm-ss": "2026-03-01-12-55-00", yyyyMMddHHmmss: "20260301125500" };
    const delimiter = field("delimiter").value;
    const stamp = stamps[field("timestamp_format").value];
    document.getElementById("example").textContent = `${field("input_prefix").value}${component}${DELIMITERS[delimiter] ?? delimiter}${stamp}.csv`;
  }

  field("model").addEventListener("change", () => {
    suggest();
    describe();
  });
  form.addEventListener("input", showExample);
  form.addEventListener("submit", () => {
    const button = form.querySelector("button.main");
    setTimeout(() => (button.disabled = true));
  });
  addEventListener("pageshow", () => (form.querySelector("button.main").disabled = false));
  document.getElementById("summary")?.focus();
  describe();
  showExample();
}
