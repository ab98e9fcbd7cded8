/* Copy buttons. A copy event is used and not the clipboard interface, which browsers keep from plain http. */
(function () {
  "use strict";
  const said = document.getElementById("copied");

  function copy(parts) {
    let done = false;
    function put(event) {
      for (const [type, text] of parts) event.clipboardData.setData(type, text);
      event.preventDefault();
      done = true;
    }
    document.addEventListener("copy", put);
    const asked = document.execCommand("copy");
    document.removeEventListener("copy", put);
    return asked && done;
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-copy], [data-copy-html]");
    if (!button) return;
    const text = (id) => document.getElementById(id).value;
    const parts = button.dataset.copyHtml
      ? [["text/html", text(button.dataset.copyHtml)], ["text/plain", text(button.dataset.copyPlain)]]
      : [["text/plain", text(button.dataset.copy)]];
    const good = copy(parts);
    said.textContent = good ? said.dataset.done : said.dataset.failed;
    document.dispatchEvent(new CustomEvent("message", { detail: { text: said.textContent, tone: good ? "ok" : "bad" } }));
  });
})();
