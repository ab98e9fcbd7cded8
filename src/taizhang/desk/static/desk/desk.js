// The queue by keyboard: j and k choose a row, Enter opens it.
(function () {
  "use strict";

  const links = () => [...document.querySelectorAll("[data-queue] [data-row]")];
  function typing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest("dialog[open]");
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    const step = { j: 1, k: -1 }[event.key];
    const all = links();
    if (!step || !all.length) return;
    event.preventDefault();
    const at = all.indexOf(document.activeElement);
    const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length];
    document.querySelectorAll(".queue tr.is-here").forEach((row) => row.classList.remove("is-here"));
    next.closest("tr").classList.add("is-here");
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  });
})();
