// The editor of reports: ProseMirror, whose figures are atoms that the server writes. Nothing is computed here; what a
// figure reads, and which numbers were typed by hand, the server says after each save.
import {
  Bold, BulletList, Document, Dropcursor, Editor, Extension, Gapcursor, HardBreak, Heading, History, ListItem, Node,
  OrderedList, Paragraph, Plugin, Table, TableCell, TableHeader, TableRow, Text, pm,
} from "../django_prose_editor/editor.js";

const PAUSE = 1500;
const RETRY = 8000;
const PLACE = ["figure", "form", "unit", "person", "period"];
const LISTING = ["rows", "unit", "person", "period", "item", "separator", "at-most", "empty"];

const $ = (selector, root = document) => root.querySelector(selector);
const strings = JSON.parse($("#editor-strings").textContent);
const frame = $("#editor");
const place = $("#editor-text");
const bar = $(".editor-bar");
const say = (name, values = {}) => strings[name].replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? "");

// What the ledger writes --------------------------------------------------------------------------------------------

function told(names) {
  return Object.fromEntries(names.map((name) => [name, {
    default: "",
    parseHTML: (element) => element.getAttribute(`data-${name}`) ?? "",
    renderHTML: (attributes) => ({ [`data-${name}`]: attributes[name] }),
  }]));
}

const words = { text: { default: "", parseHTML: (element) => element.textContent, renderHTML: () => ({}) } };

const Figure = Node.create({
  name: "figure", group: "inline", inline: true, atom: true, selectable: true, draggable: true,
  addAttributes: () => ({ ...told(PLACE), ...words }),
  parseHTML: () => [{ tag: "span[data-figure]" }],
  renderHTML: ({ node, HTMLAttributes }) => ["span", {
    ...HTMLAttributes, class: "chip", role: "button", "aria-label": say("figure", { text: node.attrs.text }),
  }, node.attrs.text],
  renderText: ({ node }) => node.attrs.text,
  addKeyboardShortcuts() {
    const ask = () => {
      const chosen = this.editor.state.selection.node;
      return chosen?.type.name === "figure" && (why(chosen.attrs), true);
    };
    return { Enter: ask, Space: ask };
  },
});

const Listing = Node.create({
  name: "listing", group: "inline", inline: true, atom: true, selectable: true, draggable: true,
  addAttributes: () => ({ ...told(LISTING), ...words }),
  parseHTML: () => [{ tag: "span[data-rows]" }],
  renderHTML: ({ node, HTMLAttributes }) => ["span", { ...HTMLAttributes, class: "listing", title: say("listing") }, node.attrs.text || "∅"],
  renderText: ({ node }) => node.attrs.text,
});

const RowLines = Node.create({
  name: "rowLines", group: "block", atom: true, selectable: true, draggable: true,
  addAttributes: () => ({
    ...told(LISTING),
    lines: {
      default: [],
      parseHTML: (element) => [...element.children].map((line) => line.textContent),
      renderHTML: () => ({}),
    },
    ...words,
  }),
  parseHTML: () => [{ tag: "div[data-rows]" }],
  renderHTML: ({ node, HTMLAttributes }) => ["div", { ...HTMLAttributes, class: "listing listing-lines", title: say("listing") },
    ...(node.attrs.lines.length ? node.attrs.lines.map((line) => ["p", line]) : [["p", node.attrs.text || "∅"]])],
});

const AsOf = Node.create({
  name: "asOf", group: "inline", inline: true, atom: true, selectable: true,
  addAttributes: () => ({ ...words }),
  parseHTML: () => [{ tag: "span[data-word=as_of]" }],
  renderHTML: ({ node }) => ["span", { "data-word": "as_of", class: "listing" }, node.attrs.text],
  renderText: ({ node }) => node.attrs.text,
});

const Words = Paragraph.extend({
  addAttributes: () => ({
    caption: {
      default: null,
      parseHTML: (element) => element.getAttribute("data-caption"),
      renderHTML: ({ caption }) => (caption ? { "data-caption": caption, class: "caption" } : {}),
    },
  }),
});

// Numbers typed by hand: marked where the server found them, and carried along while the text moves.
const typedKey = new pm.state.PluginKey("typed");

const Typed = Extension.create({
  name: "typed",
  addProseMirrorPlugins: () => [new Plugin({
    key: typedKey,
    state: {
      init: () => pm.view.DecorationSet.empty,
      apply(transaction, known) {
        const found = transaction.getMeta(typedKey);
        return found ? marks(transaction.doc, found) : known.map(transaction.mapping, transaction.doc);
      },
    },
    props: { decorations(state) { return typedKey.getState(state); } },
  })],
});

