import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Connect, publishing, type RtmpCase, serving } from './rtmp/cases.ts';

const { PROSCENIUM_FUZZ_SEED: givenSeed, PROSCENIUM_FUZZ_RTMP_SESSIONS: givenSessions } = process.env;
const seed = givenSeed === undefined ? randomInt(2 ** 31) : Number(givenSeed);
const sessions = Number(givenSessions ?? 2_000);

const cases: fc.Arbitrary<RtmpCase> = fc.oneof({ weight: 4, arbitrary: publishing }, { weight: 1, arbitrary: serving });

describe(`${sessions} RTMP sessions in which anything is said (PROSCENIUM_FUZZ_SEED=${seed})`, () => {
  test('each end as they must, and leave nothing behind', async (t) => {
    const sockets = await SocketPairs.open();
    const timers = runningTimers();
    const outcomes = new Map<string, number>();
    let turn = 0;
    const property = fc.asyncProperty(cases, async (one) => {
      turn += 1;
      const outcome = await one.run(turn % 10 === 0 ? sockets.connect : connectInProcess);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    });
    await fc.assert(property, { seed, numRuns: sessions }).finally(() => sockets.close());

    for (const [outcome, times] of [...outcomes].sort()) t.diagnostic(`${times} ${outcome}`);
    for (const expected of [
      'session closed',
      'session hangup',
      'session malformed',
      'session refused',
      'session unpublished',
      'publisher hangup',
      'publisher malformed',
      'publisher published',
      'publisher refused',
    ]) {
      assert.ok(outcomes.has(expected), `${expected} never came`);
    }
    assert.equal(runningTimers(), timers);
  });
});

const connectInProcess: Connect = async () => {
  const [ours, theirs] = duplexPair();
  return { ours, theirs };
};

function runningTimers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}

/** Connections over TCP, both ends of them. */
class SocketPairs {
  readonly #server = createServer();

  static async open(): Promise<SocketPairs> {
    const pairs = new SocketPairs();
    pairs.#server.listen(0, '127.0.0.1');
    await once(pairs.#server, 'listening');
    return pairs;
  }

  readonly connect: Connect = async () => {
    const accepted = once(this.#server, 'connection');
    const theirs = connect((this.#server.address() as AddressInfo).port, '127.0.0.1');
    const [ours] = (await accepted) as [Socket];
    return { ours, theirs };
  };

  /** Waits for connections that somebody left open: for ever, if he did. */
  async close(): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }
}
