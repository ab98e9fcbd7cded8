// The editor of manuscripts: ProseMirror on a sheet, saved as it is written. Whatever is typed lies in the browser's own
// store until the server has confirmed it; nothing is computed here that the server does not check again.
import {
  Bold, BulletList, Document, Dropcursor, Editor, Extension, Gapcursor, HardBreak, Heading, History, Link, ListItem, Node,
  OrderedList, Paragraph, Plugin, Table, TableCell, TableHeader, TableRow, Text, pm,
} from "../django_prose_editor/editor.js";
import { Saving, post, tellConflict } from "../taizhang/js/saving.js";
import * as toolbar from "../taizhang/js/toolbar.js";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const frame = $("#editor");
const place = $("#editor-text");
const bar = $(".editor-bar");
const form = $("#manuscript");
const strings = JSON.parse($("#editor-strings").textContent);
const told = JSON.parse($("#editor-content").textContent);
const say = (name, values = {}) => strings[name].replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? "");

// Pictures: a picture is named by its digest; what it shows and whose it is are written below it ------------------------

const address = ({ sha256, token }) => frame.dataset.picture.replace("0".repeat(64), sha256) + (token ? `?token=${encodeURIComponent(token)}` : "");

const Picture = Node.create({
  name: "picture", group: "block", atom: true, selectable: true, draggable: true,
  addAttributes: () => ({
    sha256: {
      default: "", parseHTML: (element) => element.getAttribute("src").slice("picture:".length), renderHTML: () => ({}),
    },
    alt: { default: "" },
    token: {
      default: "", parseHTML: (element) => element.getAttribute("data-token") ?? "",
      renderHTML: ({ token }) => (token ? { "data-token": token } : {}),
    },
    source: {
      default: "", parseHTML: (element) => element.getAttribute("data-source") ?? "",
      renderHTML: ({ source }) => ({ "data-source": source }),
    },
  }),
  parseHTML: () => [{ tag: 'img[src^="picture:"]' }],
  renderHTML: ({ node, HTMLAttributes }) => ["img", { ...HTMLAttributes, src: `picture:${node.attrs.sha256}` }],
  addNodeView: () => ({ node, editor, getPos }) => {
    const dom = document.createElement("figure");
    dom.className = "picture";
    const image = document.createElement("img");
    image.src = address(node.attrs);
    image.alt = node.attrs.alt;
    const inputs = ["alt", "source"].map((name) => {
      const input = document.createElement("input");
      Object.assign(input, { value: node.attrs[name], placeholder: say(name), className: `picture-${name}`, maxLength: 200 });
      input.setAttribute("aria-label", say(name));
      input.toggleAttribute("aria-invalid", !node.attrs[name]);
      input.addEventListener("input", () => {
        input.toggleAttribute("aria-invalid", !input.value.trim());
        editor.view.dispatch(editor.state.tr.setNodeAttribute(getPos(), name, input.value));
      });
      return input;
    });
    dom.append(image, ...inputs);
    return {
      dom,
      stopEvent: (event) => inputs.includes(event.target),
      ignoreMutation: () => true,
      update(other) {
        if (other.type !== node.type || other.attrs.sha256 !== node.attrs.sha256) return false;
        image.alt = other.attrs.alt;
        inputs.forEach((input, index) => {
          const value = other.attrs[["alt", "source"][index]];
          if (input !== document.activeElement && input.value !== value) input.value = value;
        });
        return true;
      },
    };
  },
});

// Findings: marked where the server found them, and carried along while the text moves ----------------------------------

const foundKey = new pm.state.PluginKey("found");

const Found = Extension.create({
  name: "found",
  addProseMirrorPlugins: () => [new Plugin({
    key: foundKey,
    state: {
      init: () => pm.view.DecorationSet.empty,
      apply(transaction, known) {
        const found = transaction.getMeta(foundKey);
        return found ? marks(transaction.doc, found) : known.map(transaction.mapping, transaction.doc);
      },
    },
    props: { decorations(state) { return foundKey.getState(state); } },
  })],
});

