// The built program as a laboratory meets it: started, sent to by MLLP and HTTP, killed.
// GENFLIK_PROGRAM names the program.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';

export const program = process.env.GENFLIK_PROGRAM;
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
export const data = path.join(root, 'tests/data/lab');
/** The folder of published examples beside the checkout; null where it is absent. */
const beside = path.join(root, '../shared/reference');
export const reference = fs.existsSync(beside) ? beside : null;

/** A folder that is gone at the end. */
export function temporaryFolder() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'genflik-lab-'));
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts the program; resolves when it has told its ports. */
export async function start(folder, more = []) {
  const child = spawn(program, ['serve', '--listen', '127.0.0.1:0', '--mllp', '127.0.0.1:0',
    '--data', folder, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  const service = { child, log: '', address: '', mllp: 0 };
  child.stderr.on('data', (text) => { service.log += text; });
  service.ended = new Promise((resolve) => { child.on('exit', resolve); });
  for await (const line of readline.createInterface({ input: child.stdout })) {
    if (line.startsWith('genflik ready ')) service.address = line.slice(14);
    const mllp = /MLLP\s+port (\d+)/.exec(line);
    if (!mllp) continue;
    service.mllp = Number(mllp[1]);
    return service;
  }
  throw new Error(`the program did not start: ${service.log}`);
}

export async function stop(service, signal = 'SIGTERM') {
  service.child.kill(signal);
  await service.ended;
}

/** Runs a subcommand to its end. */
export function run(...words) {
  return new Promise((resolve) => {
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    const outcome = { out: '', err: '', code: null };
    child.stdout.on('data', (text) => { outcome.out += text; });
    child.stderr.on('data', (text) => { outcome.err += text; });
    child.on('close', (code) => resolve({ ...outcome, code }));
  });
}

/** Sends the bytes of one message by MLLP and resolves with the answer. */
export function sendByMllp(service, bytes) {
  return new Promise((resolve, reject) => {
    let answer = Buffer.alloc(0);
    const socket = net.connect(service.mllp, '127.0.0.1', () => {
      socket.write(Buffer.concat([Buffer.from('\v'), bytes, Buffer.from('\x1c\r')]));
    });
    socket.on('data', (part) => {
      answer = Buffer.concat([answer, part]);
      if (answer.includes('\x1c')) socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer.toString('latin1').replace(/^\v|\x1c\r?$/g, '')));
  });
}

export async function sendByHttp(service, bytes) {
  const response = await fetch(`${service.address}/hl7v2`,
    { method: 'POST', body: bytes, headers: { 'Content-Type': 'x-application/hl7-v2+er7' } });
  return Buffer.from(await response.arrayBuffer()).toString('latin1');
}

/** One {code, id, errors} for each MSA; an error is "OBX 1 11 101", 0 for what is not told. */
export function acknowledgements(answer) {
  const all = [];
  let separators = ['|', '^'];
  for (const line of answer.split('\r')) {
    if (line.startsWith('MSH')) separators = [line[3], line[4]];
    const fields = line.split(separators[0]);
    if (fields[0] === 'MSA') all.push({ code: fields[1], id: fields[2] ?? '', errors: [] });
    if (fields[0] !== 'ERR') continue;
    const place = fields[2].split(separators[1]);
    all.at(-1).errors.push([place[0], place[1] || 0, place[2] || 0,
      fields[3].split(separators[1])[0]].join(' '));
  }
  return all;
}

export async function json(service, where, status = 200) {
  const response = await fetch(service.address + where);
  const body = await response.json();
  assert.equal(response.status, status, `${where}: ${JSON.stringify(body)}`);
  return body;
}

export async function queueLength(service) {
  return (await json(service, '/unmapped')).entries.length;
}

function reading(result) {
  const parts = [];
  if (result.callStatus === 'no-call') parts.push('no-call');
  if (result.diplotypes.length > 0) parts.push(result.diplotypes.join(' or '));
  else parts.push(...result.haplotypes.map((allele) => `+${allele}`));
  parts.push(...result.absent.map((allele) => `-${allele}`));
  if (result.reportedPhenotype) parts.push(`(${result.reportedPhenotype})`);
  return parts.join(' ');
}

/** "GENE READING STATUS" of everything in a record but superseded versions, sorted. */
export function resultsIn(record) {
  return record.genes.flatMap((gene) => gene.results
    .filter((result) => result.role !== 'superseded')
    .map((result) => `${gene.gene} ${reading(result)} ${result.recordStatus}`)).sort();
}

/** The same of the patient "system|value"; empty without a record. */
export async function recordOf(service, patient) {
  const response = await fetch(`${service.address}/record/${encodeURIComponent(patient)}`);
  return response.status === 200 ? resultsIn(await response.json()) : [];
}
