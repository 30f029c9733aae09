// `genflik import` as it is typed: the Uppsala figures on synthetic people, a dry run, and going on
// after it was killed.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { data, json, program, queueLength, recordOf, run, start, stop, temporaryFolder }
  from './support/program.mjs';

const genes = ['CYP2D6', 'CYP2C19', 'CYP2C9', 'CYP3A5'];
// As people and programs wrote them over the years.
const genotypes = {
  CYP2D6: ['CYP2D6 *1/*4', '*4/*4 (PM)', '2D6: homozygot *4'],
  CYP2C19: ['*1/*2', 'CYP2C19 *1/*17', '*2/*2'],
  CYP2C9: ['*1/*1', '*1/*3', 'CYP2C9 *2/*3'],
  CYP3A5: ['*3/*3', '*1/*3', 'CYP3A5 *1/*1'],
};
const perGene = 250;

/** A register in which every tenth genotyping of each gene is a repeat, with the lines of those. */
function register() {
  const lines = ['patient_id;gen;genotyp;datum'];
  const repeats = [];
  for (const [g, gene] of genes.entries()) {
    const tested = [];
    for (let n = 0; n < perGene; n += 1) {
      const repeat = n % 10 === 9;
      // The same people are tested for several genes; that is no repeat.
      const person = repeat ? tested.splice((n * 7) % tested.length, 1)[0] : 1000 + n;
      if (!repeat) tested.push(person);
      const month = String(1 + Math.floor((n % 25) / 3)).padStart(2, '0');
      lines.push([person, gene, genotypes[gene][person % 3],
        `${2012 + Math.floor(n / 25)}-${month}-0${1 + g}`].join(';'));
      if (repeat) repeats.push(`${lines.length}\t${gene}`);
    }
  }
  return { text: `${lines.join('\n')}\n`, repeats };
}

function prepare() {
  const folder = temporaryFolder();
  const { text, repeats } = register();
  fs.mkdirSync(path.join(folder, 'labs'));
  fs.writeFileSync(path.join(folder, 'labs/old.json'),
    JSON.stringify({ laboratory: 'Old', patientSystem: 'urn:oid:2.999.7' }));
  fs.writeFileSync(path.join(folder, 'old.csv'), text);
  const words = ['import', path.join(folder, 'old.csv'), '--lab', 'old', '--labs',
    path.join(folder, 'labs'), '--data', path.join(folder, 'data')];
  return { folder, words, repeats };
}

const table = `${genes.slice().sort().map((gene) => `${gene}\t250\t25\t0`).join('\n')}\nall\t1000\t100\n`;

async function count(folder, type) {
  const service = await start(path.join(folder, 'data'));
  try {
    return (await json(service, `/fhir/${type}?_summary=count`)).total;
  } finally {
    await stop(service);
  }
}

test('a dry run counts the repeats with their cost and stores nothing', async () => {
  const { folder, words } = prepare();
  const outcome = await run(...words, '--dry-run', '--price', '1450.50');
  assert.equal(outcome.code, 0, outcome.err);
  assert.match(outcome.out, /^rows 1000, stored 0, stored before 0, not usable 0\n/);
  assert.ok(outcome.out.includes(table), outcome.out);
  assert.match(outcome.out, /repeats cost 145050\.00/);
  assert.equal(await count(folder, 'Observation'), 0);
});

test('an import that is killed again and again finds exactly the repeats in the end', async () => {
  const { folder, words, repeats } = prepare();
  for (let i = 0; i < 3; i += 1) {
    // Killed as soon as the bar moves: something is on disk then.
    await new Promise((resolve) => {
      const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
      child.stderr.on('data', (text) => { if (String(text).includes('#')) child.kill('SIGKILL'); });
      child.on('close', resolve);
    });
  }
  const list = path.join(folder, 'repeats.tsv');
  const outcome = await run(...words, '--repeats', list);
  assert.equal(outcome.code, 0, outcome.err);
  assert.match(outcome.err, /\[#{40}\] 1000\/1000/);
  assert.doesNotMatch(outcome.out, /stored before 0,/);
  assert.ok(outcome.out.includes(table), outcome.out);
  assert.deepEqual(fs.readFileSync(list, 'utf8').trim().split('\n').slice(1).sort(), repeats.sort());
  assert.equal(await count(folder, 'Observation'), 1000);
  assert.equal(await count(folder, 'Patient'), 225);
});

test('what an earlier file brought makes repeats of a later one', async () => {
  const { folder, words } = prepare();
  await run(...words);
  const later = path.join(folder, 'later.csv');
  fs.writeFileSync(later, 'patient_id;gen;genotyp;datum\n1000;CYP2D6;*1/*1;2026-01-01\n'
    + '5555;CYP2D6;*1/*1;2026-01-01\n');
  const outcome = await run('import', later, ...words.slice(2));
  assert.match(outcome.out, /CYP2D6\t2\t1\t1\n/);
});

// tests/data/lab/tables.json: as spreadsheets and laboratory systems write them, with what they say
// of one person, and how many rows or cells are left to people.
test('every form of a table is read, without a configuration', async (context) => {
  const tables = JSON.parse(fs.readFileSync(path.join(data, 'tables.json'), 'utf8'));
  const folder = temporaryFolder();
  for (const [i, table] of tables.entries()) {
    await context.test(table.name, async () => {
      const file = path.join(folder, `${i}.csv`);
      const mark = table.encoding === 'utf16le' ? '\uFEFF' : '';
      fs.writeFileSync(file, Buffer.from(mark + table.text, table.encoding));
      const outcome = await run('import', file, '--data', path.join(folder, String(i)));
      assert.equal(outcome.code, 0, outcome.err);
      const service = await start(path.join(folder, String(i)));
      try {
        assert.deepEqual(await recordOf(service,
          'http://electronichealth.se/identifier/personnummer|195009072553'), table.results.sort());
        assert.equal(await queueLength(service), table.queue, 'in the queue');
      } finally {
        await stop(service);
      }
    });
  }
});
