// Conditions found in the texts of a listing's form: renewed as one writes, added by a click.
// Without it the buttons send the form, and the server does the same.

const TEXTS = /^(title|capabilities|summary|description|partner_sought|details-.*)$/;
const MOST_ROWS = 20;

export function found(form, { asker, emptyRow, bounds }) {
  const section = document.getElementById("found");
  const list = document.getElementById("found-list");
  const said = document.getElementById("found-said");
  section.querySelector("[data-find]").remove();

  function rows() {
    return [...list.querySelectorAll(".found-row")];
  }

  function tidy() {
    section.hidden = !rows().length && !section.contains(document.activeElement);
    const all = list.querySelector("[data-take-all]");
    if (all) all.hidden = rows().length < 2;
  }

  const look = asker(form.dataset.proposals, async (answer) => {
    const holder = document.createElement("div");
    holder.innerHTML = await answer.text();
    // Nobody loses the button under the finger: while somebody is at work here, it stays as it is.
    if (list.contains(document.activeElement)) return;
    list.replaceChildren(...holder.childNodes);
    const words = rows().length ? list.querySelector("[data-said]").dataset.said : "";
    if (said.textContent !== words) said.textContent = words;
    tidy();
  });

  function writeRow(item) {
    const row = emptyRow(MOST_ROWS);
    if (!row) return null;
    for (const name of ["criterion", "operator", "value", "value_to", "unit"]) {
      const value = item.getAttribute(`data-row-${name.replace("_", "-")}`);
      row.querySelector(`[name$="-${name}"]`).value = value;
    }
    row.querySelector('[name$="-hard"]').checked = item.querySelector('[name="must"]').checked;
    bounds(row);
    return row;
  }

  function writeField(item) {
    const { field, value } = item.dataset;
    const terms = item.dataset.terms.split("\n").filter(Boolean);
    const elements = [...form.querySelectorAll(`[name="${CSS.escape(field)}"]`)];
    for (const element of elements) {
      if (element.type === "checkbox") element.checked ||= terms.includes(element.value);
      else if (element.dataset.chipped) element.dispatchEvent(new CustomEvent("chips:add", { detail: terms }));
      else element.value = value;
    }
    if (field === "quantity_per_year") form.elements.quantity_unit.value = item.dataset.unit;
    return elements[0];
  }

  function take(item) {
    const written = item.dataset.field ? writeField(item) : writeRow(item);
    if (!written) return "";
    const fold = written.closest("details");
    if (fold) fold.open = true;
    const words = item.querySelector(".found-words").textContent.trim().replace(/\s+/g, " ");
    item.remove();
    (written.matches("[name]") ? written : written.querySelector("[name]")).dispatchEvent(
      new Event("input", { bubbles: true }),
    );
    return words;
  }

  function ignore(item) {
    const kept = document.createElement("input");
    kept.type = "hidden";
    kept.name = "ignored";
    kept.value = item.dataset.key;
    section.append(kept);
    item.remove();
  }

  // The focus goes on to the next proposal, or to the heading when there is none left.
  function goOn(at) {
    const left = rows();
    const next = left[Math.min(at, left.length - 1)]?.querySelector("[data-take]") ?? section.querySelector("h3");
    next.focus();
    tidy();
  }

  section.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take], [data-ignore], [data-take-all]");
    if (!button) return;
    event.preventDefault();
    const item = button.closest(".found-row");
    const at = item ? rows().indexOf(item) : 0;
    if (button.matches("[data-ignore]")) ignore(item);
    else {
      const words = (item ? [item] : rows()).map(take).filter(Boolean);
      said.textContent = words.length ? `${form.dataset.sayAdded} ${words.join("; ")}` : form.dataset.sayFull;
    }
    goOn(at);
  });

  return { look, concerns: (name) => TEXTS.test(name) };
}
