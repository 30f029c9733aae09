// fhirclient (client-js of SMART), as it comes from npm, against the real program.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import smart from "fhirclient";
import { startProgram } from "../browser/support/program.mjs";

/** @type {{address: string, stop: () => Promise<void>}} */
let program;
/** @type {any} */
let client;
before(async () => {
  program = await startProgram();
  const storage = { get: async () => undefined, set: async (_key, value) => value, unset: async () => true };
  // The adapter asks only for the request's headers and URL.
  const request = /** @type {any} */ ({ headers: { host: "localhost" }, url: "/", socket: {} });
  client = smart(request, /** @type {any} */ ({}), storage).client({ serverUrl: `${program.address}/fhir`, tokenResponse: { patient: "anna" } });
});
after(() => program.stop());

test("knows the release of the server", async () => {
  assert.equal(await client.getFhirVersion(), "4.0.1");
  assert.equal(await client.getFhirRelease(), 4);
});

test("reads the patient of the launch and asks within its compartment", async () => {
  assert.equal(client.getPatientId(), "anna");
  const patient = await client.patient.read();
  assert.equal(patient.id, "anna");
  const observations = await client.patient.request("Observation");
  assert.ok(observations.total > 0);
  const codes = client.byCodes(observations.entry.map((entry) => entry.resource), "code");
  assert.ok(codes("84413-4").length > 0);
});

test("follows pages, flattens and resolves references", async () => {
  const all = await client.request("Patient?_count=2", { pageLimit: 0, flat: true });
  assert.ok(all.length > 4);
  assert.equal(new Set(all.map((one) => one.id)).size, all.length);
  const observations = await client.request("Observation?patient=anna&_count=1", { resolveReferences: ["subject"], flat: true });
  assert.equal(observations[0].subject.resourceType, "Patient");
  let pages = 0;
  for await (const page of client.pages("Patient?_count=3")) {
    assert.equal(page.type, "searchset");
    pages += 1;
  }
  assert.ok(pages > 1);
});

test("creates, updates, patches and deletes", async () => {
  const created = await client.create({ resourceType: "Patient", name: [{ family: "Smart" }] });
  assert.ok(created.id);
  const updated = await client.update({ ...created, gender: "male" });
  assert.equal(updated.meta.versionId, "2");
  const patched = await client.patch(`Patient/${created.id}`, [{ op: "add", path: "/active", value: true }]);
  assert.equal(patched.active, true);
  await client.delete(`Patient/${created.id}`);
  await assert.rejects(client.request(`Patient/${created.id}`), (error) => error.statusCode === 410);
});

test("shows the outcome of what is refused", async () => {
  await assert.rejects(client.create({ resourceType: "Patient", nmae: "x" }), (error) => {
    assert.equal(error.statusCode, 422);
    assert.match(error.message, /nmae/);
    return true;
  });
});
