// The scripts that answer keys come after the page they stand in: a key pressed before them waits for them.
(function () {
  "use strict";
  const WRITTEN = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])";
  const pressed = [];

  function hold(event) {
    const plain = event.key.length === 1 && !(event.ctrlKey || event.metaKey || event.altKey || event.isComposing);
    if (!plain || event.target.closest?.(WRITTEN)) return;
    event.stopImmediatePropagation();
    pressed.push(event.key);
  }

  window.addEventListener("keydown", hold, true);
  document.addEventListener("DOMContentLoaded", () => setTimeout(() => { // after all that others do at this moment
    window.removeEventListener("keydown", hold, true);
    pressed.forEach((key) => {
      document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    });
  }));
})();
