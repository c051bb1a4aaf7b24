// Imports: a file that is too large is told before it travels, and progress moves by itself.
// Without it the server says the same, and the page loads itself anew.

const form = document.querySelector("form[data-limit-mb]");
if (form) {
  const file = form.elements.file;
  file.addEventListener("change", () => {
    const most = Number(form.dataset.limitMb) * 1_000_000;
    const large = file.files.length > 0 && file.files[0].size > most;
    let said = document.getElementById("file-large");
    if (!said) {
      said = document.createElement("p");
      said.id = "file-large";
      said.className = "error";
      said.setAttribute("role", "alert");
      file.before(said);
    }
    said.textContent = large ? form.dataset.tooLarge : "";
    file.setAttribute("aria-invalid", String(large));
    form.dataset.large = large ? "yes" : "";
  });
  form.addEventListener(
    "submit",
    (event) => {
      if (form.dataset.large !== "yes") return;
      event.preventDefault();
      file.focus();
    },
    { capture: true },
  );
}

const lookMs = 1500;
const patienceMs = 10_000;

async function look() {
  const live = document.querySelector("[data-progress] [data-live]");
  if (!live) return;
  let wait = lookMs;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.querySelector("[data-progress] [data-live]");
      if (!now) {
        location.reload();
        return;
      }
      live.replaceChildren(...now.childNodes);
    } else wait = patienceMs;
  } catch {
    // The line is away for a moment.
    wait = patienceMs;
  }
  setTimeout(look, document.hidden ? patienceMs : wait);
}
setTimeout(look, lookMs);
