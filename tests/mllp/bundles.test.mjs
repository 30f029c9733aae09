// FHIR as laboratories send it, against the built program: tests/data/lab/bundles.json (one case a
// line: where it is posted, the status, what the record holds in the end, what waits in the queue; the
// expectations are from Genomics Reporting STU1 to STU3 and LOINC), and the guide's own examples where
// they are at hand.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { data, json, queueLength, recordOf, reference, resultsIn, start, stop, temporaryFolder }
  from './support/program.mjs';

function post(service, where, body) {
  return fetch(service.address + where,
    { method: 'POST', body, headers: { 'Content-Type': 'application/fhir+json' } });
}

test('every form of a bundle is taken as the guide says', async (context) => {
  const cases = JSON.parse(fs.readFileSync(path.join(data, 'bundles.json'), 'utf8'));
  assert.ok(cases.length >= 55, `${cases.length} forms`);
  const service = await start(path.join(temporaryFolder(), 'data'));
  try {
    for (const [i, one] of cases.entries()) {
      await context.test(one.name, async () => {
        const number = String(7001 + i);
        const queued = await queueLength(service);
        for (const bundle of one.bundles) {
          const text = JSON.stringify(bundle).replaceAll('{pid}', number);
          const response = await post(service, one.path, text);
          const answer = await response.json();
          assert.equal(response.status, one.status, JSON.stringify(answer));
          if (bundle.type !== 'message' || response.status !== 200) continue;
          assert.deepEqual(answer.entry[0].resource.response,
            { identifier: `m${number}`, code: 'ok' });
        }
        assert.deepEqual(await recordOf(service, `urn:oid:2.999.2|${number}`), one.results.sort());
        assert.equal(await queueLength(service) - queued, one.queue, 'in the queue');
      });
    }
  } finally {
    await stop(service);
  }
});

test('the entries of a batch are taken one by one', async () => {
  const service = await start(path.join(temporaryFolder(), 'data'));
  try {
    const entry = (resource) => ({ resource,
      request: { method: 'POST', url: resource.resourceType } });
    const result = (status, value) => entry({ resourceType: 'Observation', status,
      subject: { reference: 'Patient/p' }, valueString: value,
      code: { coding: [{ system: 'http://loinc.org', code: '84413-4' }] } });
    const patient = { resourceType: 'Patient', id: 'p',
      identifier: [{ system: 'urn:oid:2.999.2', value: '1' }] };
    const answer = await (await post(service, '/fhir', JSON.stringify({ resourceType: 'Bundle',
      type: 'batch', entry: [{ resource: patient, request: { method: 'PUT', url: 'Patient/p' } },
        result('final', 'CYP2C19 *1/*2'), result('wrong', 'CYP2D6 *4/*4'),
        result('final', 'TPMT *1/*3A')] }))).json();
    assert.deepEqual(answer.entry.map((one) => one.response.status.slice(0, 3)),
      ['201', '201', '422', '201']);
    assert.deepEqual(await recordOf(service, 'urn:oid:2.999.2|1'),
      ['CYP2C19 *1/*2 final', 'TPMT *1/*3A final']);
  } finally {
    await stop(service);
  }
});

const published = reference === null ? null : path.join(reference, 'fhir/genomics-reporting');
const skip = published === null ? 'no ../shared/reference beside the checkout' : false;

function publishedBundles() {
  if (skip) return [];
  return fs.readdirSync(published, { recursive: true, withFileTypes: false })
    .filter((name) => name.endsWith('.json') && /examples|assembled/.test(name)).sort()
    .map((name) => ({ name, text: fs.readFileSync(path.join(published, name), 'utf8') }))
    .filter((file) => JSON.parse(file.text).resourceType === 'Bundle');
}

/** What the records of all patients hold. */
async function allResults(service) {
  const patients = await json(service, '/fhir/Patient?_count=200');
  const all = [];
  for (const { resource } of patients.entry ?? []) {
    all.push(...resultsIn(await json(service, `/record/${resource.id}`)));
  }
  return all.sort();
}

// What the guide's narratives state of the patients; bundles that are not named hold no germline
// pharmacogenetic result, or none whose patient is in the bundle.
const stated = [
  [/(stu3|ci-4).*bundle-pgxexample/, ['CYP2C9']],
  [/emerge-pgx/, ['CYP2C19 *2/*2', 'CYP2C9 *1/*1', 'VKORC1 rs9923231 C/T']],
];

test('the bundles of the guide are stored whole, or refused with the reason', { skip },
  async (context) => {
    const bundles = publishedBundles();
    assert.ok(bundles.length >= 20, `${bundles.length}`);
    let stored = 0;
    for (const { name, text } of bundles) {
      const service = await start(path.join(temporaryFolder(), 'data'));
      try {
        const response = await post(service, '/fhir', text);
        const answer = await response.json();
        if (response.status !== 200) {
          assert.ok([400, 412, 422].includes(response.status), `${name}: ${response.status}`);
          assert.equal(answer.resourceType, 'OperationOutcome');
          context.diagnostic(`${name} refused: ${answer.issue[0].diagnostics
            ?? answer.issue[0].details?.text} ${answer.issue[0].expression ?? ''}`);
          assert.equal((await json(service, '/fhir/Observation?_summary=count')).total, 0, name);
          continue;
        }
        stored += 1;
        assert.equal(answer.entry.length, JSON.parse(text).entry.length, name);
        const results = await allResults(service);
        context.diagnostic(`${name}: ${results.join('; ')}`);
        for (const [pattern, wanted] of stated) {
          if (!pattern.test(name)) continue;
          for (const one of wanted) {
            assert.ok(results.some((result) => result.startsWith(one)), `${name}: ${one}`);
          }
        }
      } finally {
        await stop(service);
      }
    }
    context.diagnostic(`${stored} of ${bundles.length} stored`);
    assert.ok(stored >= bundles.length * 0.75, `${stored} of ${bundles.length}`);
  });
