// Check a draft, quicker: the result comes without a new page, places are jumped to, suggestions taken with one key.
// The form does the same without this script. What changes here changes the text of the page only.
(function () {
  "use strict";

  const form = document.getElementById("check-form");
  if (!form) return;
  const $ = (selector, root = form) => root.querySelector(selector);
  const $$ = (selector, root = form) => [...root.querySelectorAll(selector)];
  const source = $("#check-text");
  const file = $("#check-file");
  const input = $(".check-input");
  const result = $("#check-result");
  const words = form.dataset;
  let undo = [];
  let current = 0;
  let edited = false; // the text was typed into after it was checked: the marks are of before
  form.classList.add("scripted");

  // Which is to be checked: the file chosen last, or the text as it now stands.
  function use(what) {
    $("[name=use][type=hidden]").value = what;
  }
  function draft() {
    return $("[data-draft]");
  }
  function sync() {
    if (draft() && undo.length && !edited) source.value = draft().textContent;
  }
  function named(name) {
    $("[name=name]").value = name;
    $("[data-name]", input).textContent = name;
  }

  // Choosing and dropping a file checks it at once.
  file.addEventListener("change", () => {
    if (!file.files.length) return;
    use("");
    named(file.files[0].name);
    send();
  });
  source.addEventListener("input", () => {
    use("text");
    if (!draft()) { // nothing was checked, so what is typed is no file's text
      file.value = "";
      named("");
    }
    if (!draft() || edited) return;
    edited = true;
    result.classList.add("stale");
  });
  // Another text over the whole of the old one has nothing to do with the file any more.
  source.addEventListener("paste", () => {
    if (source.selectionStart > 0 || source.selectionEnd < source.value.length) return;
    file.value = "";
    named("");
  });
  input.addEventListener("toggle", () => { if (input.open) sync(); });
  const over = (on) => $("[data-drop]").classList.toggle("over", on);
  const holdsFile = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  window.addEventListener("dragover", (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    input.open = true;
    over(true);
  });
  window.addEventListener("dragleave", (event) => { if (!event.relatedTarget) over(false); });
  window.addEventListener("drop", (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    over(false);
    file.files = event.dataTransfer.files;
    file.dispatchEvent(new Event("change"));
  });

  // Sending, with progress.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (button?.hasAttribute("data-download")) {
      download(button);
      return;
    }
    if (button?.hasAttribute("data-recheck")) {
      sync();
      use("text");
    } else if (input.open === false) {
      sync();
      use("text");
    }
    send();
  });
  function progress(shown, percent, text) {
    $(".check-progress").hidden = !shown;
    const bar = $(".check-progress progress");
    if (percent === null) bar.removeAttribute("value");
    else bar.value = percent;
    $("[data-progress-words]").textContent = text;
    form.setAttribute("aria-busy", String(shown));
    $$("[data-check], [data-recheck]").forEach((button) => { button.disabled = shown; });
  }
  function refuse(text) {
    const note = document.createElement("div");
    note.className = "note note-bad";
    note.setAttribute("role", "alert");
    note.textContent = text;
    $$("#check-result > .note-bad").forEach((old) => old.remove());
    result.prepend(note);
    note.tabIndex = -1;
    note.focus();
  }
  function send() {
    if (file.files.length && file.files[0].size > Number(words.most)) {
      refuse(words.textLarge);
      return;
    }
    const body = new FormData(form);
    body.delete("accept");
    if ($("[name=use][type=hidden]").value === "text") body.delete("file");
    else if (file.files.length) body.set("text", "");
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-Check-Part", "1");
    input.open = true;
    progress(true, 0, words.textSending);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress(true, Math.round((event.loaded / event.total) * 100), words.textSending);
    });
    request.upload.addEventListener("load", () => progress(true, null, words.textChecking));
    request.addEventListener("error", () => { progress(false, 0, ""); refuse(words.textOffline); });
    request.addEventListener("load", () => {
      progress(false, 0, "");
      if (request.status !== 200 && request.status !== 422) {
        refuse(words.textFailed);
        return;
      }
      result.innerHTML = request.responseText;
      arrived(request.status === 200);
    });
    request.send(body);
  }
  function arrived(found) {
    undo = [];
    current = 0;
    edited = false;
    result.classList.toggle("stale", false);
    window.htmx?.process(result);
    if (!found) {
      $("[data-refused]")?.focus();
      return;
    }
    source.value = draft().textContent;
    named($(".checked").dataset.name);
    use("text");
    input.open = false;
    tell();
    $("[data-result]").focus({ preventScroll: true });
    result.scrollIntoView({ block: "start" });
  }

  // Downloads come beside the page, so that nothing on it is lost.
  async function download(button) {
    sync();
    const body = new FormData(form);
    body.delete("accept");
    body.set("use", "text");
    if (!button.hasAttribute("data-original")) body.delete("file");
    button.disabled = true;
    try {
      const answer = await fetch(button.formAction, { method: "POST", body, headers: { "X-Check-Part": "1" } });
      if (answer.status === 422) {
        const holder = document.createElement("div");
        holder.innerHTML = await answer.text();
        refuse(holder.textContent.trim());
        return;
      }
      if (!answer.ok) {
        refuse(words.textFailed);
        return;
      }
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await answer.blob());
      const told = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("Content-Disposition") || "");
      link.download = told ? decodeURIComponent(told[1]) : "draft";
      document.body.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    } catch {
      refuse(words.textOffline);
    } finally {
      button.disabled = false;
    }
  }

  // Going from place to place.
  const cards = () => $$(".finding").filter((card) => card.offsetParent !== null);
  const pieces = (number) => $$(`[data-marks~="${number}"]`, draft());
  const evidence = (number) => $$(`[data-evidence~="${number}"]`, draft());
  function bring(element, frame) {
    if (!element) return;
    const box = element.getBoundingClientRect();
    const around = frame.getBoundingClientRect();
    if (box.top < around.top || box.bottom > around.bottom) {
      frame.scrollTop += box.top - around.top - around.height / 3;
    }
  }
  function go(number, { evidenceOf = null, fromText = false } = {}) {
    const card = document.getElementById(`c-${number}`);
    if (!card) return;
    current = Number(number);
    $$(".here, .here-evidence").forEach((old) => old.classList.remove("here", "here-evidence"));
    card.classList.add("here");
    pieces(number).forEach((piece) => piece.classList.add("here"));
    evidence(number).forEach((piece) => piece.classList.add("here-evidence"));
    const frame = $(".draft-frame");
    if (evidenceOf !== null) bring(document.getElementById(`e-${number}-${evidenceOf}`), frame);
    else if (!fromText) bring(document.getElementById(`m-${number}`), frame);
    const head = frame.getBoundingClientRect();
    const under = matchMedia("(max-width: 991.98px)").matches ? head.bottom : 60;
    const box = card.getBoundingClientRect();
    if (box.top < under || box.bottom > window.innerHeight) {
      window.scrollBy({ top: box.top - under - 12, behavior: "auto" });
    }
  }
  function step(by) {
    const open = cards();
    if (!open.length) return;
    const at = open.findIndex((card) => Number(card.dataset.number) === current);
    const next = at < 0 ? (by > 0 ? 0 : open.length - 1) : (at + by + open.length) % open.length;
    go(open[next].dataset.number);
  }

  // Taking a suggestion, taking it back.
  function accept(card) {
    const number = card.dataset.number;
    const button = $("[data-accept]", card);
    const places = pieces(number);
    if (edited || !button || button.hidden || button.disabled || !places.length) return;
    const before = places.map((piece) => [...piece.childNodes]);
    places.forEach((piece, index) => {
      piece.replaceChildren(...(index ? [] : [button.dataset.accept]));
      piece.classList.add("changed");
    });
    const blocked = new Set(places.flatMap((piece) => piece.dataset.marks.split(" ")));
    blocked.delete(number);
    undo.push({ number, places, before, blocked });
    mark(card, true);
    block();
  }
  function takeBack(number) {
    const at = undo.findIndex((done) => done.number === number);
    if (at < 0) return;
    const [done] = undo.splice(at, 1);
    done.places.forEach((piece, index) => {
      piece.replaceChildren(...done.before[index]);
      piece.classList.remove("changed");
    });
    mark(document.getElementById(`c-${number}`), false);
    block();
    go(number);
  }
  function mark(card, done) {
    card.classList.toggle("is-done", done);
    $("[data-accept]", card).hidden = done;
    $("[data-take-back]", card).hidden = !done;
  }
  // Where two suggestions share a place, taking one shuts out the other until the text is checked again.
  function block() {
    const shut = new Set(undo.flatMap((done) => [...done.blocked]));
    $$("[data-accept]").forEach((button) => { button.disabled = shut.has(button.closest(".finding").dataset.number); });
    $("[data-undo]").disabled = !undo.length;
    use("text");
  }

  // Ignoring: a card with a reason is ignored.
  function ignore(card) {
    const box = $(".finding-ignore", card);
    box.open = true;
    $("input", box).focus();
  }
  result.addEventListener("input", (event) => {
    if (!event.target.matches(".finding-ignore input")) return;
    const card = event.target.closest(".finding");
    const ignored = Boolean(event.target.value.trim());
    card.classList.toggle("is-ignored", ignored);
    pieces(card.dataset.number).forEach((piece) => piece.classList.toggle("ignored", ignored));
  });
  result.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches(".finding-ignore input")) {
      event.preventDefault();
      event.target.blur();
    }
  });

  function tell() {
    $(".findings")?.classList.toggle("empty", !cards().length);
  }
  result.addEventListener("change", (event) => {
    if (event.target.id.startsWith("show-")) tell();
  });

  form.addEventListener("click", (event) => {
    const target = event.target;
    const card = target.closest(".finding");
    const place = target.closest("[data-marks]");
    const link = target.closest("[data-go]");
    if (place) {
      event.preventDefault();
      const open = place.dataset.marks.split(" ").filter((number) => document.getElementById(`c-${number}`)?.offsetParent);
      if (open.length) go(open[(open.indexOf(String(current)) + 1) % open.length], { fromText: true });
    } else if (link) {
      event.preventDefault();
      go(link.dataset.go, { evidenceOf: link.dataset.evidenceOf ?? null });
    } else if (target.closest("[data-step]")) step(Number(target.closest("[data-step]").dataset.step));
    else if (target.closest("[data-undo]")) takeBack(undo[undo.length - 1]?.number);
    else if (target.closest("[data-accept]")) accept(card);
    else if (target.closest("[data-take-back]")) takeBack(card.dataset.number);
    else if (card && !target.closest("a, button, input, summary, label")) go(card.dataset.number);
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox";
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing || !draft()) return;
    if (event.target.closest("dialog[open], .offcanvas.show")) return;
    const card = document.getElementById(`c-${current}`);
    const acts = {
      j: () => step(1),
      k: () => step(-1),
      a: () => card && accept(card),
      i: () => card && ignore(card),
      u: () => takeBack(undo[undo.length - 1]?.number),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  });
  if (draft()) tell();
})();
