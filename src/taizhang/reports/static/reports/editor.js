// The editor of reports: ProseMirror, whose figures are atoms that the server writes. Nothing is computed here; what a
// figure reads, and which numbers were typed by hand, the server says after each save.
import {
  Bold, BulletList, Document, Dropcursor, Editor, Extension, Gapcursor, HardBreak, Heading, History, ListItem, Node,
  OrderedList, Paragraph, Plugin, Table, TableCell, TableHeader, TableRow, Text, pm,
} from "../django_prose_editor/editor.js";
import { Saving, tellConflict } from "../taizhang/js/saving.js";
import * as toolbar from "../taizhang/js/toolbar.js";

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
  onUpdate: ({ transaction }) => { if (transaction.docChanged && !transaction.getMeta("fromServer")) saving.changed(); },
  onTransaction: ({ editor: it }) => toolbar.show(bar, it),
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
const state = $("#save-state");
const fields = [...document.querySelectorAll(".official-document [name]")];

const saving = new Saving(frame.dataset.save, {
  write(auto) {
    const form = new FormData();
    form.set("version", version);
    form.set("auto", auto ? "1" : "");
    form.set("html", editor.getHTML());
    fields.forEach((field) => form.set(field.name, field.value));
    return form;
  },
  show: (name, values) => { state.textContent = say(name, values); },
  saved: take,
  refused: () => {},
  conflict(told) {
    tellConflict($("#conflict"), told);
    editor.setEditable(false);
  },
});

fields.forEach((field) => field.addEventListener("input", () => saving.changed()));
$("[name=title]").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  editor.commands.focus("start");
});

/** Write what the ledger says into every figure, and mark what was typed. */
function take(told) {
  version = told.version;
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
  if (saving.isClean) {
    show(told.typed);
    $("#typed-body").innerHTML = told.aside;
  }
}

const keyOf = (names, one) => names.map((name) => one[name]).join("|");

// Toolbar -----------------------------------------------------------------------------------------------------------

toolbar.listen(bar, editor, {
  ...toolbar.commands,
  figure: () => openFigures(),
  refresh: () => saving.save({ auto: false }),
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    event.preventDefault();
    saving.save({ auto: false });
  } else if (event.key === "F2") {
    event.preventDefault();
    openFigures();
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
    saving.save();
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

toolbar.show(bar, editor);
