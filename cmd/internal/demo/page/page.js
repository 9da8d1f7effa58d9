// Shows every second what has changed, and leaves alone what somebody types.
"use strict";
async function look() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { cache: "no-store" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(part.id);
    if (!next || next.innerHTML === part.innerHTML) continue;
    const held = part.contains(document.activeElement) ? document.activeElement : null;
    const links = held ? [...part.querySelectorAll("a, button")].indexOf(held) : -1;
    part.replaceChildren(...document.adoptNode(next).childNodes);
    if (links >= 0) part.querySelectorAll("a, button")[links]?.focus({ preventScroll: true });
  }
}
(async function () {
  for (;;) {
    await new Promise((done) => setTimeout(done, 1000));
    await look().catch(() => {});
  }
})();
