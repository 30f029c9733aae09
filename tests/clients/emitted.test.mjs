// Everything that the program answers in FHIR is valid to a validator that is not ours: the npm
// package "fhir".

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fhir from "fhir";
import { startProgram } from "../browser/support/program.mjs";

const validator = new fhir.Fhir();
/** @type {{address: string, stop: () => Promise<void>}} */
let program;
before(async () => { program = await startProgram(); });
after(() => program.stop());

async function call(path, options = {}) {
  const url = path.startsWith("http") ? path : `${program.address}/fhir${path}`;
  const answer = await fetch(url, { ...options, headers: { Accept: "application/fhir+json", "Content-Type": "application/fhir+json", ...options.headers } });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

function expectValid(resource, from) {
  const { messages } = validator.validate(resource);
  const faults = messages.filter((message) => message.severity === "error" || message.severity === "fatal");
  assert.deepEqual(faults, [], `${from}: ${JSON.stringify(faults.slice(0, 3))}`);
  if (resource.resourceType !== "Bundle") return;
  for (const [index, entry] of (resource.entry ?? []).entries()) {
    if (entry.resource) expectValid(entry.resource, `${from} entry[${index}] ${entry.resource.resourceType}/${entry.resource.id}`);
    if (entry.response?.outcome) expectValid(entry.response.outcome, `${from} entry[${index}].response.outcome`);
  }
}

async function expectValidAnswer(path, options = {}, status = 200) {
  const answer = await call(path, options);
  assert.equal(answer.status, status, `${path}: ${answer.text.slice(0, 300)}`);
  const resource = JSON.parse(answer.text);
  expectValid(resource, path);
  return resource;
}

const post = (body) => ({ method: "POST", body: JSON.stringify(body) });

test("the statement of what it can do", () => expectValidAnswer("/metadata"));

test("searches of every type, with what they include", async () => {
  const statement = await expectValidAnswer("/metadata");
  let found = 0;
  for (const { type } of statement.rest[0].resource) {
    const bundle = await expectValidAnswer(`/${type}?_count=200&_include=*&_total=accurate&unknown=1`);
    found += bundle.total;
  }
  assert.ok(found > 50, `${found} resources were looked at`);
});

test("summaries, histories and records", async () => {
  await expectValidAnswer("/Patient/anna");
  await expectValidAnswer("/Patient/anna?_elements=name");
  await expectValidAnswer("/Patient?_summary=count");
  await expectValidAnswer("/_history?_count=500");
  await expectValidAnswer("/Patient/anna/_history");
  for (const patient of ["anna", "folke", "ivar"]) await expectValidAnswer(`/Patient/${patient}/$everything`);
});

test("answers of operations", async () => {
  await expectValidAnswer("/Patient/anna/$meta");
  await expectValidAnswer("/Observation/$lastn?patient=anna");
  await expectValidAnswer("/Patient/$validate", post({ resourceType: "Patient", nmae: 1 }));
  await expectValidAnswer("/$find-subject-haplotypes?subject=folke&genes=CYP2D6,CYP2C19,NOGENE");
  await expectValidAnswer("/$find-subject-specific-haplotypes?subject=folke&haplotypes=CYP2D6%20*4,TPMT%20*3A");
  await expectValidAnswer("/$find-subject-tx-implications?subject=folke&treatments=codeine");
  await expectValidAnswer("/$find-study-metadata?subject=folke");
  await expectValidAnswer("/$find-population-specific-haplotypes?haplotypes=CYP2C19%20*2&includePatientList=true");
});

test("answers of writes, batches and transactions", async () => {
  await expectValidAnswer("/Patient", post({ resourceType: "Patient" }), 201);
  await expectValidAnswer("/Patient", { ...post({ resourceType: "Patient" }), headers: { Prefer: "return=OperationOutcome" } }, 201);
  for (const type of ["batch", "transaction"]) {
    await expectValidAnswer("/", post({ resourceType: "Bundle", type, entry: [
      { fullUrl: "urn:uuid:7e5cbf85-a4a1-4a4f-8f29-d6a4b1e9ef1f", resource: { resourceType: "Patient" }, request: { method: "POST", url: "Patient" } },
      { request: { method: "GET", url: "Patient?name=a" } }] }));
  }
  await expectValidAnswer("/", post({ resourceType: "Bundle", type: "batch", entry: [{ request: { method: "GET", url: "Patient/nobody" } }] }));
});

test("documents", async () => {
  const composition = await expectValidAnswer("/Composition", post({ resourceType: "Composition", status: "final", type: { text: "Permanent genetic results" },
    date: "2026-01-01", title: "Permanent genetic results", subject: { reference: "Patient/anna" }, author: [{ reference: "Patient/anna" }] }), 201);
  await expectValidAnswer(`/Composition/${composition.id}/$document`);
});

test("bulk exports, line by line", async () => {
  const started = await call("/$export", { headers: { Prefer: "respond-async" } });
  assert.equal(started.status, 202, started.text);
  const status = started.headers.get("content-location");
  let answer = await call(status);
  while (answer.status === 202) answer = await call(status);
  assert.equal(answer.status, 200, answer.text);
  let lines = 0;
  for (const file of JSON.parse(answer.text).output) {
    const { text } = await call(file.url, { headers: { Accept: "application/fhir+ndjson" } });
    for (const line of text.split("\n").filter(Boolean)) {
      expectValid(JSON.parse(line), file.url);
      lines += 1;
    }
  }
  assert.ok(lines > 50);
  assert.equal((await call(status, { method: "DELETE" })).status, 202);
});

test("refusals", async () => {
  for (const [path, status] of [["/Patient/nobody", 404], ["/Nonsense", 404], ["/Patient?birthdate=soon", 400], ["/Patient?_format=xml", 406], ["/$export", 400]]) {
    await expectValidAnswer(String(path), {}, Number(status));
  }
  await expectValidAnswer("/Patient", { method: "POST", body: "{" }, 400);
  await expectValidAnswer("/Patient", post({ resourceType: "Patient", gender: "x" }), 422);
  await expectValidAnswer("/AuditEvent", post({ resourceType: "AuditEvent" }), 405);
});
