// fhir-kit-client, as it comes from npm, does its whole repertoire against the real program.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import Client from "fhir-kit-client";
import { startProgram } from "../browser/support/program.mjs";

/** @type {{address: string, stop: () => Promise<void>}} */
let program;
/** @type {any} */
let client;
before(async () => {
  program = await startProgram();
  client = new Client({ baseUrl: `${program.address}/fhir` });
});
after(() => program.stop());

/** What the client throws for an answer that is no success. */
async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    return error.response;
  }
  throw new Error("this should have been refused");
}

test("reads what the server can do", async () => {
  const statement = await client.capabilityStatement();
  assert.equal(statement.fhirVersion, "4.0.1");
  const types = statement.rest[0].resource.map((one) => one.type);
  for (const type of ["Patient", "Observation", "AuditEvent", "Composition"]) assert.ok(types.includes(type), type);
});

test("creates, reads, updates, patches and deletes", async () => {
  const created = await client.create({ resourceType: "Patient", body: { resourceType: "Patient", id: "mine", name: [{ family: "Kit" }] } });
  assert.notEqual(created.id, "mine");
  const { response } = Client.httpFor(created);
  assert.equal(response.status, 201);
  assert.match(response.headers.get("location"), new RegExp(`/fhir/Patient/${created.id}/_history/1$`));

  const id = created.id;
  assert.deepEqual(await client.read({ resourceType: "Patient", id }), created);
  const updated = await client.update({ resourceType: "Patient", id, body: { ...created, gender: "female" } });
  assert.equal(updated.meta.versionId, "2");
  const stale = await refusal(client.update({ resourceType: "Patient", id, body: { ...created, gender: "male" }, options: { headers: { "If-Match": 'W/"1"' } } }));
  assert.equal(stale.status, 412);
  const patched = await client.patch({ resourceType: "Patient", id, JSONPatch: [{ op: "replace", path: "/gender", value: "other" }] });
  assert.equal(patched.gender, "other");
  assert.deepEqual(await client.vread({ resourceType: "Patient", id, version: "1" }), created);

  await client.delete({ resourceType: "Patient", id });
  const gone = await refusal(client.read({ resourceType: "Patient", id }));
  assert.equal(gone.status, 410);
  assert.equal(gone.data.resourceType, "OperationOutcome");
  const versions = await client.resourceHistory({ resourceType: "Patient", id });
  assert.deepEqual(versions.entry.map((entry) => entry.request.method), ["DELETE", "PATCH", "PUT", "POST"]);
});

test("updates and creates under a condition", async () => {
  const body = { resourceType: "Patient", identifier: [{ system: "urn:kit", value: "1" }] };
  const first = await client.update({ resourceType: "Patient", searchParams: { identifier: "urn:kit|1" }, body });
  const second = await client.update({ resourceType: "Patient", searchParams: { identifier: "urn:kit|1" }, body: { ...body, gender: "male" } });
  assert.equal(second.id, first.id);
  const third = await client.create({ resourceType: "Patient", body, headers: { "If-None-Exist": "identifier=urn:kit|1" } });
  assert.equal(third.id, first.id);
});

test("searches by GET and by POST, in compartments and everywhere, and turns pages", async () => {
  const found = await client.resourceSearch({ resourceType: "Observation", searchParams: { patient: "anna", _count: 1 } });
  assert.equal(found.type, "searchset");
  const posted = await client.search({ resourceType: "Observation", searchParams: { patient: "anna" }, options: { postSearch: true } });
  assert.equal(posted.total, found.total);
  const compartment = await client.compartmentSearch({ compartment: { resourceType: "Patient", id: "anna" }, resourceType: "Observation", searchParams: {} });
  assert.equal(compartment.total, found.total);
  const system = await client.systemSearch({ searchParams: { _type: "Patient,Organization", _id: "anna" } });
  assert.equal(system.total, 1);

  const seen = new Set();
  let page = await client.search({ resourceType: "Patient", searchParams: { _count: 3 } });
  const all = page.total;
  for (; page; page = await client.nextPage({ bundle: page })) {
    for (const entry of page.entry) seen.add(entry.resource.id);
  }
  assert.equal(seen.size, all);
});

test("reads the history of a type and of the system", async () => {
  const type = await client.typeHistory({ resourceType: "Observation" });
  assert.equal(type.type, "history");
  assert.ok(type.entry.every((entry) => entry.request && entry.response));
  const system = await client.systemHistory();
  assert.ok(system.total >= type.total);
});

test("sends batches and transactions", async () => {
  const batch = await client.batch({ body: { resourceType: "Bundle", type: "batch", entry: [
    { request: { method: "GET", url: "Patient/anna" } }, { request: { method: "GET", url: "Patient/nobody" } }] } });
  assert.deepEqual(batch.entry.map((entry) => entry.response.status.slice(0, 3)), ["200", "404"]);
  const uuid = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0";
  const done = await client.transaction({ body: { resourceType: "Bundle", type: "transaction", entry: [
    { fullUrl: uuid, resource: { resourceType: "Patient" }, request: { method: "POST", url: "Patient" } },
    { resource: { resourceType: "Observation", status: "final", code: { text: "x" }, subject: { reference: uuid } }, request: { method: "POST", url: "Observation" } }] } });
  assert.equal(done.type, "transaction-response");
  const observation = done.entry[1].resource;
  assert.match(observation.subject.reference, /^Patient\//);

  const patient = await client.resolve({ reference: observation.subject.reference });
  assert.equal(patient.resourceType, "Patient");
  assert.deepEqual(await client.resolve({ reference: `${program.address}/fhir/${observation.subject.reference}` }), patient);
});

test("calls operations", async () => {
  const everything = await client.operation({ name: "everything", resourceType: "Patient", id: "anna", method: "GET" });
  assert.equal(everything.type, "searchset");
  const outcome = await client.operation({ name: "validate", resourceType: "Patient", input: { resourceType: "Patient", nmae: 1 } });
  assert.equal(outcome.issue[0].severity, "error");
  const last = await client.operation({ name: "$lastn", resourceType: "Observation", method: "GET", input: { patient: "anna" } });
  assert.equal(last.type, "searchset");
  const haplotypes = await client.operation({ name: "find-subject-haplotypes", method: "GET", input: { subject: "anna", genes: "DPYD" } });
  assert.equal(haplotypes.parameter[0].name, "haplotypes");
  assert.ok(haplotypes.parameter[0].part.some((part) => part.name === "genotype"));
});

test("is told why when something is refused", async () => {
  const unknown = await refusal(client.search({ resourceType: "Patient", searchParams: { birthdate: "soon" } }));
  assert.equal(unknown.status, 400);
  assert.equal(unknown.data.resourceType, "OperationOutcome");
  const genotype = await client.search({ resourceType: "Observation", searchParams: { patient: "anna", code: "84413-4" } });
  const permanent = await refusal(client.delete({ resourceType: "Observation", id: genotype.entry[0].resource.id }));
  assert.equal(permanent.status, 405);
  assert.match(permanent.data.issue[0].diagnostics, /entered-in-error/);
});
