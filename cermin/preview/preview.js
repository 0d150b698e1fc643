// What the preview does in a page beside livereload, whose plugin this is (its protocol 7 tells plugins of each push):
// it swaps stylesheets, renews the note, and tells the server which page, stylesheet and note the tab shows.
"use strict";
{
  const note = document.querySelector("cermin-preview");
  const content = note.shadowRoot.querySelector("div");
  const FOLDED = "cermin preview: folded note";

  // A new stylesheet beside the old one, which goes once the new one is there: the page never stands without.
  const swap = (address) => {
    const name = (url) => url.pathname.split("/").pop().replace(/\.[0-9a-f]{8}(?=\.css$)/, "");
    const fresh = new URL(address, new URL(note.dataset.prefix, location));
    const old = [...document.querySelectorAll('link[rel~="stylesheet"]')].filter(
      (link) => name(new URL(link.href)) === name(fresh),
    );
    if (!old.length) return;
    const link = old.at(-1).cloneNode();
    fresh.search = `?${Date.now()}`;
    link.href = fresh;
    link.onload = () => old.forEach((each) => each.remove());
    link.onerror = () => link.remove();
    old.at(-1).after(link);
  };

  const fold = () => {
    const details = content.querySelector("details");
    if (!details) return;
    details.open = sessionStorage.getItem(FOLDED) !== note.dataset.note;
    details.addEventListener("toggle", () => {
      if (details.open) sessionStorage.removeItem(FOLDED);
      else sessionStorage.setItem(FOLDED, note.dataset.note);
    });
  };

  const renew = async () => {
    const answer = await fetch("/@preview/note", { cache: "no-store" });
    if (!answer.ok) return;
    note.dataset.note = answer.headers.get("X-Note");
    content.innerHTML = await answer.text();
    fold();
  };

  window.LiveReloadPluginCermin = class {
    static identifier = "cermin";
    static version = "1";
    analyze() {
      return { page: note.dataset.page, style: note.dataset.style, note: note.dataset.note };
    }
    reload(path) {
      if (path === "@preview/note") renew();
      else if (path.endsWith(".css")) swap(path);
      else return false; // livereload loads the page again
      return true;
    }
  };

  document.addEventListener("keydown", (event) => {
    const details = content.querySelector("details");
    if (event.key === "Escape" && details && !event.defaultPrevented) details.open = false;
  });
  fold();
}
