// Pictures of every view for the documentation: GENFLIK_PROGRAM=build/release/genflik node screenshots.mjs

import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { launch, newPage } from "./support/browser.mjs";
import { startProgram } from "./support/program.mjs";

const kFolder = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const kShots = [
  { name: "search", query: "lang=sv" },
  { name: "glance", query: "patient=folke&view=glance&lang=sv" },
  { name: "glance-dark-english", query: "patient=david&view=glance&lang=en", colorScheme: "dark" },
  { name: "glance-late", query: "patient=johan&view=glance&lang=sv" },
  { name: "glance-phone", query: "patient=david&view=glance&lang=sv", viewport: { width: 360, height: 740 } },
  { name: "drugs", query: "patient=david&view=drugs&lang=en&drug=clopidogrel" },
  { name: "history", query: "patient=hanna&view=history&lang=sv" },
  { name: "work", query: "patient=gustav&view=work&lang=sv" },
  { name: "print", query: "patient=folke&view=print&lang=en", whole: true },
  { name: "patient", query: "patient=elin&view=patient&lang=sv" },
];

await mkdir(kFolder, { recursive: true });
const program = await startProgram();
const browser = await launch();
try {
  for (const { name, query, whole = false, ...options } of kShots) {
    const { page, close } = await newPage(browser, { viewport: { width: 1120, height: 840 }, ...options });
    await page.goto(`${program.address}/tab/?${query}`);
    await page.waitForLoadState("networkidle");
    await page.screenshot({ path: `${kFolder}${name}.png`, fullPage: whole });
    await close();
  }
} finally {
  await browser.close();
  await program.stop();
}
