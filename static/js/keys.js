// Keys for those who like them: j and k walk the headlines, o opens one, x unfolds, / searches, ? tells.
// Nothing else on the site needs this file. The page about the site has a button that switches them off.
"use strict";
(() => {
  const list = () => [...document.querySelectorAll("main .card, main .report, main .brief")];
  const link = (item) => item && item.querySelector(".card-title a, .report-title a, .brief-title a");
  let place = -1;
  const go = (step) => {
    const items = list();
    place = Math.min(Math.max(place + step, 0), items.length - 1);
    const found = link(items[place]);
    if (found) {
      found.focus();
      items[place].scrollIntoView({ block: "nearest" });
    }
  };
  const acts = {
    j: () => go(1),
    k: () => go(-1),
    o: () => link(list()[place])?.click(),
    x: () => {
      const fold = list()[place]?.querySelector("details");
      if (fold) fold.open = !fold.open;
    },
    "/": () => {
      const box = [...document.querySelectorAll("#words, #find")].find((field) => field.offsetParent);
      if (box) box.focus();
      else location.assign(document.documentElement.dataset.search);
    },
    "?": () => location.assign(document.documentElement.dataset.about),
  };
  // Who speaks to the machine, or strikes keys by mistake, must be able to switch single letters off (WCAG 2.1.4).
  // Asked at each key: other tabs, and pages come back to, are of the same mind. Storage may be forbidden.
  let kept = "on";
  const choice = () => {
    try {
      return localStorage.getItem("keys") ?? kept;
    } catch {
      return kept;
    }
  };
  const button = document.querySelector("#keys-switch button");
  const show = () => button?.setAttribute("aria-pressed", choice() === "on");
  button?.addEventListener("click", () => {
    kept = choice() === "on" ? "off" : "on";
    try {
      localStorage.setItem("keys", kept);
    } catch {}
    show();
  });
  if (button) button.parentElement.hidden = false;
  show();
  document.addEventListener("focusin", (event) => {
    const found = list().findIndex((item) => item.contains(event.target));
    if (found >= 0) place = found;
  });
  document.addEventListener("keydown", (event) => {
    const busy = event.target.closest("input, select, textarea, [contenteditable]");
    if (busy || event.ctrlKey || event.altKey || event.metaKey || !Object.hasOwn(acts, event.key)) return;
    if (choice() === "off") return;
    event.preventDefault();
    acts[event.key]();
  });
})();