/** The text as the server reads it, a line for each block, with the place in the document of every character. */
function reading(doc) {
  let text = "";
  const places = [];
  const put = (letters, from) => {
    for (let index = 0; index < letters.length; index += 1) places.push(from + index);
    text += letters;
  };
  doc.descendants((node, position) => {
    if (!node.isTextblock) return true;
    if (node.content.size && text && !text.endsWith("\n")) put("\n", position);
    node.forEach((child, offset) => {
      if (child.isText) put(child.text, position + 1 + offset);
      else if (child.type.name === "hardBreak") put("\n", position + 1 + offset);
    });
    return false;
  });
  return { text, places };
}

function marks(doc, found) {
  const { text, places } = reading(doc);
  const points = (string) => [...string].length;
  const unit = (count) => [...text].slice(0, count).join("").length; // the server counts characters, not UTF-16 units
  const plain = text.length === points(text);
  const sure = found.flatMap((one) => {
    const [start, end] = plain ? [one.start, one.end] : [unit(one.start), unit(one.end)];
    if (end > text.length || text.slice(start, end) !== one.quote) return [];
    const spec = { class: `place place-${one.severity}`, title: one.message };
    return [pm.view.Decoration.inline(places[start], places[end - 1] + 1, spec, { key: one.key })];
  });
  return pm.view.DecorationSet.create(doc, sure);
}

const placeOf = (key) => foundKey.getState(editor.state).find(undefined, undefined, (spec) => spec.key === key)[0];

// The editor ------------------------------------------------------------------------------------------------------------

/** What Word puts on the clipboard: its list signs, its empty paragraphs, its namespaces. The server cleans again. */
function withoutWord(html) {
  return html
    .replace(/<!--\[if !supportLists\]-->[\s\S]*?<!--\[endif\]-->/g, "")
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<\/?o:p[^>]*>/gi, "")
    .replace(/<(\/?)h1\b/gi, "<$1h2")
    .replace(/<(\/?)h[56]\b/gi, "<$1h4");
}

place.textContent = "";
const editor = new Editor({
  element: place,
  content: told.html,
  injectCSS: false,
  extensions: [
    Document, Paragraph, Text, Bold, HardBreak, Heading.configure({ levels: [2, 3, 4] }), BulletList, OrderedList, ListItem,
    Link.configure({ openOnClick: false, enableTarget: false, autolink: false }),
    Table.configure({ resizable: false }), TableRow, TableHeader, TableCell, History, Dropcursor, Gapcursor, Picture, Found,
  ],
  editorProps: {
    attributes: { "aria-label": place.dataset.label, role: "textbox", "aria-multiline": "true", spellcheck: "false" },
    transformPastedHTML: withoutWord,
    handlePaste: (_view, event) => upload([...event.clipboardData.files]),
    handleDrop: (_view, event, _slice, moved) => !moved && upload([...event.dataTransfer.files]),
  },
  onUpdate: ({ transaction }) => { if (transaction.docChanged) saving.changed(); },
  onTransaction: ({ editor: it }) => pressed(it),
});

/** Send pictures and put each where the cursor is. Tells whether there were any. */
function upload(files) {
  const pictures = frame.dataset.upload ? files.filter((file) => file.type.startsWith("image/")) : [];
  pictures.forEach(send);
  return pictures.length > 0;
}

async function send(file) {
  const body = new FormData();
  body.set("file", file);
  try {
    const { ok, json } = await post(frame.dataset.upload, body);
    if (!ok) note(json?.reason ?? say("failed", { reason: file.name }));
    else editor.chain().focus().insertContent({ type: "picture", attrs: { sha256: json.sha256, token: json.token, alt: "", source: "" } }).run();
  } catch {
    note(say("notSent", { name: file.name }));
  }
}

function note(text) {
  const line = document.createElement("div");
  line.className = "note note-bad";
  line.setAttribute("role", "alert");
  line.textContent = text;
  $("#messages").replaceChildren(line);
}

