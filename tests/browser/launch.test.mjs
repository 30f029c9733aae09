// How record systems reach the tab: SMART App Launch against a small record system, the same flow by the
// fhirclient library as a witness that the record system is right, signed links, and frames.

import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { axeFindings, launch, newPage } from "./support/browser.mjs";
import { startEhr } from "./support/ehr.mjs";
import { startProgram } from "./support/program.mjs";

const kNumber = "http://electronichealth.se/identifier/personnummer";
// The invented patients of the sample data, as this record system knows them.
const kAnna = { system: kNumber, value: "196101182803" };
const kKey = randomBytes(32).toString("hex");
let ehr;
let framer;
let program;
let browser;
let folder;

before(async () => {
  ehr = await startEhr({
    "ehr-1": [{ system: "urn:oid:1.2.752.999.1", value: "LOCAL-17" }, kAnna],
    "ehr-2": [{ system: "urn:oid:1.2.752.999.1", value: "LOCAL-18" }],
    "ehr-3": [],
  });
  framer = await startEhr({});
  folder = await mkdtemp(join(tmpdir(), "genflik-link-"));
  await writeFile(join(folder, "key"), kKey);
  program = await startProgram({ tab: { issuers: [{ issuer: ehr.issuer, clientId: "genflik-tab" }], frameAncestors: [ehr.address], linkKey: join(folder, "key") } });
  ehr.redirects = [`${program.address}/tab/launch.html`, `${ehr.address}/app`];
  ehr.launches = new Map([["handle-1", "ehr-1"], ["handle-2", "ehr-2"], ["handle-3", "ehr-3"]]);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await program?.stop();
  await ehr?.close();
  await framer?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Runs `body` with a page of its own; `strict` false where a refusal by the policy is expected. */
async function withPage(body, { strict = true, ...options } = {}) {
  const { page, faults, hosts, close } = await newPage(browser, { locale: "en-GB", ...options });
  try {
    await body(page);
    if (strict) assert.deepEqual(faults, []);
    const known = [program.address, ehr.address, framer.address];
    assert.deepEqual([...hosts].filter((host) => !known.includes(`http://${host}`)), []);
  } finally {
    ehr.denies = "";
    ehr.appContext = "";
    ehr.challenges = ["S256"];
    await close();
  }
}

function launchAddress(query) {
  return `${program.address}/tab/launch.html?${new URLSearchParams(query)}`;
}

async function faultText(page) {
  await page.locator("#launch-fault").waitFor();
  return page.locator("#launch-fault").textContent();
}

test("opened by the record system: its patient, by number, in the language of the start", () => withPage(async (page) => {
  await page.goto(launchAddress({ iss: ehr.issuer, launch: "handle-1", lang: "sv" }));
  await page.locator(".banner").waitFor();
  assert.ok((await page.locator(".banner").textContent()).includes("Anna Provström"));
  assert.equal(page.url(), `${program.address}/tab/?patient=anna&view=glance&lang=sv`);
  assert.equal(await page.locator(".change-patient").count(), 0, "the record system's patient, and no other");
  await page.goBack().catch(() => null);
  assert.ok(!page.url().includes("code="), "the code is in no address that one can go back to");
}));

test("a card's link leads to its drug, or to the question whether to open a block; what is no such context is passed over", () => withPage(async (page) => {
  for (const [context, place] of [['{"gene":"DPYD","drug":"capecitabine"}', "view=drugs&lang=sv&drug=capecitabine"], ['{"breakTheGlass":true}', "view=glance&lang=sv&glass=ask"],
    ["{", "view=glance&lang=sv"], ['{"drug":7,"breakTheGlass":"yes"}', "view=glance&lang=sv"], ["null", "view=glance&lang=sv"]]) {
    ehr.appContext = context;
    await page.goto(launchAddress({ iss: ehr.issuer, launch: "handle-1", lang: "sv" }));
    await page.locator(".banner").waitFor();
    assert.equal(page.url(), `${program.address}/tab/?patient=anna&${place}`, context);
  }
  ehr.appContext = '{"drug":"capecitabine"}';
  await page.goto(launchAddress({ iss: ehr.issuer, launch: "handle-1", lang: "sv" }));
  await page.locator("#drug-capecitabine[open]").waitFor();
}));

test("what it shows Genflik is the record system's token", () => withPage(async (page) => {
  const shown = [];
  page.on("request", (request) => { if (request.url().startsWith(`${program.address}/record/`)) shown.push(request.headers().authorization); });
  await page.goto(launchAddress({ iss: ehr.issuer, launch: "handle-1" }));
  await page.locator(".banner").waitFor();
  assert.ok(shown.length >= 3);
  for (const header of shown) assert.ok(ehr.tokens.has(header?.replace(/^Bearer /, "")), header);
}));

test("started on its own: the record system lets a patient be chosen", () => withPage(async (page) => {
  ehr.chosen = "ehr-1";
  await page.goto(launchAddress({ lang: "en" }));
  assert.deepEqual(await axeFindings(page), []);
  await page.getByRole("link", { name: ehr.issuer }).click();
  await page.locator(".banner").waitFor();
  assert.match(page.url(), /patient=anna&view=glance&lang=en$/);
  assert.equal(ehr.authorizations.at(-1).launch, undefined);
}));

test("the fhirclient library launches against the same record system, and asks for the same", () => withPage(async (page) => {
  await page.goto(`${ehr.address}/app?${new URLSearchParams({ iss: ehr.issuer, launch: "handle-1" })}`);
  await page.locator("#out", { hasText: "read ehr-1" }).waitFor();
  const library = ehr.authorizations.at(-1);
  await page.goto(launchAddress({ iss: ehr.issuer, launch: "handle-1" }));
  await page.locator(".banner").waitFor();
  const ours = ehr.authorizations.at(-1);
  assert.deepEqual(Object.keys(ours).sort(), Object.keys(library).sort());
  for (const name of ["response_type", "client_id", "aud", "launch", "scope", "code_challenge_method"]) assert.equal(ours[name], library[name], name);
  // 122 bits are asked for; 43 letters of base64url hold 256.
  assert.match(ours.state, /^[\w-]{43}$/);
  assert.notEqual(ours.state, library.state);
}));

test("who may not open it, and what is said then", () => withPage(async (page) => {
  await page.goto(launchAddress({ iss: "https://evil.example/fhir", launch: "x" }));
  assert.ok((await faultText(page)).includes("not among those"));
  assert.deepEqual(await axeFindings(page), []);
  ehr.challenges = [];
  await page.goto(launchAddress({ iss: ehr.issuer, launch: "handle-1" }));
  assert.ok((await faultText(page)).includes("S256"));
  ehr.challenges = ["S256"];
  ehr.denies = "<b>no</b>";
  await page.goto(launchAddress({ iss: ehr.issuer, launch: "handle-1" }));
  assert.ok((await faultText(page)).includes("<b>no</b>"), "the words of others stay words");
  ehr.denies = "";
  await page.goto(launchAddress({ code: "stolen", state: "not-ours" }));
  assert.ok((await faultText(page)).includes("does not belong to this window"));
  await page.goto(launchAddress({ iss: ehr.issuer, launch: "handle-2", lang: "en" }));
  assert.ok((await faultText(page)).includes("does not mean that no genetic test was ever made"));
  await page.goto(launchAddress({ iss: ehr.issuer, launch: "handle-3", lang: "sv" }));
  assert.ok((await faultText(page)).includes("Ingen patient har detta nummer"));
}));

test("a code is traded once: going back to the address does not open the patient again", () => withPage(async (page) => {
  let back = "";
  page.on("request", (request) => { if (request.url().includes("/tab/launch.html?") && request.url().includes("code=")) back = request.url(); });
  await page.goto(launchAddress({ iss: ehr.issuer, launch: "handle-1" }));
  await page.locator(".banner").waitFor();
  assert.notEqual(back, "");
  await page.goto(back);
  assert.ok((await faultText(page)).includes("used already"));
}));

test("the launch page alone may call the record system", () => withPage(async (page) => {
  const reaches = (address) => page.evaluate((of) => fetch(of).then(() => true, () => false), address);
  await page.goto(launchAddress({}));
  assert.equal(await reaches(`${ehr.issuer}/metadata`), true);
  assert.equal(await reaches(`${framer.issuer}/metadata`), false);
  await page.goto(`${program.address}/tab/`);
  assert.equal(await reaches(`${ehr.issuer}/metadata`), false);
}, { strict: false }));

/** A link as a card carries it, signed without Genflik's code (RFC 7515, HS256). */
function linkFor(claims, key = kKey) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ iss: "genflik", aud: "genflik-tab", exp: Math.floor(Date.now() / 1000) + 300, ...claims })}`;
  return `${program.address}/tab/#link=${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
}

