// The toolbar of an editor: what its buttons do, which are pressed, and the arrow keys between them.

/** What every editor can do, by the name in `data-do`. */
export const commands = {
  paragraph: (chain) => chain.setParagraph().run(),
  heading: (chain, button) => chain.toggleHeading({ level: Number(button.dataset.level) }).run(),
  bold: (chain) => chain.toggleBold().run(),
  numbered: (chain) => chain.toggleOrderedList().run(),
  bullets: (chain) => chain.toggleBulletList().run(),
  table: (chain) => chain.insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run(),
  row: (chain) => chain.addRowAfter().run(),
  column: (chain) => chain.addColumnAfter().run(),
  noRow: (chain) => chain.deleteRow().run(),
  noColumn: (chain) => chain.deleteColumn().run(),
  noTable: (chain) => chain.deleteTable().run(),
  undo: (chain) => chain.undo().run(),
  redo: (chain) => chain.redo().run(),
};

const shown = (bar) => [...bar.querySelectorAll("button")].filter((button) => button.offsetParent);

/** Let the buttons of `bar` do what `does` says by their names; Escape goes back to the text, Alt F10 comes from it. */
export function listen(bar, editor, does) {
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) does[button.dataset.do](editor.chain().focus(), button);
  });
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "Escape") editor.commands.focus();
    if (!step) return;
    const all = shown(bar);
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
  });
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.key !== "F10") return;
    event.preventDefault();
    shown(bar)[0]?.focus();
  });
}

/** Show which buttons are pressed where the cursor is; `more`: those of this editor alone. */
export function show(bar, editor, more = {}) {
  const active = {
    paragraph: editor.isActive("paragraph") && !editor.isActive("listItem"),
    bold: editor.isActive("bold"),
    numbered: editor.isActive("orderedList"),
    bullets: editor.isActive("bulletList"),
    ...more,
  };
  bar.querySelectorAll("[data-do]").forEach((button) => {
    const name = button.dataset.do;
    const on = name === "heading" ? editor.isActive("heading", { level: Number(button.dataset.level) }) : active[name];
    if (on !== undefined) button.setAttribute("aria-pressed", String(on));
    if (name === "undo" || name === "redo") button.disabled = !editor.can()[name]();
  });
  const inTable = bar.querySelector(".in-table");
  if (inTable) inTable.hidden = !editor.isActive("table");
}
