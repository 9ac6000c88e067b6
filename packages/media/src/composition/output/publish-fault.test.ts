import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PublishFailure } from '../../rtmp/index.ts';
import { ConnectFailure } from './open-socket.ts';
import { publishFault } from './publish-fault.ts';

const KEY = 'sk_secret/1+2';

function refused(code: string | undefined, description: string) {
  return publishFault(new PublishFailure({ reason: 'refused', description }, code), KEY);
}

describe('the fault of an attempt to publish', () => {
  it('is BUSY where a server says in its own way that somebody publishes there', () => {
    for (const [code, description] of [
      ['NetStream.Publish.BadName', 'Already publishing'],
      ['NetStream.Publish.BadName', ''],
      ['NetStream.Publish.BadName', 'Stream is busy'],
      ['NetStream.Publish.Denied', 'Stream already exists'],
      ['NetStream.Publish.Denied', "someone is already publishing to path 'live/a'"],
      ['NetStream.Publish.Rejected', 'The stream is already live'],
      ['NetConnection.Connect.Rejected', 'Stream name in use'],
    ] as const) {
      assert.equal(refused(code, description).kind, 'BUSY', `${code} ${description}`);
    }
  });

  it('is REFUSED where a server does not know the key or the application, or wants another one', () => {
    for (const [code, description] of [
      ['NetStream.Publish.BadName', 'There is no such stream key'],
      ['NetStream.Publish.BadName', 'Stream not found'],
      ['NetStream.Publish.BadName', 'Invalid stream key'],
      ['NetStream.Publish.Denied', 'Access denied'],
      ['NetStream.Publish.Unauthorized', ''],
      ['NetConnection.Connect.Rejected', '[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ]'],
      ['NetConnection.Connect.Rejected', 'The stream key is not valid'],
      ['NetConnection.Connect.InvalidApp', ''],
      ['NetStream.publish.Unauthorized', 'Authorization required.'],
      ['NetStream.Publish.Denied', 'No place for you'],
      [undefined, 'Stream not found'],
    ] as const) {
      assert.equal(refused(code, description).kind, 'REFUSED', `${code} ${description}`);
    }
  });

  it('is LOST where a server refuses without saying that it is for good', () => {
    for (const [code, description] of [
      [undefined, 'The server refused the stream'],
      ['NetStream.Publish.Rejected', ''],
      ['NetStream.Publish.Rejected', 'There are as many streams as there may be'],
      ['NetStream.Publish.Rejected', 'The stream cannot be taken at the moment'],
      ['NetStream.Publish.Failed', 'Unknown error'],
      ['NetStream.Failed', 'Internal server error: invalid state'],
      ['NetConnection.Connect.Rejected', 'Connection failed: too many connections'],
      ['NetConnection.Connect.AppShutdown', 'The application is shutting down'],
      ['NetStream.Publish.Denied', 'Authentication service unavailable'],
      ['NetStream.Publish.BadName', 'Server is too busy, try again later'],
    ] as const) {
      assert.equal(refused(code, description).kind, 'LOST', `${code} ${description}`);
    }
  });

  it('is LOST where another attempt may fare better, and REFUSED for a bad certificate', () => {
    for (const reason of ['hangup', 'timeout', 'failed', 'malformed'] as const) {
      assert.equal(publishFault(new PublishFailure({ reason, description: '' }, undefined), KEY).kind, 'LOST');
    }
    assert.equal(publishFault(new ConnectFailure('UNREACHABLE', ''), KEY).kind, 'LOST');
    assert.deepEqual(publishFault(new ConnectFailure('CERTIFICATE', 'It has expired'), KEY), {
      kind: 'REFUSED',
      message: 'It has expired',
    });
  });

  it('is told in one line without the key, however long and whatever a server says', () => {
    const said = `No\r\n\u2028place for ${KEY} or ${encodeURIComponent(KEY)}! ${'x'.repeat(1_000)}`;
    const { message } = refused(`Code.${KEY}`, said);
    assert.ok(message.startsWith('No place for *** or ***! xxx'));
    assert.match(message, / \(Code\.\*\*\*\)$/);
    assert.ok(message.length < 400);
  });

  it('is none where the error is of something else', () => {
    assert.throws(() => publishFault(new TypeError('a mistake'), KEY), TypeError);
  });
});
