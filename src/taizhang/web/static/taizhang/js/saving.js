// How a text that is being written gets to the server: a while after each change, again when it was changed meanwhile,
// again until it is answered, and no more once somebody else was quicker. What is sent and said is the page's own.

const PAUSE = 1200;
const RETRIES = [2000, 4000, 8000, 15000, 30000];

const cookie = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

/** Send a form. Returns the status (302 where the answer leads away, to the login), and the JSON that came, or null. */
export async function post(url, body) {
  const response = await fetch(url, {
    method: "POST", body, headers: { "X-CSRFToken": cookie("csrftoken") }, redirect: "manual",
  });
  const json = response.headers.get("content-type")?.startsWith("application/json") ? await response.json() : null;
  return { status: response.type === "opaqueredirect" ? 302 : response.status, ok: response.ok, json };
}

/** Say in `note` that somebody else was quicker; its links lead to where the answer says. */
export function tellConflict(note, json) {
  note.querySelector("[data-reason]").textContent = json.reason;
  note.querySelectorAll("a[data-to]").forEach((link) => {
    link.hidden = !json[link.dataset.to];
    link.href = json[link.dataset.to] ?? "#";
  });
  note.hidden = false;
  note.scrollIntoView({ block: "center" });
  note.focus();
}

/**
 * Saves to `url` (to none: the text is sent with its form, and only leaving the page is watched over). The page gives
 *   write(auto)     what is sent, as a form; `auto`: nobody asked for it
 *   show(name, values)  says how it stands: unsaved, unkept, saving, saved, refused, failing, loggedOut, offline, stopped
 *   saved(json)     takes the answer in, before how it stands is shown
 *   refused(json)   the server cannot take the text as it is; it is sent again after the next change
 *   conflict(json)  somebody else was quicker: nothing is sent any more
 *   keep()          lays the text by in this browser and tells whether that worked; left out where nothing is laid by
 */
export class Saving {
  stopped = false;
  #page; #url;
  #count = 0; // of changes made
  #saved = 0; // of changes that the server has
  #busy = false;
  #tries = 0;
  #timer = 0;

  constructor(url, page) {
    this.#url = url;
    this.#page = page;
    window.addEventListener("online", () => { if (this.#tries) this.save(); });
    window.addEventListener("pagehide", () => { if (url && this.#isOpen) page.keep?.(); });
    window.addEventListener("beforeunload", (event) => { if (this.#isOpen && !(url && page.keep?.())) event.preventDefault(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden && !this.isClean) this.save(); });
  }

  /** Whether the server has everything. */
  get isClean() { return this.#count === this.#saved; }

  get #isOpen() { return !this.isClean && !this.stopped; }

  /** Something was written. */
  changed() {
    this.#count += 1;
    if (!this.#url) return;
    const kept = this.#page.keep?.();
    if (this.stopped) return;
    if (!this.#tries) this.#page.show(kept === false ? "unkept" : "unsaved");
    if (this.#tries && this.#timer) return; // the next try is on its way
    this.#wait(PAUSE);
  }

  /** What is there now is on its way with its form. */
  leave() { this.#saved = this.#count; }

  async save({ auto = true } = {}) {
    if (this.stopped || this.#busy || !this.#url) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#busy = true;
    const at = this.#count;
    this.#page.show("saving");
    try {
      const body = this.#page.write(auto);
      this.#take(await post(this.#url, body).catch(() => null), at);
    } finally {
      this.#busy = false;
    }
    if (!this.stopped && !this.#tries && this.#count !== at) this.#wait(PAUSE);
  }

  #take(answer, at) {
    if (answer === null) this.#again("offline");
    else if (answer.ok && answer.json) this.#confirmed(answer.json, at);
    else if (answer.status === 409 && answer.json) this.#stop(answer.json);
    else if (answer.status === 422 && answer.json) this.#refused(answer.json);
    else this.#again(answer.status === 302 || answer.status === 403 ? "loggedOut" : "failing");
  }

  #confirmed(json, at) {
    this.#tries = 0;
    this.#saved = at;
    this.#page.saved(json);
    this.#page.show(this.isClean ? "saved" : "unsaved", { time: json.time }); // unsaved: what was written meanwhile
  }

  #refused(json) {
    this.#tries = 0;
    this.#page.show("refused", { reason: json.reason });
    this.#page.refused(json);
  }

  #stop(json) {
    this.stopped = true;
    this.#page.show("stopped");
    this.#page.conflict(json);
  }

  #again(name) {
    const wait = RETRIES[Math.min(this.#tries, RETRIES.length - 1)];
    this.#tries += 1;
    this.#page.show(name);
    this.#wait(wait);
  }

  #wait(time) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), time);
  }
}
