// A text field that holds several phrases, shown as chips.  The field itself stays and is what is
// sent, one phrase a line; without this script people write the lines themselves.

const PARTS = /[\n;]/;
const MOST = 20;

function phrases(text) {
  const parted = PARTS.test(text) ? text.split(PARTS) : text.split(/,(?!\d)/);
  return parted.map((one) => one.trim()).filter(Boolean);
}

export function chips(field, say) {
  if (field.dataset.chipped) return;
  field.dataset.chipped = "yes";
  const box = document.createElement("div");
  const list = document.createElement("ul");
  const input = document.createElement("input");
  box.className = "chips-input";
  input.type = "text";
  input.dir = "auto";
  input.autocomplete = "off";
  input.id = field.id;
  for (const name of ["aria-describedby", "aria-invalid", "list"]) {
    if (field.hasAttribute(name)) input.setAttribute(name, field.getAttribute(name));
  }
  field.removeAttribute("id");
  field.hidden = true;
  box.append(list, input);
  field.after(box);
  let held = phrases(field.value);

  function show() {
    list.replaceChildren(
      ...held.map((phrase, at) => {
        const chip = document.createElement("li");
        const button = document.createElement("button");
        chip.className = "chip";
        chip.append(phrase);
        button.type = "button";
        button.textContent = "×";
        button.setAttribute("aria-label", `${say}: ${phrase}`);
        button.addEventListener("click", () => {
          held.splice(at, 1);
          changed();
          input.focus();
        });
        chip.append(button);
        return chip;
      }),
    );
  }

  function write() {
    // What is still being typed is sent as well: nobody has to press Enter first.
    field.value = [...held, ...phrases(input.value)].join("\n");
  }

  function changed() {
    show();
    write();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function take() {
    const known = new Set(held.map((one) => one.toLowerCase()));
    for (const phrase of phrases(input.value)) {
      if (held.length < MOST && !known.has(phrase.toLowerCase())) held.push(phrase);
      known.add(phrase.toLowerCase());
    }
    input.value = "";
    changed();
  }

  // Phrases that another part of the page adds.
  field.addEventListener("chips:add", (event) => {
    const known = new Set(held.map((one) => one.toLowerCase()));
    held.push(...event.detail.filter((one) => !known.has(one.toLowerCase())).slice(0, MOST - held.length));
    changed();
  });
  input.addEventListener("keydown", (event) => {
    if ((event.key === "Enter" || event.key === ",") && input.value.trim() && !event.isComposing) {
      event.preventDefault();
      take();
    } else if (event.key === "Enter") {
      event.preventDefault();
    } else if (event.key === "Backspace" && !input.value && held.length) {
      input.value = held.pop();
      event.preventDefault();
      changed();
    }
  });
  input.addEventListener("input", (event) => {
    event.stopPropagation();
    if (PARTS.test(input.value)) take();
    else {
      write();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
  input.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text");
    if (!PARTS.test(text)) return;
    event.preventDefault();
    input.value += text;
    take();
  });
  input.addEventListener("blur", () => input.value.trim() && take());
  // The field keeps the focus while a chip is taken out: losing it would draw the chips anew
  // between the press and the click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  box.addEventListener("click", (event) => event.target === box && input.focus());
  show();
}
