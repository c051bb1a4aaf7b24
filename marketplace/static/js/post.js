// The form of a listing: partners and sectors renewed as one types, drafts saved by themselves.
// Without it the page works with its buttons.

import { chips } from "./chips.js";
import { found } from "./found.js";

const form = document.getElementById("listing-form");
const partners = document.getElementById("partners");
const status = document.getElementById("autosave");
const sectors = document.getElementById("sectors-proposed");
const say = form.dataset;
const LOOK_MS = 600;
const SAVE_MS = 2500;

document.documentElement.classList.add("scripted");
document.querySelector("[data-preview]")?.remove();

function prepare(root) {
  for (const field of root.querySelectorAll("[data-chips]")) chips(field, say.sayRemove);
}

// Files stay on this side until the form is really sent.
function typed() {
  const data = new FormData(form);
  data.delete("files");
  return new URLSearchParams([...data].filter(([, value]) => typeof value === "string"));
}

function ask(address, signal) {
  return fetch(address, { method: "POST", body: typed(), signal, credentials: "same-origin" });
}

// Only the last question counts: an answer that comes late is thrown away.
function asker(address, show) {
  let running;
  return async () => {
    running?.abort();
    running = new AbortController();
    try {
      const answer = await ask(address, running.signal);
      if (answer.ok) await show(answer);
    } catch (error) {
      if (error.name !== "AbortError") console.warn(error);
    }
  };
}

function enough() {
  return form.elements.title.value.trim().length > 2 || form.elements.capabilities.value.trim().length > 2;
}

const showPartners = asker(say.partners, async (answer) => {
  const heading = partners.querySelector("h2");
  const holder = document.createElement("div");
  holder.innerHTML = await answer.text();
  partners.replaceChildren(heading, ...holder.childNodes);
});

const showSectors = asker(say.sectors, async (answer) => {
  const found = (await answer.json()).sectors;
  const fieldset = sectors.querySelector("fieldset");
  const choices = fieldset.querySelector(".choices");
  const ticked = new Set([...choices.querySelectorAll("input:checked")].map((box) => box.value));
  for (const choice of [...choices.children]) {
    if (!choice.querySelector("input:checked")) choice.remove();
  }
  for (const { code, title } of found) {
    if (ticked.has(code)) continue;
    const holder = document.createElement("div");
    const box = document.createElement("input");
    const label = document.createElement("label");
    holder.className = "form-check";
    box.className = "form-check-input";
    label.className = "form-check-label";
    box.type = "checkbox";
    box.name = "sectors";
    box.value = code;
    box.id = label.htmlFor = `sector-${code}`;
    label.append(`${code} · ${title}`);
    holder.append(box, " ", label);
    choices.append(holder);
  }
  fieldset.hidden = !choices.children.length;
});

const showFields = asker(say.fields, async (answer) => {
  const details = document.getElementById("details");
  details.innerHTML = await answer.text();
  prepare(details);
});

let saving = Promise.resolve();

async function save() {
  if (!say.autosave || form.elements.title.value.trim().length < 3 || form.dataset.sent) return;
  try {
    const answer = await ask(say.autosave);
    const kept = await answer.json();
    status.textContent = kept.saved ? say.saySaved : (kept.message ?? say.sayUnsaved);
    if (!kept.saved) return;
    form.elements.reference.value = kept.reference;
    form.elements.version.value = kept.version;
    form.action = `/me/listings/${kept.reference}/edit`;
    history.replaceState(null, "", form.action);
  } catch (error) {
    console.warn(error);
  }
}

const waiting = {};

function later(name, ms, act) {
  clearTimeout(waiting[name]);
  waiting[name] = setTimeout(act, ms);
}

function touched(event) {
  const name = event.target.name ?? "";
  later("save", SAVE_MS, () => (saving = saving.then(save)));
  if (proposals.concerns(name)) later("proposals", LOOK_MS, proposals.look);
  if (!enough()) return;
  later("partners", LOOK_MS, showPartners);
  if (["title", "capabilities", "summary"].includes(name)) later("sectors", LOOK_MS, showSectors);
}

function chosen(event) {
  if (event.target.name !== "side" && event.target.name !== "kind") return;
  const { side, kind } = form.elements;
  document.getElementById("meaning").textContent = document.getElementById("meaning").getAttribute(`data-${side.value}-${kind.value}`);
  showFields();
  proposals.look();
}

// The second bound is shown only where it is asked for.
function bounds(row) {
  const between = row.querySelector(".cell-operator select").value === "between";
  row.querySelector(".cell-to").classList.toggle("needed", between);
}

function newRow() {
  const rows = document.getElementById("requirement-rows");
  const row = rows.lastElementChild.cloneNode(true);
  const number = rows.children.length;
  for (const part of row.querySelectorAll("[name], [for], [id]")) {
    for (const name of ["name", "for", "id"]) {
      const old = part.getAttribute(name);
      if (old) part.setAttribute(name, old.replace(/requirements-\d+/, `requirements-${number}`));
    }
    if (part.type === "checkbox") part.checked = false;
    else if ("value" in part && part.name) part.value = part.name.endsWith("weight") ? "1" : "";
  }
  for (const error of row.querySelectorAll(".error")) error.remove();
  rows.append(row);
  bounds(row);
  return row;
}

// The first row in which nothing is written, or a new one while one fits.
function emptyRow(most) {
  const rows = [...document.querySelectorAll(".requirement-row")];
  const filled = (row) => ["criterion", "value", "evidence"].some((name) => row.querySelector(`[name$="-${name}"]`).value);
  return rows.find((row) => !filled(row)) ?? (rows.length < most ? newRow() : null);
}

const proposals = found(form, { asker, emptyRow, bounds });

form.addEventListener("input", touched);
form.addEventListener("change", (event) => {
  chosen(event);
  const row = event.target.closest(".requirement-row");
  if (row) bounds(row);
});
form.addEventListener("click", (event) => {
  if (!event.target.closest("[data-add-row]")) return;
  event.preventDefault();
  newRow().querySelector("select").focus();
});

// A draft that is just being saved is waited for; its answer belongs to what is sent.
let ready = false;
document.addEventListener(
  "submit",
  (event) => {
    if (event.target !== form || ready) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    for (const name of Object.keys(waiting)) clearTimeout(waiting[name]);
    const button = event.submitter;
    // A new task: while this event is being dealt with, the browser ignores another submission.
    const send = () => {
      ready = true;
      form.requestSubmit(button);
    };
    saving.finally(() => setTimeout(send));
  },
  { capture: true },
);
window.addEventListener("pageshow", () => (ready = false));

prepare(form);
for (const row of document.querySelectorAll(".requirement-row")) bounds(row);
if (enough()) showPartners();
proposals.look();
