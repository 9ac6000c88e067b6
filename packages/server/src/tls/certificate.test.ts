import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import pino from 'pino';
import { ConfigError } from '../config/config-error.ts';
import { HandClock } from '../hand-clock.fixture.ts';
import { until } from '../until.fixture.ts';
import { Certificate } from './certificate.ts';
import { createFolder, createKeyPair } from './key-pair.fixture.ts';
import { type KeyPair, type KeyPairFiles, readKeyPair } from './key-pair.ts';

/** A certificate whose files are looked at when the test says so. */
async function openCertificate(t: TestContext, files: KeyPairFiles) {
  const clock = new HandClock('2026-11-21T12:00:00Z');
  const log: string[] = [];
  const logger = pino({}, { write: (line) => log.push(line) });
  const certificate = await Certificate.open({ files, clock, logger });
  t.after(() => certificate.close());
  const changes: KeyPair[] = [];
  certificate.on('changed', (pair) => changes.push(pair));
  return {
    certificate,
    clock,
    log,
    changes,
    async look() {
      clock.advance(5_000);
      await until(
        () => clock.alarms,
        (alarms) => alarms === 1,
      );
    },
  };
}

async function replace(files: KeyPairFiles, by: KeyPairFiles): Promise<void> {
  await copyFile(by.certFile, files.certFile);
  await copyFile(by.keyFile, files.keyFile);
}

async function refusal(files: KeyPairFiles): Promise<string> {
  const options = { files, clock: new HandClock('2026-11-21T12:00:00Z'), logger: pino({ level: 'silent' }) };
  const error = await Certificate.open(options).then(
    () => assert.fail('it was accepted'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ConfigError);
  return error.message;
}

describe('A certificate', () => {
  test('is replaced when its files hold another pair, and only then', async (t) => {
    const folder = await createFolder(t);
    const files = createKeyPair(folder, 'first');
    const second = createKeyPair(folder, 'second');
    const { certificate, changes, log, look } = await openCertificate(t, files);
    await look();
    await writeFile(files.certFile, await readFile(files.certFile));
    await look();
    assert.deepEqual([changes, log], [[], []]);

    await replace(files, second);
    await look();
    assert.deepEqual(changes, [await readKeyPair(second)]);
    assert.deepEqual(certificate.pair, changes[0]);
    assert.match(log.join(''), /a new TLS certificate serves new connections/);
    await look();
    assert.equal(changes.length, 1);
  });

  test('is replaced when a link to the folder of its files is, as Kubernetes does it', async (t) => {
    const folder = await createFolder(t);
    for (const version of ['v1', 'v2']) {
      await mkdir(join(folder, version));
      createKeyPair(join(folder, version), 'tls');
    }
    await symlink('v1', join(folder, '..data'));
    for (const file of ['tls.crt', 'tls.key']) await symlink(join('..data', file), join(folder, file));
    const files = { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
    const { changes, look } = await openCertificate(t, files);

    await symlink('v2', join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    await look();
    const v2 = { certFile: join(folder, 'v2/tls.crt'), keyFile: join(folder, 'v2/tls.key') };
    assert.deepEqual(changes, [await readKeyPair(v2)]);
  });

  test('stays when its files become unusable, which is logged once it lasts', async (t) => {
    const folder = await createFolder(t);
    const files = createKeyPair(folder, 'first');
    const second = createKeyPair(folder, 'second');
    const { certificate, changes, log, look } = await openCertificate(t, files);
    const { pair } = certificate;
    const faults = () => log.map((line) => JSON.parse(line)).map(({ level, reason }) => ({ level, reason }));

    await copyFile(second.certFile, files.certFile);
    await look();
    assert.deepEqual(faults(), []);
    for (let looks = 0; looks < 3; looks += 1) await look();
    const mismatch = { level: 50, reason: 'the private key is not that of the certificate' };
    assert.deepEqual(faults(), [mismatch]);

    await rm(files.keyFile);
    for (let looks = 0; looks < 3; looks += 1) await look();
    assert.equal(faults().length, 2);
    assert.match(faults()[1]?.reason, /^ENOENT/);
    assert.deepEqual([certificate.pair, changes], [pair, []]);

    await copyFile(second.keyFile, files.keyFile);
    await look();
    assert.deepEqual(changes, [await readKeyPair(second)]);
  });

  test('that is half written at one look is taken at the next one, without a complaint', async (t) => {
    const folder = await createFolder(t);
    const files = createKeyPair(folder, 'first');
    const second = createKeyPair(folder, 'second');
    const { changes, log, look } = await openCertificate(t, files);
    await writeFile(files.certFile, (await readFile(second.certFile, 'utf8')).slice(0, 100));
    await look();
    await replace(files, second);
    await look();
    assert.equal(changes.length, 1);
    assert.ok(log.every((line) => JSON.parse(line).level === 30));
  });

  test('sets no alarm once it is closed', async (t) => {
    const { certificate, clock } = await openCertificate(t, createKeyPair(await createFolder(t), 'first'));
    clock.advance(5_000);
    await certificate.close();
    assert.equal(clock.alarms, 0);
  });
});

describe('Files that cannot be used are refused at the start', () => {
  test('naming what is wrong, and nothing of what is in them', async (t) => {
    const folder = await createFolder(t);
    const { certFile, keyFile } = createKeyPair(folder, 'first');
    const second = createKeyPair(folder, 'second');
    const encrypted = join(folder, 'encrypted.key');
    execFileSync('openssl', ['ec', '-in', keyFile, '-aes128', '-passout', 'pass:hidden', '-out', encrypted], {
      stdio: 'pipe',
    });
    const cases: [KeyPairFiles, RegExp][] = [
      [{ certFile: join(folder, 'none'), keyFile }, /ENOENT: .*\/none'/],
      [{ certFile, keyFile: folder }, /EISDIR/],
      [{ certFile: keyFile, keyFile }, /there is no certificate in PEM form$/],
      [{ certFile, keyFile: certFile }, /there is no private key in PEM form, without a passphrase$/],
      [{ certFile, keyFile: encrypted }, /there is no private key in PEM form, without a passphrase$/],
      [{ certFile, keyFile: second.keyFile }, /the private key is not that of the certificate$/],
    ];
    for (const [files, says] of cases) {
      const message = await refusal(files);
      assert.match(message, says);
      assert.ok(message.startsWith(`tls: ${files.certFile} and ${files.keyFile} cannot be used: `));
      assert.doesNotMatch(message, /BEGIN|hidden/);
    }
  });
});
