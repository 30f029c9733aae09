// HL7 v2 by MLLP against the built program: with a client of others, by TLS, and through kills.
// GENFLIK_PROGRAM names the program; GENFLIK_STREAM_MESSAGES how many messages are streamed through kills.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import test from 'node:test';
import * as hl7 from 'node-hl7-client';

const program = process.env.GENFLIK_PROGRAM;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'genflik-mllp-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

/** Starts the program; resolves when it has told its ports. */
async function start(data, more = []) {
  const child = spawn(program, ['serve', '--listen', '127.0.0.1:0', '--mllp', '127.0.0.1:0',
    '--data', data, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.on('data', (text) => { log += text; });
  const ended = new Promise((resolve) => { child.on('exit', resolve); });
  const lines = readline.createInterface({ input: child.stdout });
  let address = '';
  for await (const line of lines) {
    if (line.startsWith('genflik ready ')) address = line.slice(14);
    const mllp = /MLLP\s+port (\d+)/.exec(line);
    if (mllp) return { child, ended, address, mllp: Number(mllp[1]) };
  }
  throw new Error(`the program did not start: ${log}`);
}

async function stop(service, signal = 'SIGTERM') {
  service.child.kill(signal);
  await service.ended;
}

const someone = '195009072553^^^SKV&1.2.752.129.2.1.3.1&ISO^NNSWE||Test^Tore||19500907|M';

function message(id, genotype = '*4/*4', patient = someone) {
  return ['MSH|^~\\&|GENLAB|KLIN|PGX|REG|20250301||ORU^R01^ORU_R01|' + id + '|P|2.5.1',
    `PID|1||${patient}`,
    'OBR|1|P' + id + '|F' + id + '|CYP2D6^CYP2D6 genotyp^L|||20250226|||||||||||||||20250301||GE|F',
    'OBX|1|ST|84413-4^Genotype^LN|1|CYP2D6 ' + genotype + '||||||F', ''].join('\r');
}

/** Sends one message with node-hl7-client and resolves with the text of the acknowledgement. */
function sendByClient(port, text, options = {}) {
  return new Promise((resolve, reject) => {
    const client = new hl7.Client({ host: '127.0.0.1', ...options });
    const outbound = client.createOutbound({ port, waitAck: true }, async (response) => {
      resolve(response.getMessage().toString());
      await outbound.close();
    });
    outbound.on('client.error', reject);
    outbound.on('error', reject);
    outbound.sendMessage(new hl7.Message({ text: text.replace(/\r$/, '') })).catch(reject);
  });
}

async function json(url) {
  const response = await fetch(url);
  assert.equal(response.status, 200, url);
  return response.json();
}

test('node-hl7-client gets AA for what is stored, AA again for a repetition, AE for what is not', async () => {
  const service = await start(path.join(folder, 'plain'));
  try {
    assert.match(await sendByClient(service.mllp, message('C1')), /MSA\|AA\|C1/);
    assert.match(await sendByClient(service.mllp, message('C1')), /MSA\|AA\|C1/);
    const wrong = message('C2').replace('195009072553', '195009072554');
    const refused = await sendByClient(service.mllp, wrong);
    assert.match(refused, /MSA\|AE\|C2/);
    assert.match(refused, /ERR\|/);
    const results = await json(`${service.address}/fhir/Observation?code=84413-4`);
    assert.equal(results.entry.length, 1);
    const patient = results.entry[0].resource.subject.reference.slice(8);
    const record = await json(`${service.address}/record/${patient}`);
    assert.equal(record.genes[0].gene, 'CYP2D6');
    assert.deepEqual(record.genes[0].results[0].diplotypes, ['*4/*4']);
    const queue = await json(`${service.address}/unmapped`);
    assert.equal(queue.entries.length, 1);
  } finally {
    await stop(service);
  }
});

test('node-hl7-client sends by TLS, and nothing is taken in the clear', async () => {
  const key = path.join(folder, 'key.pem');
  const certificate = path.join(folder, 'certificate.pem');
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out',
    certificate, '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'],
  { stdio: 'ignore' });
  const config = path.join(folder, 'config.json');
  fs.writeFileSync(config, JSON.stringify({ mllpTls: { certificate, key } }));
  const service = await start(path.join(folder, 'tls'), ['--config', config]);
  try {
    const ca = fs.readFileSync(certificate);
    assert.match(await sendByClient(service.mllp, message('T1'), { tls: { ca } }), /MSA\|AA\|T1/);
    const answer = await new Promise((resolve) => {
      let bytes = '';
      const socket = net.connect(service.mllp, '127.0.0.1', () => socket.write(`\v${message('T2')}\x1c\r`));
      socket.on('data', (data) => { bytes += data; });
      socket.on('error', () => resolve(bytes));
      socket.on('close', () => resolve(bytes));
    });
    assert.doesNotMatch(answer, /MSA/);
  } finally {
    await stop(service);
  }
});

