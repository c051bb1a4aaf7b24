// Runs before the first paint, so that a chosen theme does not flash.  Without it the style sheet
// follows the device.
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.bsTheme = chosen;
} catch {
  // Storage is switched off: the device decides.
}
