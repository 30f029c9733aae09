// A late result reaches a subscriber (Subscription, rest-hook) that cannot be reached at first, then is
// silent, then refuses, while the program is killed in between.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import test from 'node:test';
import { json, start, stop, temporaryFolder } from './support/program.mjs';

/** A receiver that answers each request with the next of `answers` (null: silence), then with 200. */
function receiver(answers) {
  const requests = [];
  const waiting = [];
  const silent = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (part) => { body += part; });
    request.on('end', () => {
      const answer = requests.length < answers.length ? answers[requests.length] : 200;
      requests.push({ url: request.url, headers: request.headers, body, answer });
      if (answer === null) silent.push(response);
      else response.writeHead(answer).end();
      for (const check of waiting) check();
    });
  });
  return {
    requests,
    listen: (port) => new Promise((resolve) => {
      server.listen(port, '127.0.0.1', () => resolve(server.address().port));
    }),
    close: () => new Promise((resolve) => {
      for (const response of silent) response.destroy();
      server.closeAllConnections?.();
      server.close(resolve);
    }),
    received: (count) => new Promise((resolve) => {
      const check = () => { if (requests.length >= count) resolve(); };
      waiting.push(check);
      check();
    }),
  };
}

async function put(service, resource) {
  const response = await fetch(`${service.address}/fhir/${resource.resourceType}/${resource.id}`,
    { method: 'PUT', body: JSON.stringify(resource),
      headers: { 'Content-Type': 'application/fhir+json' } });
  assert.equal(response.status, 201, await response.text());
}

/** Resolves when the log of the program says `text`. */
function logSays(service, text) {
  return new Promise((resolve) => {
    const check = () => { if (service.log.includes(text)) resolve(); };
    service.child.stderr.on('data', check);
    check();
  });
}

test('a late result is told through refusal, silence and a restart', { timeout: 120000 }, async () => {
  const folder = temporaryFolder();
  const config = path.join(folder, 'config.json');
  fs.writeFileSync(config, JSON.stringify({ notifyRetrySeconds: 1, notifyTimeoutSeconds: 1 }));
  const data = path.join(folder, 'data');
  const hook = receiver([null, 503]);
  // A port where nobody listens yet.
  const probe = receiver([]);
  const port = await probe.listen(0);
  await probe.close();
  let service = await start(data, ['--config', config]);
  try {
    await put(service, { resourceType: 'Patient', id: 'p',
      identifier: [{ system: 'urn:oid:2.999.1', value: '1' }] });
    await put(service, { resourceType: 'MedicationRequest', id: 'm', status: 'active',
      intent: 'order', subject: { reference: 'Patient/p' }, medicationCodeableConcept: { coding: [
        { system: 'http://www.whocc.no/atc', code: 'L01BC06' }] } });
    await put(service, { resourceType: 'Subscription', id: 's', status: 'active',
      reason: 'late results', criteria: 'DetectedIssue?status=final', channel: { type: 'rest-hook',
        endpoint: `http://127.0.0.1:${port}/hook`, payload: 'application/fhir+json',
        header: ['Authorization: Bearer secret'] } });
    await put(service, { resourceType: 'Observation', id: 'o', status: 'final',
      subject: { reference: 'Patient/p' }, effectiveDateTime: '2026-03-01',
      code: { coding: [{ system: 'http://loinc.org', code: '84413-4' }] },
      valueString: 'DPYD c.1905+1G>A/Reference' });
    await logSays(service, 'notification-not-taken');
    await hook.listen(port);
    // Tried again, and met with silence.
    await hook.received(1);
    await stop(service, 'SIGKILL');
    service = await start(data, ['--config', config]);
    // 503, and then it is taken.
    await hook.received(3);
    assert.deepEqual(hook.requests.map((request) => request.answer), [null, 503, 200]);
    for (const request of hook.requests) {
      assert.equal(request.url, '/hook');
      assert.equal(request.headers.authorization, 'Bearer secret');
      assert.equal(request.headers['content-type'], 'application/fhir+json');
      assert.equal(JSON.parse(request.body).resourceType, 'DetectedIssue');
      assert.deepEqual(request.body, hook.requests[0].body);
    }
    assert.equal((await json(service, '/fhir/Subscription/s')).status, 'active');
    const [late] = (await json(service, '/late-results')).entries;
    assert.equal(late.order, 'MedicationRequest/m');
  } finally {
    await stop(service);
    await hook.close();
  }
});
