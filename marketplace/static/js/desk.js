// Keys on the worklist.  Every key presses a button or opens what stands on the page, and can be switched off.

const list = document.querySelector("[data-matters]");
const panel = document.querySelector("[data-keys]");
const STORED = "desk-keys";

function stored() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

function remember(on) {
  try {
    localStorage.setItem(STORED, on ? "on" : "off");
  } catch {
    // Storage is switched off: the choice lasts for this page.
  }
}

// Whether the page before was left by an act in the list; and note whether this one is.
function goOn(by) {
  try {
    const before = sessionStorage.getItem(STORED) === "next";
    if (by) sessionStorage.setItem(STORED, "next");
    else sessionStorage.removeItem(STORED);
    return before;
  } catch {
    return false;
  }
}

if (list && panel) {
  const matters = [...list.querySelectorAll("[data-matter]")];
  const toggle = panel.querySelector("[data-keys-switch]");
  let on = stored() !== "off";

  const show = () => {
    toggle.setAttribute("aria-pressed", String(on));
    for (const key of list.querySelectorAll(".key")) key.hidden = !on;
  };
  const current = () => matters.findIndex((matter) => matter.contains(document.activeElement));
  const step = (by) => {
    const at = current();
    const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), matters.length - 1);
    matters[next].focus();
    matters[next].scrollIntoView({ block: "nearest" });
  };
  const press = (key) => {
    const matter = matters[current()];
    const target = matter?.querySelector(`[data-key="${key}"]`);
    if (!target) return false;
    if (target.tagName === "SUMMARY") {
      const fold = target.parentElement;
      fold.open = !fold.open;
      (fold.open ? fold.querySelector("select") : target).focus();
    } else target.click();
    return true;
  };

  panel.hidden = false;
  show();
  toggle.addEventListener("click", () => {
    on = !on;
    remember(on);
    show();
  });
  list.addEventListener("submit", () => goOn(true));
  document.addEventListener("keydown", (event) => {
    if (!on || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const key = event.key.toLowerCase();
    if (key === "j") step(1);
    else if (key === "k") step(-1);
    else if (!press(key)) return;
    event.preventDefault();
  });
  // After an act the next matter is at hand, with what was done still in sight above it.
  if (goOn(false) && on && matters.length) matters[0].focus({ preventScroll: true });
}