/** Messages of a stream are about many people, as in life: a thousand results of one are not. */
function streamed(id) {
  return message(id, '*4/*4', `${Number(id.slice(1)) % 1000}^^^&2.999.1&ISO^MR||Test^Tore`);
}

/** One connection: sends what `next` gives, one after the other, until the connection ends. */
function stream(port, next, acknowledged) {
  return new Promise((resolve) => {
    let waiting = '';
    let bytes = '';
    const socket = net.connect(port, '127.0.0.1');
    const send = () => {
      waiting = next();
      if (!waiting) socket.end();
      else socket.write(`\v${streamed(waiting)}\x1c\r`);
    };
    socket.on('connect', send);
    socket.on('data', (data) => {
      bytes += data;
      const end = bytes.indexOf('\x1c');
      if (end < 0) return;
      assert.match(bytes, new RegExp(`MSA\\|AA\\|${waiting}\r`));
      acknowledged(waiting);
      waiting = '';
      bytes = '';
      send();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(waiting));
  });
}

test('every acknowledged message of a stream is there once, though the program is killed', async (context) => {
  const total = Number(process.env.GENFLIK_STREAM_MESSAGES ?? '10000');
  const data = path.join(folder, 'stream');
  const done = new Set();
  const again = [];
  let number = 0;
  let kills = 0;
  while (done.size < total) {
    const service = await start(data);
    const next = () => again.pop() ?? (number < total ? `S${++number}` : '');
    const kill = () => {
      if (service.child.exitCode === null && service.child.signalCode === null) kills += 1;
      service.child.kill('SIGKILL');
    };
    // In the middle of the stream, at a random message; the last part may run to its end.
    const killAfter = 1 + Math.floor(Math.random() * total / 5);
    let taken = 0;
    const left = await Promise.all(Array.from({ length: 8 }, () => stream(service.mllp, next, (id) => {
      done.add(id);
      if (++taken === killAfter) setTimeout(kill, Math.random() * 20);
    })));
    // What was sent without an answer is sent again, as a laboratory does.
    again.push(...left.filter(Boolean));
    await stop(service, 'SIGKILL');
  }
  const service = await start(data);
  try {
    const found = new Map();
    let url = `${service.address}/fhir/DiagnosticReport?_count=500&_elements=identifier`;
    while (url) {
      const page = await json(url);
      for (const entry of page.entry ?? []) {
        const value = entry.resource.identifier[0].value;
        found.set(value, (found.get(value) ?? 0) + 1);
      }
      url = page.link.find((link) => link.relation === 'next')?.url;
    }
    context.diagnostic(`${done.size} messages acknowledged, ${kills} kills`);
    assert.ok(kills >= 3, `${kills} kills`);
    assert.equal(done.size, total);
    assert.equal(found.size, total);
    for (const id of done) assert.equal(found.get(`F${id}`), 1, id);
    assert.ok([...found.values()].every((count) => count === 1));
  } finally {
    await stop(service);
  }
});
