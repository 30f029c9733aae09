// A browser of our own for a test file: Debian's Chromium, an empty profile, no network of its own.

import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const kProgram = process.env.GENFLIK_CHROMIUM ?? "/usr/bin/chromium";
const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

export function launch() {
  return chromium.launch({ executablePath: kProgram, headless: true, args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
    "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
}

/**
 * A page that remembers what must not happen: errors in scripts, breaches of the policy, requests to others.
 * @param {import("playwright-core").Browser} browser
 */
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "sv-SE", timezoneId: "Europe/Stockholm", ...options });
  const page = await context.newPage();
  const faults = [];
  const hosts = new Set();
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) faults.push(message.text());
  });
  page.on("request", (request) => { if (/^https?:/.test(request.url())) hosts.add(new URL(request.url()).host); });
  return { page, faults, hosts, close: () => context.close() };
}

const kTags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe-core finds wrong on the page, as short lines. */
export async function axeFindings(page) {
  // Through the debugger, as the page's policy lets in no script but its own.
  await page.evaluate(await axeSource());
  const found = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: { type: "tag", values: tags } }), kTags);
  return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(" ")} ${node.failureSummary?.split("\n")[1]?.trim() ?? ""}`));
}

let source = "";
async function axeSource() {
  if (source === "") source = await (await import("node:fs/promises")).readFile(axePath, "utf8");
  return source;
}
