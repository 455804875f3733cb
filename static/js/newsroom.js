// Keyboard shortcuts of the newsroom; everything works without this file.
// Story queue: j and k go to the next and previous row, p publishes, u unpublishes, + and - change the quality,
// x selects, o opens, z goes to the undo link of the last edit.
// Page of a story: the keys are on its buttons (data-key); a digit selects the article of that position.
"use strict";
(() => {
  const rows = () => [...document.querySelectorAll("#result_list tbody tr")];
  const edits = { p: "publish.", u: "unpublish.", "+": "raise.", "-": "lower." };
  const current = () => rows().findIndex((row) => row.contains(document.activeElement));
  const go = (step) => {
    const all = rows();
    const place = Math.min(Math.max(current() + step, 0), all.length - 1);
    all[place]?.querySelector("button, a, input")?.focus();
    all[place]?.scrollIntoView({ block: "nearest" });
  };
  const press = (found) => {
    if (!found) return false;
    if (found.matches("input")) found.focus();
    else found.click();
    return true;
  };
  const inQueue = (key) => {
    const row = rows()[Math.max(current(), 0)];
    if (key === "j" || key === "k") go(key === "j" ? 1 : -1);
    else if (edits[key]) return press(row?.querySelector(`button[value^="${edits[key]}"]`));
    else if (key === "x") row?.querySelector("input.action-select")?.click();
    else if (key === "o") return press(row?.querySelector(".newsroom-title"));
    else return press(document.querySelector(`[data-key="${CSS.escape(key)}"]`));
    return true;
  };
  const onScreen = (key) => {
    const boxes = document.querySelectorAll('#story-form input[name="selected"]');
    if (/^[1-9]$/.test(key)) boxes[key - 1]?.click();
    else return press(document.querySelector(`[data-key="${CSS.escape(key)}"]`));
    return true;
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("textarea, select, input:not([type=checkbox], [type=radio])");
    if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
    const known = document.getElementById("story-form") ? onScreen : rows().length ? inQueue : null;
    if (known?.(event.key)) event.preventDefault();
  });
})();
