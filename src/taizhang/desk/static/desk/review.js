// At a station, quicker: findings by key, a comment on what is selected, the decision by one key. The forms do the same
// without this script.
(function () {
  "use strict";

  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const text = $("#text");
  let current = "";

  const marks = (card) => $$(`[data-cards~="${CSS.escape(card)}"]`);

  function go(card, { fromText = false } = {}) {
    const item = document.getElementById(card);
    if (!item) return;
    current = card;
    $$(".here", document.querySelector("main")).forEach((old) => { if (old.matches(".place, .card-item")) old.classList.remove("here"); });
    item.classList.add("here");
    const places = marks(card);
    places.forEach((place) => place.classList.add("here"));
    if (fromText) item.scrollIntoView({ block: "nearest" });
    else {
      item.scrollIntoView({ block: "nearest" });
      places[0]?.scrollIntoView({ block: "center" });
    }
  }

  function step(by) {
    const items = $$("#findings [data-card]");
    if (!items.length) return;
    const open = items.filter((item) => item.hasAttribute("data-open"));
    const all = open.length ? open : items;
    const at = all.findIndex((item) => item.dataset.card === current);
    go(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length].dataset.card);
  }

  document.addEventListener("click", (event) => {
    const place = event.target.closest("[data-cards]");
    const link = event.target.closest("[data-go]");
    if (place) {
      const cards = place.dataset.cards.split(" ");
      go(cards[(cards.indexOf(current) + 1) % cards.length], { fromText: true });
    } else if (link) {
      event.preventDefault();
      go(link.dataset.go);
    }
  });

  // A settled finding loses its mark's colour, and the next one is chosen.
  document.addEventListener("htmx:afterSwap", (event) => {
    const item = current && document.getElementById(current);
    if (!item || !event.detail.target?.matches?.(".card-item, #waits")) return;
    if (item.classList.contains("is-decided")) {
      marks(current).forEach((place) => {
        place.classList.remove("place-error", "place-warning", "place-hint");
        place.classList.add("place-kept");
      });
      step(1);
    }
  });

  // What is selected in the text can be commented on.
  const tool = $("[data-comment-tool]");

  /** Where a place in the text lies, counted as the server counts: a line for each block, a break for each <br>. */
  function offset(node, at) {
    const range = document.createRange();
    range.setStart(text, 0);
    range.setEnd(node, at);
    return [...range.toString()].length;
  }

  function selected() {
    const selection = document.getSelection();
    if (!text || !selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!text.contains(range.commonAncestorContainer)) return null;
    const quote = range.toString().trim();
    return quote && !quote.includes("\n") ? { quote, start: offset(range.startContainer, range.startOffset), box: range.getBoundingClientRect() } : null;
  }

  function startComment() {
    const form = $("#comment-form");
    if (!form) return;
    const found = selected();
    if (found) {
      form.elements.quote.value = found.quote.slice(0, 1000);
      form.elements.start.value = found.start;
    }
    if (tool) tool.hidden = true;
    form.closest("details").open = true;
    form.elements.text.focus();
    form.scrollIntoView({ block: "nearest" });
  }

  if (tool) {
    document.addEventListener("selectionchange", () => {
      const found = selected();
      tool.hidden = !found;
      if (!found) return;
      tool.classList.add("placed");
      const { top, left } = found.box;
      tool.style.setProperty("top", `${top + window.scrollY - 40}px`);
      tool.style.setProperty("left", `${Math.max(8, left + window.scrollX)}px`);
    });
    tool.addEventListener("mousedown", (event) => event.preventDefault()); // keep the selection
    tool.addEventListener("click", startComment);
  }

  function typing(target) {
    return target.isContentEditable || (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && target.type !== "checkbox") || target.closest("dialog[open]");
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    const decide = (act) => {
      const opinion = $("#opinion");
      const button = $(`#decide [value="${act}"]`);
      if (!button) return;
      if (act === "return" && !opinion.value.trim()) opinion.focus();
      else button.focus();
    };
    const acts = {
      j: () => step(1),
      k: () => step(-1),
      s: () => (current ? document.getElementById(current)?.querySelector("[name=reason]") : null)?.focus(),
      c: startComment,
      a: () => decide("approve"),
      r: () => decide("return"),
    };
    if (!acts[event.key] || !$("#decide")) return;
    event.preventDefault();
    acts[event.key]();
  });
})();
