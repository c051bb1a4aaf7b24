// The best partners beside the form, renewed while a person types; "preview" does it without this script.

const place = document.querySelector("[data-partners]");
const form = place && document.querySelector(place.dataset.partners || "form[data-listing]");
const PAUSE_MS = 500;
let waiting;
let running;
let last = "";

function typed() {
  const words = new FormData(form);
  for (const [name, value] of [...words]) if (value instanceof File) words.delete(name);
  return new URLSearchParams(words);
}

async function renew() {
  const words = typed();
  if (words.toString() === last) return;
  running?.abort();
  running = new AbortController();
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch("/post/partners", { method: "POST", body: words, signal: running.signal });
    // Logged out, or the server is away: what stands there stays, and so does what was typed.
    if (!answer.ok || answer.redirected) return;
    place.innerHTML = await answer.text();
    last = words.toString();
  } catch (error) {
    if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
  } finally {
    place.removeAttribute("aria-busy");
  }
}

if (form) {
  form.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(renew, PAUSE_MS);
  });
  form.addEventListener("change", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(renew, PAUSE_MS / 5);
  });
  if (form.elements.title?.value) renew();
}
