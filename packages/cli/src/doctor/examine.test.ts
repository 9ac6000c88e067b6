import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ServerAddress } from '../api/http-call.ts';
import { type AnyCheck, failed, ok } from './check.ts';
import { type Examined, examine } from './examine.ts';

const server: ServerAddress = { url: new URL('http://127.0.0.1:1'), direct: true };

function check(id: string, rest: Partial<AnyCheck>): AnyCheck {
  return { id, title: id, needs: [], timeoutMs: 10_000, run: async () => ({ findings: [ok('fine')] }), ...rest };
}

const tidy = check('clean-up', { run: async () => ({ findings: [] }) });

async function examineAll(
  checks: AnyCheck[],
  { signal, cleanUp = tidy }: { signal: AbortSignal; cleanUp?: AnyCheck },
): Promise<Examined[]> {
  return Array.fromAsync(examine(checks, { signal, cleanUp }));
}

const { signal: never } = new AbortController();

describe('an examination', () => {
  test('hands on what a check has learned', async () => {
    const checks = [
      check('first', { learns: ['server'], run: async () => ({ findings: [], learned: { server } }) }),
      check('second', { needs: ['server'], run: async (facts) => ({ findings: [ok(facts.server.url.origin)] }) }),
    ];
    const [, second] = await examineAll(checks, { signal: never });
    assert.deepEqual(second?.findings, [ok('http://127.0.0.1:1')]);
  });

  test('skips what builds on a check that learned nothing, and names it', async () => {
    const checks = [
      check('first', {
        title: 'The first',
        learns: ['server'],
        run: async () => ({ findings: [failed('no', 'mend it')] }),
      }),
      check('second', { title: 'The second', needs: ['server'], learns: ['stage'] }),
      check('third', { needs: ['stage'] }),
    ];
    const [, second, third] = await examineAll(checks, { signal: never });
    assert.deepEqual(second?.findings, [{ status: 'skipped', says: 'see "The first"' }]);
    assert.deepEqual(third?.findings, [{ status: 'skipped', says: 'see "The second"' }]);
  });

  test('gives a check up that takes too long, and goes on', async () => {
    let told = false;
    const hangs = check('hangs', {
      timeoutMs: 20,
      run: (_, signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => {
            told = true;
          });
        }),
    });
    const [first, second] = await examineAll([hangs, check('second', {})], { signal: never });
    assert.match(first?.findings[0]?.says ?? '', /^it took longer than/);
    assert.equal(first?.findings[0]?.status, 'failed');
    assert.equal(told, true);
    assert.equal(second?.findings[0]?.status, 'ok');
  });

  test('reports what a check throws as a failure', async () => {
    const throws = check('throws', { run: () => Promise.reject(new Error('the disk is on fire')) });
    const [first] = await examineAll([throws], { signal: never });
    assert.equal(first?.findings[0]?.status, 'failed');
    assert.equal(first?.findings[0]?.says, 'the disk is on fire');
    assert.ok(first?.findings[0]?.remedy);
  });

  test('takes away what checks made, also when it is stopped', async () => {
    const stop = new AbortController();
    let isTidy = false;
    const cleanUp = check('clean-up', {
      async run(_, signal) {
        isTidy = !signal.aborted;
        return { findings: [] };
      },
    });
    const stops = check('stops', {
      run: () => {
        stop.abort();
        return new Promise(() => undefined);
      },
    });
    const checks = [check('first', {}), stops, check('never', {})];
    const examined = await examineAll(checks, { signal: stop.signal, cleanUp });
    assert.equal(isTidy, true);
    assert.deepEqual(
      examined.map(({ id, findings }) => [id, ...findings.map(({ status }) => status)]),
      [
        ['first', 'ok'],
        ['stops', 'skipped'],
      ],
    );
  });

  test('tells of what could not be taken away', async () => {
    const cleanUp = check('clean-up', { run: () => Promise.reject(new Error('nobody answers')) });
    const examined = await examineAll([check('makes', {})], { signal: never, cleanUp });
    assert.equal(examined.at(-1)?.id, 'clean-up');
    assert.match(examined.at(-1)?.findings[0]?.says ?? '', /nobody answers/);
  });
});
