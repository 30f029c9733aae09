// HL7 v2 as laboratories send it, by MLLP and by HTTP, against the built program:
// tests/data/lab/messages.txt, and the published examples where they are at hand.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { acknowledgements, data, json, queueLength, recordOf, reference, sendByHttp, sendByMllp,
  start, stop, temporaryFolder } from './support/program.mjs';

const usual = {
  MSH: 'MSH|^~\\&|GENLAB|KLIN|PGX|REG|20250301101500+0100||ORU^R01^ORU_R01|{id}|P|2.5.1',
  PID: 'PID|1||{pid}^^^KLIN&2.999.1&ISO^MR||Exempel^Eva||19610118|F',
  OBR: 'OBR|1|P{pid}|F{pid}|PGX^Farmakogenetik^99GENLAB|||20250226083000+0100|||||||||||||||'
    + '20250301100000+0100||GE|F',
};

/** The bytes of a message as the case wants it sent. */
function bytesOf(one, text) {
  let all = text;
  if (one.ends === 'lf') all = all.replaceAll('\r', '\n');
  if (one.ends === 'crlf') all = all.replaceAll('\r', '\r\n');
  if (one.ends === 'none') all = all.slice(0, -1);
  if (one.bytes === 'bom') all = `\uFEFF${all}`;
  // Where ISO 8859-15 differs from 8859-1.
  if (one.bytes === 'latin9') all = all.replaceAll('Š', '\xA6').replaceAll('š', '\xA8');
  return Buffer.from(all, one.bytes?.startsWith('latin') ? 'latin1' : 'utf8');
}

function readCases() {
  const cases = [];
  let patient = '';
  let text = '';
  const finish = () => {
    const one = cases.at(-1);
    if (one) one.messages.push(bytesOf(one, text));
    text = '';
  };
  for (const line of fs.readFileSync(path.join(data, 'messages.txt'), 'utf8').split('\n')) {
    const one = cases.at(-1);
    const [, word, rest] = /^(\S*) ?(.*)$/s.exec(line);
    if (!line || line.startsWith('#')) continue;
    if (word === '@') {
      finish();
      const number = String(9001 + cases.length);
      cases.push({ name: rest, number, acks: [], results: {}, texts: [], queue: 0, messages: [] });
      patient = `urn:oid:2.999.1|${number}`;
    } else if (word === 'ack') {
      const [code, ...places] = rest.split(' ');
      const errors = [];
      for (let i = 0; i < places.length; i += 4) errors.push(places.slice(i, i + 4).join(' '));
      one.acks.push({ code, errors });
    } else if (word === 'result') {
      (one.results[patient] ??= []).push(rest);
    } else if (word === 'patient') {
      patient = rest.replaceAll('{pid}', one.number);
    } else if (word === 'queue') {
      one.queue = Number(rest);
    } else if (word === 'text') {
      one.texts.push(rest);
    } else if (word === 'bytes' || word === 'ends') {
      one[word] = rest;
    } else if (word === '>>') {
      finish();
    } else {
      text += `${(usual[line] ?? line).replaceAll('{id}', `C${one.number}-${one.messages.length}`)
        .replaceAll('{pid}', one.number)}\r`;
    }
  }
  finish();
  return cases;
}

const cases = readCases();

function withLaboratory(folder) {
  const file = path.join(folder, 'config.json');
  fs.writeFileSync(file, JSON.stringify({ labs: path.join(data, 'labs') }));
  return ['--config', file];
}

for (const [by, send] of [['MLLP', sendByMllp], ['HTTP', sendByHttp]]) {
  test(`every form of a message is taken by ${by} as the standard says`, async (context) => {
    assert.ok(cases.length >= 100, `${cases.length} forms`);
    const folder = temporaryFolder();
    const service = await start(path.join(folder, 'data'), withLaboratory(folder));
    try {
      for (const one of cases) {
        await context.test(one.name, async () => {
          const queued = await queueLength(service);
          const got = [];
          for (const bytes of one.messages) {
            got.push(...acknowledgements(await send(service, bytes)));
          }
          assert.deepEqual(got.map((ack) => ack.code), one.acks.map((ack) => ack.code),
            JSON.stringify(got));
          one.acks.forEach((ack, i) => {
            if (ack.errors.length === 0) assert.deepEqual(got[i].errors, []);
            assert.deepEqual(got[i].errors.slice(0, ack.errors.length), ack.errors);
          });
          assert.equal(await queueLength(service) - queued, one.queue, 'in the queue');
          for (const [patient, results] of Object.entries(one.results)) {
            assert.deepEqual(await recordOf(service, patient), results.sort());
          }
          if (!one.acks.some((ack) => ack.code === 'AA')) {
            const who = encodeURIComponent(`urn:oid:2.999.1|${one.number}`);
            await json(service, `/record/${who}`, 404);
          }
          for (const text of one.texts) {
            const who = encodeURIComponent(Object.keys(one.results)[0]);
            const { patient } = await json(service, `/record/${who}`);
            const all = await json(service, `/fhir/${patient.reference}/$everything`);
            assert.ok(JSON.stringify(all).includes(text), text);
          }
        });
      }
    } finally {
      await stop(service);
    }
  });
}

