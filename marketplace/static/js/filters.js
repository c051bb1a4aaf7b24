// A filter takes effect when it is chosen; without this script the button under the filters does it.

const form = document.querySelector("form[data-filters]");
const wide = window.matchMedia("(min-width: 62rem)");
let running;

function open(root) {
  for (const button of root.querySelectorAll("[data-without-script]")) button.hidden = true;
  if (!wide.matches) return;
  for (const group of root.querySelectorAll("details[data-wide]")) group.open = true;
}

async function show(address) {
  running?.abort();
  running = new AbortController();
  const found = document.querySelector("[data-found]");
  found.setAttribute("aria-busy", "true");
  let page;
  try {
    const answer = await fetch(address, { signal: running.signal });
    if (!answer.ok) throw new Error(answer.statusText);
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch (error) {
    if (error.name !== "AbortError") window.location.assign(address);
    return;
  }
  const focused = document.activeElement?.id;
  const unfolded = [...found.querySelectorAll("details")].map((group) => group.open);
  const fresh = page.querySelector("[data-found]");
  found.replaceWith(fresh);
  fresh.querySelectorAll("details").forEach((group, at) => {
    if (unfolded[at]) group.open = true;
  });
  open(fresh);
  document.querySelector("[data-say]").textContent = fresh.querySelector("#results").textContent;
  if (focused) document.getElementById(focused)?.focus();
  window.history.replaceState(null, "", address);
}

if (form) {
  open(document);
  document.addEventListener("change", (event) => {
    if (event.target.form !== form || event.target.type === "search") return;
    const words = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) words.append(name, value);
    show(`${form.getAttribute("action")}?${words}`);
  });
}