test("a signed link from a card opens its patient and drug, and leaves no trace in the address", () => withPage(async (page) => {
  await page.goto(linkFor({ patient: "david", view: "drugs", drug: "clopidogrel" }));
  await page.locator("#drug-clopidogrel[open]").waitFor();
  assert.ok((await page.locator(".banner").textContent()).includes("David"));
  assert.ok(!page.url().includes("link="), page.url());
}));

test("the card at an order carries such a link", () => withPage(async (page) => {
  const order = { resourceType: "MedicationRequest", id: "m1", status: "draft", intent: "order", subject: { reference: "Patient/david" },
    medicationCodeableConcept: { coding: [{ system: "http://www.whocc.no/atc", code: "B01AC04" }] } };
  const answer = await fetch(`${program.address}/cds-services/genflik-order-sign`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({
    hook: "order-sign", hookInstance: "6f1f6c1e-5d0e-4c55-8d0c-0a1b2c3d4e5f", context: { userId: "Practitioner/1", patientId: "david",
      draftOrders: { resourceType: "Bundle", type: "collection", entry: [{ resource: order }] } } }) });
  const { cards } = await answer.json();
  const link = cards[0].links.find((one) => one.url.includes("#link="));
  assert.equal(link?.type, "absolute", JSON.stringify(cards[0].links));
  await page.goto(link.url);
  await page.locator("#drug-clopidogrel[open]").waitFor();
  assert.ok((await page.locator(".banner").textContent()).includes("David"));
  assert.ok(!page.url().includes("link="), page.url());
}));

test("a link that has expired or was forged opens nothing, and says so", async () => {
  for (const address of [linkFor({ patient: "david", exp: 1700000000 }), linkFor({ patient: "david" }, "another key of some length......"), linkFor({}), `${program.address}/tab/#link=a.b.c`]) {
    await withPage(async (page) => {
      await page.goto(address);
      await page.locator("#search-fault", { hasText: "expired" }).waitFor();
      assert.equal(await page.locator(".banner").count(), 0);
    });
  }
});

test("shown inside a frame of a configured record system, and of no other", () => withPage(async (page) => {
  const of = `${program.address}/tab/?lang=en`;
  await page.goto(`${ehr.address}/frame?${new URLSearchParams({ of })}`);
  await page.frameLocator("iframe").locator("#search-number").waitFor();
  const refused = page.waitForEvent("console", (message) => /frame-ancestors/.test(message.text()));
  await page.goto(`${framer.address}/frame?${new URLSearchParams({ of })}`);
  await refused;
  assert.equal(await page.frameLocator("iframe").locator("#search-number").count(), 0);
}, { strict: false }));