test('an entry of the queue is used when its code has been configured', async () => {
  const folder = temporaryFolder();
  const labs = path.join(folder, 'labs');
  fs.mkdirSync(labs);
  const config = path.join(folder, 'config.json');
  fs.writeFileSync(config, JSON.stringify({ labs }));
  const message = Buffer.from(`${usual.MSH}\r${usual.PID}\r${usual.OBR}\r`
    .replaceAll('{id}', 'Q1').replaceAll('{pid}', '1')
    + 'OBX|1|ST|XYZ^Metod^L||*4/*4||||||F\r');
  let service = await start(path.join(folder, 'data'), ['--config', config]);
  let entry;
  try {
    assert.equal(acknowledgements(await sendByMllp(service, message))[0].code, 'AA');
    assert.deepEqual(await recordOf(service, 'urn:oid:2.999.1|1'), []);
    [entry] = (await json(service, '/unmapped')).entries;
    assert.match(entry.reasons[0], /OBX 1 field 3: what XYZ tests is not known/);
    assert.equal(entry.original, message.toString());
    const replay = await fetch(`${service.address}/unmapped/${entry.id}/replay`, { method: 'POST' });
    assert.equal(replay.status, 409, 'nothing has changed yet');
  } finally {
    await stop(service);
  }
  fs.writeFileSync(path.join(labs, 'genlab.json'), JSON.stringify({ laboratory: 'Genlab',
    senders: ['GENLAB|*'], codes: { XYZ: { gene: 'CYP2D6', test: 'genotype' } } }));
  service = await start(path.join(folder, 'data'), ['--config', config]);
  try {
    const replay = await fetch(`${service.address}/unmapped/${entry.id}/replay`, { method: 'POST' });
    assert.equal(replay.status, 200, await replay.text());
    assert.deepEqual(await recordOf(service, 'urn:oid:2.999.1|1'), ['CYP2D6 *4/*4 final']);
    assert.equal(await queueLength(service), 0);
  } finally {
    await stop(service);
  }
});

const published = reference === null ? null : path.join(reference, 'hl7v2');
const skip = published === null ? 'no ../shared/reference beside the checkout' : false;
const expected = skip ? {} : JSON.parse(fs.readFileSync(path.join(published, 'expected.json')));
const national = ['personnummer', 'samordningsnummer']
  .map((name) => `http://electronichealth.se/identifier/${name}`);

/** Whether a published value is a genotype that stands in the record in the same words. */
const isGenotype = (value) => /^\*\S+$/.test(value);

test('the published messages are stored with their results', { skip }, async (context) => {
  let compared = 0;
  const names = Object.keys(expected).filter((name) => name.startsWith('messages/'));
  assert.ok(names.length >= 21);
  for (const name of names) {
    const service = await start(path.join(temporaryFolder(), 'data'));
    try {
      const answer = await sendByMllp(service, fs.readFileSync(path.join(published, name)));
      for (const ack of acknowledgements(answer)) assert.equal(ack.code, 'AA', name);
      const stored = [];
      for (const id of expected[name].patient_ids) {
        for (const system of national) {
          stored.push(...await recordOf(service, `${system}|${id.split(':').at(-1)}`));
        }
      }
      for (const wanted of expected[name].results) {
        if (wanted.status === 'cancelled') {
          assert.deepEqual(stored, [], name);
          continue;
        }
        compared += 1;
        const value = (wanted.value ?? '').replace(`${wanted.gene} `, '');
        assert.ok(stored.some((result) => wanted.gene.split('|').includes(result.split(' ')[0])
          && result.endsWith(` ${wanted.status}`)
          && (!isGenotype(value) || result.split(' ').includes(value))),
        `${name}: ${JSON.stringify(wanted)} in ${JSON.stringify(stored)}`);
      }
    } finally {
      await stop(service);
    }
  }
  context.diagnostic(`${names.length} messages, ${compared} results compared`);
  assert.ok(compared >= 35, `${compared}`);
});

test('the published broken messages are answered as published', { skip }, async (context) => {
  const service = await start(path.join(temporaryFolder(), 'data'));
  let count = 0;
  try {
    for (const [name, what] of Object.entries(expected)) {
      if (!name.startsWith('malformed/') || !what.expected_ack.startsWith('A')) continue;
      count += 1;
      const [ack] = acknowledgements(
        await sendByMllp(service, fs.readFileSync(path.join(published, name))));
      // "AA (lenient) or AR": one of them.
      assert.ok(what.expected_ack.split(/\W/).includes(ack.code), `${name}: ${ack.code}`);
      const code = /ERR-3 (\d+)/.exec(what.note);
      if (code && ack.code !== 'AA') assert.ok(ack.errors[0].endsWith(` ${code[1]}`), name);
    }
  } finally {
    await stop(service);
  }
  context.diagnostic(`${count} broken messages`);
  assert.ok(count >= 17, `${count}`);
});