/** The runs of a text in the order the server counts them: a text block each, a list of rows one. */
function runs(doc) {
  const found = [];
  doc.descendants((node, position) => {
    if (node.type.name === "rowLines") found.push(null);
    if (node.isTextblock && !node.attrs.caption) found.push(position + 1);
    return !node.isTextblock;
  });
  return found;
}

function marks(doc, typed) {
  const starts = runs(doc);
  const sure = typed.flatMap((one, number) => {
    const start = starts[one.run];
    if (start == null || start + one.end > doc.content.size) return [];
    if (doc.textBetween(start + one.start, start + one.end, "\n", "\ufffc") !== one.text) return [];
    return [pm.view.Decoration.inline(start + one.start, start + one.end, { class: "typed-number" }, { number })];
  });
  return pm.view.DecorationSet.create(doc, sure);
}

const mark = (number) => typedKey.getState(editor.state).find(undefined, undefined, (spec) => spec.number === number)[0];

// The editor --------------------------------------------------------------------------------------------------------

const content = place.innerHTML;
place.textContent = "";
let typed = JSON.parse($("#editor-typed").textContent);

const editor = new Editor({
  element: place,
  content,
  injectCSS: false,
  extensions: [
    Document, Words, Text, Bold, HardBreak, Heading.configure({ levels: [2, 3, 4, 5] }), BulletList, OrderedList, ListItem,
    Table.configure({ resizable: false }), TableRow, TableHeader, TableCell, History, Dropcursor, Gapcursor,
    Figure, Listing, RowLines, AsOf, Typed,
  ],
  editorProps: {
    attributes: {
      "aria-label": place.dataset.label, role: "textbox", "aria-multiline": "true", spellcheck: "false",
    },
    handleClickOn(_view, _position, node, _nodePosition, event) {
      if (node.type.name !== "figure" || event.shiftKey) return false;
      why(node.attrs);
      return false;
    },
    // A figure pasted from elsewhere stays a figure only if it names itself; the server checks it at once.
    transformPastedHTML: (html) => html.replace(/<(h1)\b/gi, "<h2").replace(/<\/h1>/gi, "</h2>"),
  },
  onUpdate: ({ transaction }) => { if (transaction.docChanged && !transaction.getMeta("fromServer")) changed(); },
  onTransaction: ({ editor: it }) => toolbar(it),
});
show(typed);

function show(found) {
  typed = found;
  editor.view.dispatch(editor.state.tr.setMeta(typedKey, found).setMeta("addToHistory", false).setMeta("fromServer", true));
}

function why(attributes) {
  const asked = new URLSearchParams({
    indicator: attributes.figure, period: attributes.period, unit: attributes.unit, person: attributes.person,
    as_of: frame.dataset.asOf,
  });
  [...asked].forEach(([name, value]) => value || asked.delete(name));
  window.htmx.ajax("GET", `${frame.dataset.why}?${asked}`, { target: "#why-body", swap: "innerHTML" });
}

// Saving ------------------------------------------------------------------------------------------------------------

let version = Number(frame.dataset.version);
let dirty = false;
let busy = false;
let again = false;
let stopped = false;
let timer = 0;
const state = $("#save-state");

function changed() {
  dirty = true;
  if (stopped) return;
  state.textContent = say("unsaved");
  clearTimeout(timer);
  timer = setTimeout(() => save(true), PAUSE);
}

const fields = [...document.querySelectorAll(".official-document [name]")];
fields.forEach((field) => field.addEventListener("input", changed));
$("[name=title]").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  editor.commands.focus("start");
});

async function save(auto) {
  if (stopped) return;
  if (busy) {
    again = true;
    return;
  }
  clearTimeout(timer);
  busy = true;
  dirty = false;
  state.textContent = say("saving");
  const form = new FormData();
  form.set("version", version);
  form.set("auto", auto ? "1" : "");
  form.set("html", editor.getHTML());
  fields.forEach((field) => form.set(field.name, field.value));
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  try {
    const response = await fetch(frame.dataset.save, { method: "POST", body: form, headers: { "X-CSRFToken": token } });
    const told = response.headers.get("content-type")?.startsWith("application/json") ? await response.json() : null;
    if (response.ok && told) take(told);
    else if (response.status === 409 && told) conflict(told);
    else {
      dirty = true;
      state.textContent = say("failed", { reason: told?.reason ?? response.status });
    }
  } catch {
    dirty = true;
    state.textContent = say("offline");
    timer = setTimeout(() => save(true), RETRY);
  }
  busy = false;
  if (again) {
    again = false;
    changed();
  }
}

