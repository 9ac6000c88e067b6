import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IngestConnection } from './ingest-connection.ts';
import type { IngestRefusal, IngestReport } from './messages.ts';

const KEY = 'a-secret-key';

describe('a connection of an encoder', () => {
  it('tells for how long nothing has come, from the last report on', () => {
    const { connection } = open();
    connection.receive(report({ silentMs: 3_600_000 }));
    assert.ok(connection.silentMs >= 3_600_000);
    connection.receive(report({ silentMs: 0 }));
    assert.ok(connection.silentMs < 3_600_000);
  });

  it('tells what has come, and how many pictures a second, as far as that is known', () => {
    const { connection } = open();
    const told: unknown[] = [];
    connection.on('received', (...reading) => told.push(reading));
    connection.on('sampled', (heard) => told.push([...heard]));
    connection.receive(report({ receivedBytes: 5, atMs: 7 }));
    connection.receive(report({ receivedBytes: 9, atMs: 8, framesPerSecond: [30, undefined, 15] }));
    assert.deepEqual(told, [
      [5, 7],
      [9, 8],
      [
        [0, 30],
        [2, 15],
      ],
    ]);
  });

  it('ends once, and tells nothing after that', () => {
    const { connection, refusals } = open();
    const ends: unknown[] = [];
    connection.on('ended', (reason) => ends.push(reason));
    connection.on('violation', () => assert.fail('it has ended'));
    connection.close('the stage is gone');
    connection.close();
    connection.receive({ type: 'violation', connectionId: '1', violation: 'INVALID_INPUT' });
    connection.receive({ type: 'ended', connectionId: '1', reason: 'hangup' });
    assert.deepEqual(ends, ['closed']);
    assert.deepEqual(refusals, [{ code: 'NetStream.Publish.Rejected', description: 'the stage is gone' }]);
  });

  it('that goes to a channel takes what is written last before its end, unless that takes too long', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    for (const answers of [true, false]) {
      const { connection, refusals } = open();
      const told: unknown[] = [];
      connection.on('file', (path) => told.push(path));
      connection.on('ended', (reason) => told.push(reason));
      connection.writeTo({ folder: '/f', rendition: 'source', targetSegmentDurationSeconds: 2, windowSegments: 6 });
      connection.close();
      connection.close();
      connection.receive({ type: 'channel', connectionId: '1', news: { type: 'file', path: 'last', final: false } });
      if (answers) connection.receive({ type: 'ended', connectionId: '1', reason: 'closed' });
      t.mock.timers.tick(3_000);
      assert.deepEqual(told, ['last', 'closed']);
      assert.deepEqual(refusals, [undefined]);
    }
  });

  it('shows its key to nobody who writes it into a log', () => {
    const { connection } = open();
    assert.equal(connection.streamKey, KEY);
    assert.ok(!JSON.stringify(connection).includes(KEY));
  });
});

function open() {
  const refusals: (IngestRefusal | undefined)[] = [];
  const request = { connectionId: '1', protocol: 'RTMPS', app: 'app', streamKey: KEY, rtpPort: 9 } as const;
  const whole = { ...request, remoteAddress: '127.0.0.1', encoder: undefined };
  const connection = new IngestConnection(whole, {
    close: (refusal) => refusals.push(refusal),
    openProgramme: () => assert.fail('nobody asked for one'),
  });
  return { connection, refusals };
}

function report(reading: Partial<IngestReport>): IngestReport {
  return {
    type: 'report',
    connectionId: '1',
    silentMs: 0,
    receivedBytes: 0,
    atMs: 0,
    framesPerSecond: [],
    ...reading,
  };
}
