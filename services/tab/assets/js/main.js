import { App } from "./app.js";
import { openLink } from "./api.js";
import { keepSession } from "./session.js";

/**
 * A card's link carries a signed token in the fragment, which no server sees; it is taken from the address at once.
 * @returns {Promise<boolean>} false for a link that does not hold
 */
async function followLink() {
  const token = /^#link=([\w.-]+)$/.exec(window.location.hash)?.[1];
  if (!token) return true;
  const query = new URLSearchParams(window.location.search);
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
  try {
    const { patient, view, drug, expires, csrf } = await openLink(token);
    keepSession({ token: csrf ? "" : token, expires: Date.parse(expires), patient, csrf });
    query.set("patient", patient);
    query.set("view", view || "glance");
    if (drug) query.set("drug", drug);
    window.history.replaceState(null, "", `/tab/?${query}`);
    return true;
  } catch {
    return false;
  }
}

async function main() {
  const root = document.getElementById("app");
  if (!root) return;
  // The page that record systems open is this one under another name: it alone may call them.
  if (window.location.pathname.endsWith("/launch.html")) return (await import("./launch.js")).launch();
  const holds = await followLink();
  new App(root, holds ? "" : "linkRefused").start();
}

void main();