/** Write what the ledger says into every figure, and mark what was typed. */
function take(told) {
  version = told.version;
  state.textContent = say("saved", { time: told.time });
  const figures = new Map(told.figures.map((one) => [keyOf(PLACE, one), one]));
  const listings = new Map(told.listings.map((one) => [keyOf(LISTING, one), one]));
  const says = {
    figure: (attributes) => figures.get(keyOf(PLACE, attributes)),
    listing: (attributes) => listings.get(keyOf(LISTING, attributes)),
    rowLines: (attributes) => listings.get(keyOf(LISTING, attributes)),
    asOf: () => ({ text: told.as_of }),
  };
  const transaction = editor.state.tr.setMeta("addToHistory", false).setMeta("fromServer", true);
  editor.state.doc.descendants((node, position) => {
    const found = says[node.type.name]?.(node.attrs);
    if (!found) return;
    if (found.text !== node.attrs.text) transaction.setNodeAttribute(position, "text", found.text);
    if (node.attrs.lines && String(found.lines) !== String(node.attrs.lines)) transaction.setNodeAttribute(position, "lines", found.lines);
  });
  editor.view.dispatch(transaction);
  if (!dirty) {
    show(told.typed);
    $("#typed-body").innerHTML = told.aside;
  }
}

const keyOf = (names, one) => names.map((name) => one[name]).join("|");

function conflict(told) {
  stopped = true;
  state.textContent = "";
  const note = $("#conflict");
  $("p", note).textContent = told.reason;
  $("[data-theirs]", note).href = told.theirs;
  $("[data-mine]", note).href = told.mine;
  note.hidden = false;
  note.scrollIntoView({ block: "center" });
  editor.setEditable(false);
}

window.addEventListener("beforeunload", (event) => { if (dirty && !stopped) event.preventDefault(); });
document.addEventListener("visibilitychange", () => { if (document.hidden && dirty) save(true); });

// Toolbar -----------------------------------------------------------------------------------------------------------

const does = {
  figure: () => openFigures(),
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
  refresh: () => save(false),
};
const buttons = () => [...bar.querySelectorAll("button")].filter((button) => button.offsetParent);

bar.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) does[button.dataset.do](editor.chain().focus(), button);
});
bar.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (event.key === "Escape") editor.commands.focus();
  if (!step) return;
  const all = buttons();
  all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
});

function toolbar(editor) {
  const active = {
    paragraph: editor.isActive("paragraph") && !editor.isActive("listItem"),
    bold: editor.isActive("bold"),
    numbered: editor.isActive("orderedList"),
    bullets: editor.isActive("bulletList"),
  };
  bar.querySelectorAll("[data-do]").forEach((button) => {
    const name = button.dataset.do;
    const on = name === "heading" ? editor.isActive("heading", { level: Number(button.dataset.level) }) : active[name];
    if (on !== undefined) button.setAttribute("aria-pressed", String(on));
    if (name === "undo" || name === "redo") button.disabled = !editor.can()[name]();
  });
  $(".in-table", bar).hidden = !editor.isActive("table");
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    event.preventDefault();
    save(false);
  } else if (event.key === "F2") {
    event.preventDefault();
    openFigures();
  } else if (event.altKey && event.key === "F10") {
    event.preventDefault();
    buttons()[0]?.focus();
  }
});

// Figures to insert -------------------------------------------------------------------------------------------------

const dialog = $("#figures");

function openFigures() {
  dialog.showModal();
  window.htmx.ajax("GET", frame.dataset.figures, { target: "#figures-body", swap: "innerHTML" })
    .then(() => $("#figure-search")?.focus());
}

function attributesOf(button) {
  return Object.fromEntries([...PLACE, "text"].map((name) => [name, button.dataset[name] ?? ""]));
}

document.addEventListener("click", (event) => {
  const offer = event.target.closest("[data-insert]");
  if (offer) {
    dialog.close();
    editor.chain().focus().insertContent({ type: "figure", attrs: attributesOf(offer) }).run();
    return;
  }
  const jump = event.target.closest("[data-jump]");
  const replace = event.target.closest("[data-replace]");
  if (!jump && !replace) return;
  const found = mark(Number((jump ?? replace).dataset[jump ? "jump" : "replace"]));
  if (!found) {
    state.textContent = say("missing");
    return;
  }
  const range = { from: found.from, to: found.to };
  const chain = editor.chain().focus();
  if (jump) chain.setTextSelection(range).scrollIntoView().run();
  else {
    chain.insertContentAt(range, { type: "figure", attrs: attributesOf(replace) }).run();
    save(true);
  }
});

// Enter in the search box takes the first figure.
dialog.addEventListener("submit", (event) => {
  event.preventDefault();
  event.stopPropagation();
}, true);
dialog.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.id === "figure-search") {
    event.preventDefault();
    $("[data-insert]", dialog)?.click();
  }
});

toolbar(editor);
