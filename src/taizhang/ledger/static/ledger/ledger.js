// Attendance by keyboard, typed text kept on this machine, printing. Nothing here is needed to record an entry.
(function () {
  "use strict";

  // Attendance: digits mark and move on, arrows up and down change the person.
  const grid = (target) => target.closest?.("[data-attendance]");

  function tally(sheet) {
    sheet.querySelectorAll("[data-tally]").forEach((cell) => {
      cell.textContent = sheet.querySelectorAll(`input[value="${CSS.escape(cell.dataset.tally)}"]:checked`).length;
    });
  }

  function focusRow(row) {
    if (!row) return;
    (row.querySelector("input:checked") || row.querySelector("input"))?.focus();
  }

  document.addEventListener("change", (event) => {
    const sheet = grid(event.target);
    if (sheet) tally(sheet);
  });

  document.addEventListener("keydown", (event) => {
    const sheet = event.target.type === "radio" && grid(event.target);
    if (!sheet || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = event.target.closest("tr");
    if (/^[1-9]$/.test(event.key)) {
      const choice = row.querySelectorAll("input")[Number(event.key) - 1];
      if (!choice) return;
      event.preventDefault();
      choice.checked = true;
      choice.dispatchEvent(new Event("change", { bubbles: true }));
      focusRow(row.nextElementSibling || row);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      focusRow(event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling);
    }
  });

  document.addEventListener("click", (event) => {
    const all = event.target.closest("[data-all-present]");
    const none = event.target.closest("[data-none-marked]");
    const sheet = grid(event.target);
    if (!sheet || !(all || none)) return;
    sheet.querySelectorAll("tbody tr").forEach((row) => {
      if (none) row.querySelectorAll("input").forEach((input) => { input.checked = false; });
      else if (!row.querySelector("input:checked")) {
        const present = row.querySelector(`input[value="${CSS.escape(all.dataset.allPresent)}"]`);
        if (present) present.checked = true;
      }
    });
    tally(sheet);
    sheet.dispatchEvent(new Event("input", { bubbles: true }));
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  // Typed text is kept on this machine until it is recorded: form[data-keep="account:what"].
  const PREFIX = "taizhang.entry.";
  const KEPT_DAYS = 7;
  const skipped = new Set(["csrfmiddlewaretoken", "id", "version", "kept", "confirm", "evidence", "about_q"]);

  function typed(form) {
    return [...new FormData(form)].filter(([name, value]) => !skipped.has(name) && typeof value === "string");
  }

  function put(form, values) {
    const names = new Set(values.map(([name]) => name));
    [...form.elements].forEach((control) => {
      if (!control.name || skipped.has(control.name) || control.type === "hidden") return;
      const wanted = values.filter(([name]) => name === control.name).map(([, value]) => value);
      if (control.type === "radio" || control.type === "checkbox") control.checked = wanted.includes(control.value);
      else if (names.has(control.name)) control.value = wanted[0];
    });
    form.querySelectorAll("[data-attendance]").forEach(tally);
  }

  function store(action) {
    try {
      return action(window.localStorage);
    } catch {
      return null; // a browser that keeps nothing
    }
  }

  function offer(form, key, kept) {
    const note = document.createElement("div");
    note.className = "note no-print";
    note.setAttribute("role", "status");
    const words = document.createElement("span");
    words.textContent = `${form.dataset.textKept} ${new Date(kept.at).toLocaleString(document.documentElement.lang)} `;
    const take = document.createElement("button");
    take.type = "button";
    take.className = "btn btn-sm btn-primary";
    take.textContent = form.dataset.textTake;
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "btn btn-sm btn-bare";
    drop.textContent = form.dataset.textDrop;
    take.addEventListener("click", () => { put(form, kept.values); note.remove(); });
    drop.addEventListener("click", () => { store((at) => at.removeItem(key)); note.remove(); });
    note.append(words, take, drop);
    form.prepend(note);
  }

  function keep(form) {
    const key = PREFIX + form.dataset.keep;
    const before = JSON.stringify(typed(form));
    const kept = store((at) => JSON.parse(at.getItem(key)));
    const fresh = kept && Date.now() - kept.at < KEPT_DAYS * 864e5;
    if (kept && !fresh) store((at) => at.removeItem(key));
    if (fresh && !form.querySelector(".error-summary") && JSON.stringify(kept.values) !== before) offer(form, key, kept);
    let timer = 0;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        store((at) => at.setItem(key, JSON.stringify({ at: Date.now(), values: typed(form) })));
      }, 400);
    });
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      store((at) => at.setItem(PREFIX + "sent", key));
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("[data-first]")?.focus();
    // What was sent and is not refused is recorded: nothing to keep any more.
    const sent = store((at) => at.getItem(PREFIX + "sent"));
    if (sent && !document.querySelector(".error-summary, [data-first]")) {
      store((at) => { at.removeItem(sent); });
    }
    store((at) => at.removeItem(PREFIX + "sent"));
    document.querySelectorAll("form[data-keep]").forEach(keep);
  });
})();
