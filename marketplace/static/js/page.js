// What makes every page pleasant; nothing here is needed to use one.

const themeChoice = document.querySelector("[data-theme-choice]");

function chosenTheme() {
  return document.documentElement.dataset.bsTheme ?? "auto";
}

function showTheme() {
  for (const button of themeChoice.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.theme === chosenTheme()));
  }
}

function chooseTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.bsTheme;
  else document.documentElement.dataset.bsTheme = theme;
  try {
    if (theme === "auto") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // Storage is switched off: the choice lasts for this page.
  }
  showTheme();
}

if (themeChoice) {
  themeChoice.hidden = false;
  showTheme();
  themeChoice.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) chooseTheme(button.dataset.theme);
  });
}

// A menu closes with Escape and with a click elsewhere.
for (const menu of document.querySelectorAll("details[data-menu]")) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

// After a refused form, reading starts at what is wrong.
document.getElementById("problems")?.focus();

// A second click on a slow line must not send a form twice; after a while it may, if nothing came.
// What is downloaded leaves the page as it is, so that nobody could tell when it has come.
const patienceMs = 8000;
for (const form of document.querySelectorAll("form[method=post]:not([data-download])")) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, patienceMs);
  });
}
// Coming back with the browser's own button finds the form ready.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
