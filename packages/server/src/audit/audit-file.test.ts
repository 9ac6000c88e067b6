import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import pino from 'pino';
import { HandClock } from '../hand-clock.fixture.ts';
import { AuditFile, type AuditFileOptions } from './audit-file.ts';

const second = 1_000;

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-audit-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

/** A file, and what is logged about it. */
async function openFile(file: string, options: Partial<AuditFileOptions> = {}) {
  const clock = new HandClock('2026-11-21T20:00:00Z');
  const log: string[] = [];
  const logger = pino({}, { write: (line) => log.push(JSON.parse(line).msg) });
  const lossLine = (count: number) => `lost ${count}\n`;
  const audit = await AuditFile.open({ file, clock, logger, lossLine, ...options });
  return { audit, clock, log };
}

/** A name for a disk that is full. */
async function fullDisk(t: TestContext): Promise<string> {
  const file = join(await newFolder(t), 'audit.log');
  await symlink('/dev/full', file);
  return file;
}

/** Makes room: the name now is that of an ordinary file. */
async function makeRoom(file: string): Promise<void> {
  await writeFile(`${file}.new`, '');
  await rename(`${file}.new`, file);
}

/** Resolves when an attempt has failed and the next one is waited for. */
async function untilItFails(clock: HandClock): Promise<void> {
  while (clock.alarms === 0) await setImmediate();
}

async function untilFileHas(file: string, text: string): Promise<void> {
  while ((await readFile(file, 'utf8')) !== text) await setImmediate();
}

test('lines are there in their order once the file is closed, after those of earlier times', async (t) => {
  const file = join(await newFolder(t), 'audit.log');
  const lines = Array.from({ length: 1_000 }, (_, index) => `${index}\n`);
  for (const part of [lines.slice(0, 300), lines.slice(300)]) {
    const { audit, log } = await openFile(file);
    for (const line of part) {
      audit.append(line);
      if (line.endsWith('7\n')) await setImmediate();
    }
    await audit.close();
    assert.deepEqual(log, []);
  }
  assert.equal(await readFile(file, 'utf8'), lines.join(''));
});

test('a line is written without anything else happening', async (t) => {
  const file = join(await newFolder(t), 'audit.log');
  const { audit } = await openFile(file);
  t.after(() => audit.close());
  audit.append('one\n');
  await untilFileHas(file, 'one\n');
});

test('the file is its owner’s alone, also one that was there for others to read', async (t) => {
  const file = join(await newFolder(t), 'audit.log');
  const { audit } = await openFile(file);
  await audit.close();
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  await chmod(file, 0o644);
  const { audit: again } = await openFile(file);
  await again.close();
  assert.equal((await stat(file)).mode & 0o777, 0o600);
});

test('a file that cannot be opened is refused at once', async (t) => {
  await assert.rejects(openFile(join(await newFolder(t), 'nowhere', 'audit.log')), { code: 'ENOENT' });
});

test('a file that is renamed keeps what it has, and the next line begins a new one', async (t) => {
  const file = join(await newFolder(t), 'audit.log');
  const { audit } = await openFile(file);
  audit.append('one\n');
  await untilFileHas(file, 'one\n');
  await rename(file, `${file}.1`);
  audit.append('two\n');
  await audit.close();
  assert.equal(await readFile(`${file}.1`, 'utf8'), 'one\n');
  assert.equal(await readFile(file, 'utf8'), 'two\n');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
});

test('a full disk is told once, and no line is lost when there is room again', async (t) => {
  const file = await fullDisk(t);
  const { audit, clock, log } = await openFile(file);
  t.after(() => audit.close());
  audit.append('one\n');
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await untilItFails(clock);
    audit.append(`${attempt}\n`);
    clock.advance(second);
  }
  await untilItFails(clock);
  assert.deepEqual(log, ['the audit log cannot be written: its records wait']);

  await makeRoom(file);
  clock.advance(second);
  await untilFileHas(file, 'one\n0\n1\n2\n');
  assert.deepEqual(log.slice(1), ['the audit log is written again']);
});

test('when too much waits new lines are lost, and the file says how many, where they would be', async (t) => {
  const file = await fullDisk(t);
  const { audit, clock, log } = await openFile(file, { waitingBytes: 8 });
  t.after(() => audit.close());
  for (const line of ['one\n', 'two\n', 'three\n', '4\n']) audit.append(line);
  await untilItFails(clock);
  const losing = 'too many records of the audit log wait for the disk: new ones are lost';
  assert.deepEqual(log, [losing, 'the audit log cannot be written: its records wait']);

  await makeRoom(file);
  clock.advance(second);
  await untilFileHas(file, 'one\ntwo\n');
  audit.append('five\n');
  await untilFileHas(file, 'one\ntwo\nlost 2\nfive\n');
});

test('closing does not wait for a disk that stays full, and says that the end is lost', async (t) => {
  const { audit, clock, log } = await openFile(await fullDisk(t), { waitingBytes: 4 });
  audit.append('one\n');
  audit.append('two\n');
  await untilItFails(clock);
  await audit.close();
  assert.deepEqual(log.slice(2), ['the end of the audit log is lost']);
  assert.equal(clock.alarms, 0);
});

test('what is lost last is told when the file is closed', async (t) => {
  const file = await fullDisk(t);
  const { audit, clock } = await openFile(file, { waitingBytes: 4 });
  audit.append('one\n');
  audit.append('two\n');
  await untilItFails(clock);
  await makeRoom(file);
  await audit.close();
  assert.equal(await readFile(file, 'utf8'), 'one\nlost 1\n');
});
