// In the head, before anything is painted: the theme that somebody chose here, else the one of their system.
"use strict";
{
  let chosen = null;
  try {
    chosen = localStorage.getItem("lookout-theme");
  } catch {
    // Without storage the system's theme is shown.
  }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
}
