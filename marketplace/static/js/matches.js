// Choosing "another reason" makes the words needed; the server asks for them all the same.

for (const group of document.querySelectorAll("details[data-dismiss]")) {
  const reason = group.querySelector("select");
  const text = group.querySelector("input[type=text]");
  const show = () => {
    text.required = reason.value === "other";
  };
  reason.addEventListener("change", () => {
    show();
    if (text.required) text.focus();
  });
  group.addEventListener("toggle", () => {
    if (group.open) reason.focus();
  });
  show();
}
