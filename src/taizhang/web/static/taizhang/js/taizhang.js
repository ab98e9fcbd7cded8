// What the pages need beyond htmx and Bootstrap. Everything here makes a page quicker; nothing works only with it.
(function () {
  "use strict";

  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Dialogs: [data-dialog="#id"] opens, [data-close] closes.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      const dialog = $(opener.dataset.dialog);
      if (dialog) {
        event.preventDefault();
        dialog.showModal();
      }
      return;
    }
    const closer = event.target.closest("dialog [data-close]");
    if (closer) {
      event.preventDefault();
      closer.closest("dialog").close();
    }
  });

  // A control that decides what the page shows sends its form when it changes.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-autosubmit], form[data-autosubmit] :is(select, input[type=date], input[type=checkbox])")) {
      event.target.form.requestSubmit();
    }
  });

  // [data-check-all="name"] ticks every box of that name, or none.
  document.addEventListener("change", (event) => {
    const name = event.target.dataset.checkAll;
    if (name) $$(`input[type=checkbox][name="${CSS.escape(name)}"]`).forEach((box) => { box.checked = event.target.checked; });
  });

  // Empty filters stay out of the address.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "get" || event.defaultPrevented) return;
    $$("input, select", event.target).forEach((control) => {
      if (control.name && control.value === "") {
        control.disabled = true;
        setTimeout(() => { control.disabled = false; });
      }
    });
  });

  // [data-fill='{"name": "value"}'] fills the page's form.
  document.addEventListener("click", (event) => {
    const filler = event.target.closest("[data-fill]");
    if (!filler) return;
    Object.entries(JSON.parse(filler.dataset.fill)).forEach(([name, value]) => {
      const control = $(`[name="${CSS.escape(name)}"]`);
      if (control) control.value = value;
    });
    const button = $("main form [type=submit]");
    if (button) button.focus();
  });

  // form[data-guard]: leaving with unsaved input asks first.
  let unsaved = false;
  document.addEventListener("input", (event) => {
    if (event.target.closest("form[data-guard]")) unsaved = true;
  });
  document.addEventListener("submit", () => { unsaved = false; });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });

  // Messages: those in the page can be closed; a response may send one by HX-Trigger {"message": {text, tone}}.
  document.addEventListener("click", (event) => {
    const closer = event.target.closest(".messages .btn-close");
    if (closer) closer.closest(".note").remove();
  });

  function say(text, tone) {
    const note = document.createElement("div");
    note.className = `note note-${tone || "info"}`;
    note.append(text);
    $("#messages")?.append(note);
  }
  document.addEventListener("message", (event) => say(event.detail.text, event.detail.tone));
  document.addEventListener("htmx:responseError", () => say(document.body.dataset.textFailed, "bad"));
  document.addEventListener("htmx:sendError", () => say(document.body.dataset.textOffline, "bad"));

  // The why-panel opens when its content has come; whoever asked gets the focus back when it closes.
  let asker = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target?.id === "why-body" && !event.detail.elt.closest("#why-panel")) asker = event.detail.elt;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "why-body") return;
    window.bootstrap.Offcanvas.getOrCreateInstance("#why-panel").show();
    event.detail.target.scrollTop = 0;
  });
  document.addEventListener("hidden.bs.offcanvas", (event) => {
    if (event.target.id === "why-panel") asker?.focus();
  });

  // A refused form: say so where the reader is.
  document.addEventListener("DOMContentLoaded", () => $(".error-summary")?.focus());

  // Matrix: one stop for Tab, arrows inside.
  function cells(table) {
    return $$("tbody tr", table).map((row) => $$("td", row).map((cell) => $("a, button", cell)));
  }
  function roam(table) {
    $$("td :is(a, button)", table).forEach((stop, index) => { stop.tabIndex = index ? -1 : 0; });
  }
  document.addEventListener("DOMContentLoaded", () => $$("table.matrix").forEach(roam));
  document.addEventListener("htmx:afterSettle", (event) => $$("table.matrix", event.target).forEach(roam));
  document.addEventListener("keydown", (event) => {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -999], End: [0, 999] };
    const step = steps[event.key];
    const table = step && event.target.closest?.("table.matrix");
    if (!table || event.ctrlKey || event.metaKey || event.altKey) return;
    const grid = cells(table);
    let row = grid.findIndex((line) => line.includes(event.target));
    if (row < 0) return;
    let column = grid[row].indexOf(event.target);
    event.preventDefault();
    const [down, right] = step;
    if (Math.abs(right) === 999) column = right < 0 ? -1 : grid[row].length;
    const move = Math.sign(down) || 0;
    const slide = right === 0 ? 0 : Math.abs(right) === 999 ? -Math.sign(right) : right;
    do {
      row += move;
      column += slide;
    } while (grid[row] && column >= 0 && column < grid[row].length && !grid[row][column]);
    const next = grid[row]?.[column];
    if (!next) return;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });

  // Keyboard: "g h" goes where [data-keys="g h"] leads, "/" searches, "n" makes a new one, "?" tells them all.
  let waiting = "";
  let timer = 0;
  function typing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest("dialog[open]");
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    clearTimeout(timer);
    const keys = waiting + event.key;
    waiting = "";
    if (event.key === "g" && keys === "g") {
      waiting = "g ";
      timer = setTimeout(() => { waiting = ""; }, 1500);
      return;
    }
    const target = keys === "/" ? $("[data-search]") : keys === "n" ? $("[data-new]") : keys === "?" ? $("[data-dialog='#shortcuts']") : $(`[data-keys="${CSS.escape(keys)}"]`);
    if (!target) return;
    event.preventDefault();
    if (keys === "/") {
      target.focus();
      target.select?.();
    } else {
      target.click();
    }
  });
})();
