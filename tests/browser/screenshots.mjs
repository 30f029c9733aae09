// Pictures of every view for the documentation: GENFLIK_PROGRAM=build/release/genflik node screenshots.mjs

import { randomUUID } from "node:crypto";
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
  { name: "overall", query: "view=overall&lang=sv", whole: true },
  { name: "print", query: "patient=david&view=print&lang=en", whole: true },
  { name: "patient", query: "patient=elin&view=patient&lang=sv" },
];

await mkdir(kFolder, { recursive: true });
const program = await startProgram();

/** Orders that get a card, and what their prescribers answered. */
async function orderAndAnswer(patient, resource, feedback) {
  const post = (path, body) => fetch(program.address + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const asked = await post("/cds-services/genflik-order-sign", { hook: "order-sign", hookInstance: randomUUID(),
    context: { userId: "Practitioner/1", patientId: patient, draftOrders: { resourceType: "Bundle", type: "collection", entry: [{ resource: { status: "draft", intent: "order", subject: { reference: `Patient/${patient}` }, ...resource } }] } } });
  const { cards } = await asked.json();
  if (feedback && cards.length > 0) {
    await post("/cds-services/genflik-order-sign/feedback", { feedback: [{ card: cards[0].uuid, outcomeTimestamp: new Date().toISOString(), ...feedback,
      ...(feedback.outcome === "accepted" ? { acceptedSuggestions: [{ id: cards[0].suggestions?.[0]?.uuid ?? "1" }] } : {}) }] });
  }
}

const test = (code, text) => ({ resourceType: "ServiceRequest", id: randomUUID(), code: { coding: [{ system: "http://loinc.org", code }], text } });
const drug = (code, text) => ({ resourceType: "MedicationRequest", id: randomUUID(), medicationCodeableConcept: { coding: [{ system: "http://www.whocc.no/atc", code }], text } });
const doubted = { outcome: "overridden", overrideReason: { reason: { code: "result-doubted" } } };
const watched = { outcome: "overridden", overrideReason: { reason: { code: "monitoring-planned" } } };
await orderAndAnswer("anna", test("45284-7", "DPYD-genotypning"), { outcome: "accepted" });
await orderAndAnswer("bertil", test("45284-7", "DPYD-genotypning"), doubted);
await orderAndAnswer("anna", drug("L01BC06", "kapecitabin"), { outcome: "accepted" });
await orderAndAnswer("david", drug("B01AC04", "klopidogrel"), watched);
await orderAndAnswer("johan", drug("L01BC02", "fluorouracil"), null);
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
