// Cards of the pipeline can be dragged.  Letting go over a column presses the card's button that leads there;
// where no button does, nothing happens.  Every button stands on the page without it.

const board = document.querySelector("[data-board]");

if (board) {
  const columns = [...board.querySelectorAll("[data-state]")];
  let held = null;

  const button = (column) => held?.querySelector(`[data-to="${column?.dataset.state}"]`);
  const over = (event) => event.target.closest("[data-state]");

  for (const card of board.querySelectorAll("[data-card]")) {
    if (!card.querySelector("[data-to]")) continue;
    card.draggable = true;
    // A link would be dragged by itself.
    for (const link of card.querySelectorAll("a")) link.draggable = false;
  }

  board.addEventListener("dragstart", (event) => {
    held = event.target.closest?.("[data-card]");
    event.dataTransfer.effectAllowed = "move";
    for (const column of columns) column.toggleAttribute("data-open", Boolean(button(column)));
  });
  board.addEventListener("dragover", (event) => {
    if (button(over(event))) event.preventDefault();
  });
  board.addEventListener("drop", (event) => {
    const pressed = button(over(event));
    if (!pressed) return;
    event.preventDefault();
    pressed.click();
  });
  board.addEventListener("dragend", () => {
    held = null;
    for (const column of columns) column.removeAttribute("data-open");
  });
}