// Saving: kept here at once, there as soon as it answers -------------------------------------------------------------------

const key = `taizhang.desk.${frame.dataset.account}.${frame.dataset.id}`;
const state = $("#save-state");
let version = Number(frame.dataset.version);
let unanswered = []; // names of saves that may have arrived without an answer

function written() {
  const values = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
  return { version, unanswered, at: new Date().toISOString(), html: editor.getHTML(), values };
}

function keep() {
  try {
    localStorage.setItem(key, JSON.stringify(written()));
    return true;
  } catch {
    return false; // full, or switched off: the page asks before it is left
  }
}

const forget = () => localStorage.removeItem(key);

const TONES = { saved: "ok", refused: "bad", failing: "bad", loggedOut: "bad", offline: "bad", stopped: "bad" };

const saving = new Saving(frame.dataset.save, {
  keep,
  write() {
    const { html, values } = written();
    const token = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`; // only on https and this machine
    const body = new FormData();
    values.forEach(([name, value]) => body.append(name, value));
    body.set("html", html);
    body.set("version", version);
    body.set("token", token);
    unanswered.forEach((one) => body.append("unanswered", one));
    unanswered = [...unanswered, token].slice(-20);
    keep();
    return body;
  },
  show(name, values) {
    state.textContent = say(name, values);
    state.dataset.tone = TONES[name] ?? "";
  },
  saved(json) {
    version = json.version;
    unanswered = [];
    if (saving.isClean) forget();
    else keep();
    $$("[name=version]").forEach((input) => { input.value = version; });
    $("#refusal").hidden = true;
  },
  refused(json) {
    const line = $("#refusal");
    line.textContent = json.reason;
    line.hidden = false;
  },
  conflict(json) {
    if (json.kept) forget(); // the server holds both texts now
    tellConflict($("#conflict"), json);
    editor.setEditable(false);
    [...form.elements].forEach((control) => { control.disabled = true; });
  },
});

/** What an earlier visit wrote and the server never got. A version that is newer there answers with a conflict. */
function restore() {
  const kept = localStorage.getItem(key);
  if (!kept) return;
  const copy = JSON.parse(kept);
  editor.commands.setContent(copy.html, { emitUpdate: false });
  fill(copy.values);
  version = copy.version;
  unanswered = copy.unanswered ?? [];
  saving.changed();
  const when = new Date(copy.at);
  $("#restored [data-when]").textContent = `${when.toLocaleDateString()} ${when.toLocaleTimeString()}`;
  $("#restored").hidden = false;
  saving.save();
}

function fill(values) {
  const all = new Map();
  values.forEach(([name, value]) => all.set(name, [...(all.get(name) ?? []), value]));
  [...form.elements].forEach((control) => {
    if (!control.name || control.type === "hidden" || control.type === "file") return;
    const known = all.get(control.name) ?? [];
    if (control.type === "checkbox" || control.type === "radio") control.checked = known.includes(control.value);
    else if (known.length) control.value = known.length > 1 ? known.shift() : known[0];
  });
}

// The fields beside the text belong to the form and stand outside it.
document.addEventListener("input", (event) => {
  if (event.target.form === form && event.target.name && event.target.type !== "file") saving.changed();
});
$("[name=title]").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  editor.commands.focus("start");
});

// A button that leaves the page (submit for review, files) waits until the server has the text.
form.addEventListener("submit", async (event) => {
  if (frame.dataset.save) {
    event.preventDefault();
    await saving.save();
    return;
  }
  $("[name=html]", form).value = editor.getHTML();
  saving.leave();
});
document.addEventListener("submit", async (event) => {
  if (!event.target.matches("[data-after-saving]") || saving.isClean) return;
  event.preventDefault();
  await saving.save();
  if (saving.isClean) event.target.submit();
});

// Authors and files -----------------------------------------------------------------------------------------------------------

$("[data-more-authors]")?.addEventListener("click", () => {
  const rows = $$(".author-row");
  const row = rows.at(-1).cloneNode(true);
  const id = `author-${rows.length + 1}-offered`;
  const [name, part] = $$("input", row);
  name.value = part.value = "";
  name.setAttribute("list", id);
  name.setAttribute("hx-target", `#${id}`);
  $("datalist", row).id = id;
  rows.at(-1).after(row);
  window.htmx.process(row);
  name.focus();
});

$("#attach-file")?.addEventListener("change", async (event) => {
  const files = [...event.target.files];
  event.target.value = "";
  for (const file of files) await attach(file); // one after the other: each answer changes the list
});

async function attach(file) {
  const body = new FormData();
  body.set("file", file);
  try {
    const { ok, json } = await post(frame.dataset.attach, body);
    if (ok && json) list(json.token, json.name);
    else note(json?.reason ?? say("failed", { reason: file.name }));
  } catch {
    note(say("notSent", { name: file.name }));
  }
}

function list(token, name) {
  const line = document.createElement("li");
  const label = document.createElement("label");
  const box = document.createElement("input");
  Object.assign(box, { type: "checkbox", name: "attachment", value: token, checked: true });
  box.setAttribute("form", "manuscript");
  label.append(box, ` ${name}`);
  line.append(label);
  $("#attachments").append(line);
  saving.changed();
}

// Checking ------------------------------------------------------------------------------------------------------------------

const findings = $("#findings");

async function check() {
  findings.setAttribute("aria-busy", "true");
  const body = new FormData();
  body.set("html", editor.getHTML());
  body.set("title", $("[name=title]").value);
  try {
    const { ok, json } = await post(frame.dataset.check, body);
    if (!ok || !json) note(json?.reason ?? say("failing"));
    else {
      findings.innerHTML = json.html;
      editor.view.dispatch(editor.state.tr.setMeta(foundKey, json.findings).setMeta("addToHistory", false));
    }
  } catch {
    note(say("offline"));
  }
  findings.removeAttribute("aria-busy");
}

document.addEventListener("click", (event) => {
  const jump = event.target.closest("[data-jump]");
  const take = event.target.closest("[data-replace]");
  if (event.target.closest("[data-check]")) check();
  if (!jump && !take) return;
  const found = placeOf((jump ?? take).dataset.key);
  if (!found) {
    note(say("moved"));
    return;
  }
  const range = { from: found.from, to: found.to };
  if (jump) editor.chain().focus().setTextSelection(range).scrollIntoView().run();
  else {
    editor.chain().focus().insertContentAt(range, take.dataset.replace).run();
    take.closest("li").remove();
  }
});

// Toolbar -------------------------------------------------------------------------------------------------------------------

toolbar.listen(bar, editor, {
  ...toolbar.commands,
  link: () => openLink(),
  picture: () => $("#picture-file").click(),
});
$("#picture-file")?.addEventListener("change", (event) => {
  upload([...event.target.files]);
  event.target.value = "";
});

const link = $("#link");

function openLink() {
  if (!link) return;
  $("[name=href]", link).value = editor.getAttributes("link").href ?? "";
  link.showModal();
}

link?.addEventListener("close", () => {
  const href = $("[name=href]", link).value.trim();
  const chain = editor.chain().focus().extendMarkRange("link");
  if (link.returnValue === "none" || (link.returnValue === "set" && !href)) chain.unsetLink().run();
  else if (link.returnValue === "set") chain.setLink({ href: /^[a-z]+:/i.test(href) ? href : `https://${href}` }).run();
  else editor.commands.focus();
  link.returnValue = "";
});

function pressed(it) {
  const link = it.isActive("link");
  toolbar.show(bar, it, { link });
  const button = $("[data-do=link]", bar);
  if (button) button.disabled = it.state.selection.empty && !link;
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    event.preventDefault();
    saving.save();
  } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && place.contains(document.activeElement)) {
    event.preventDefault();
    openLink();
  } else if (event.key === "F7") {
    event.preventDefault();
    check();
  }
});

pressed(editor);
if (frame.dataset.save) restore();
