import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StageError, StageErrorCategory, StageErrorCode } from '../stage/stage-error.ts';
import { readParticipantToken, requireExchangeable } from './participant-token.ts';

const NOW_MS = 1_795_256_800_000;
const claims = {
  exp: NOW_MS / 1000 + 3600,
  iat: NOW_MS / 1000,
  jti: 'pHostAAAA001',
  resource: 'arn:aws:ivs:us-east-1:111122223333:stage/Fr1dayShow01',
  topic: 'Fr1dayShow01',
  events_url: 'wss://stage.example/events',
  whip_url: 'https://stage.example/whip/Fr1dayShow01',
  user_id: 'höst-1',
  attributes: { name: 'Zoë', rôle: 'hôst' },
  capabilities: { allow_publish: true, allow_subscribe: true },
  version: '0.3',
};

function tokenOf(payload: unknown, header: unknown = { alg: 'KMS', typ: 'JWT' }): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(payload)}.MGUCMQ`;
}

function refusalOf(text: unknown, nowMs = NOW_MS): StageError {
  try {
    readParticipantToken(text as string, nowMs);
  } catch (error) {
    assert.ok(error instanceof StageError);
    return error;
  }
  assert.fail('the token was accepted');
}

describe('readParticipantToken', () => {
  it('reads who the participant is and where it connects, in any script', () => {
    const token = readParticipantToken(tokenOf(claims), NOW_MS);
    assert.equal(token.participantId, 'pHostAAAA001');
    assert.equal(token.stageId, 'Fr1dayShow01');
    assert.equal(token.eventsUrl, 'wss://stage.example/events');
    assert.equal(token.whipUrl, 'https://stage.example/whip/Fr1dayShow01');
    assert.equal(token.userId, 'höst-1');
    assert.deepEqual(token.attributes, { name: 'Zoë', rôle: 'hôst' });
    assert.deepEqual([...token.capabilities], ['publish', 'subscribe']);
    assert.equal(token.expiresAtMs, NOW_MS + 3_600_000);
  });

  it('does without a topic, a user id, attributes and a capability, and passes over claims that it does not know', () => {
    const { topic, user_id, attributes, ...rest } = claims;
    const token = readParticipantToken(tokenOf({ ...rest, capabilities: { allow_subscribe: true }, x: 1 }), NOW_MS);
    assert.equal(token.stageId, 'Fr1dayShow01');
    assert.equal(token.userId, '');
    assert.deepEqual(token.attributes, {});
    assert.deepEqual([...token.capabilities], ['subscribe']);
  });

  it('takes a trailing slash of an address away', () => {
    const token = readParticipantToken(tokenOf({ ...claims, events_url: 'wss://stage.example/events/' }), NOW_MS);
    assert.equal(token.eventsUrl, 'wss://stage.example/events');
  });

  it('refuses a token whose time is over', () => {
    const { code, category } = refusalOf(tokenOf(claims), NOW_MS + 3_600_000);
    assert.equal(code, StageErrorCode.TOKEN_EXPIRED);
    assert.equal(category, StageErrorCategory.JOIN_ERROR);
  });

  for (const [what, text] of Object.entries({
    nothing: undefined,
    'an empty text': '',
    'a text of two parts': 'a.b',
    'a payload that is not base64url': 'e30.§§§.c2ln',
    'a payload that is not JSON': 'e30.bm90IGpzb24.c2ln',
    'a payload that is an array': tokenOf([]),
    'a token without an id': tokenOf({ ...claims, jti: undefined }),
    'a token without a stage': tokenOf({ ...claims, topic: undefined, resource: undefined }),
    'a token without an expiry': tokenOf({ ...claims, exp: 'soon' }),
    'a token with an events address that is none': tokenOf({ ...claims, events_url: 'stage.example' }),
    'a token that sends the offer to a script': tokenOf({ ...claims, whip_url: 'javascript:alert(1)' }),
  })) {
    it(`calls ${what} malformed`, () => {
      assert.equal(refusalOf(text).code, StageErrorCode.TOKEN_MALFORMED);
    });
  }

  it('does not repeat the token in the error', () => {
    const text = 'c2VjcmV0.c2VjcmV0.c2VjcmV0';
    const error = refusalOf(text);
    assert.ok(!`${error.message} ${error.stack}`.includes('c2VjcmV0'));
  });
});

describe('requireExchangeable', () => {
  const selfSigned = { alg: 'ES384', typ: 'JWT', kid: 'key-1' };
  const read = (payload: object, header: unknown = selfSigned) =>
    readParticipantToken(tokenOf({ ...claims, ...payload }, header), NOW_MS);

  function refusal(next: object, headers: readonly unknown[] = [selfSigned, selfSigned]): StageError | undefined {
    try {
      requireExchangeable(read({}, headers[0]), read(next, headers[1]));
      return undefined;
    } catch (error) {
      assert.ok(error instanceof StageError);
      return error;
    }
  }

  it('lets a token pass that changes what may be changed', () => {
    const next = { attributes: {}, user_id: 'x', capabilities: {}, iat: 1, exp: claims.exp + 1 };
    assert.equal(refusal(next), undefined);
  });

  for (const [name, value] of Object.entries({
    jti: 'pHostAAAA002',
    resource: 'arn:aws:ivs:us-east-1:111122223333:stage/MondayShow01',
    topic: 'MondayShow01',
    events_url: 'wss://stage.example/events/',
    whip_url: 'https://elsewhere.example/whip/Fr1dayShow01',
  })) {
    it(`tells that ${name} is another one`, () => {
      const error = refusal({ [name]: value });
      assert.deepEqual([error?.code, error?.category], [StageErrorCode.TOKEN_NOT_ALLOWED, 'JOIN_ERROR']);
      assert.match(error?.message ?? '', new RegExp(`${name} is another one`));
    });
  }

  for (const headers of [
    [{ alg: 'KMS' }, selfSigned],
    [selfSigned, { alg: 'KMS' }],
    [selfSigned, 'no header'],
  ]) {
    it(`refuses a token of the service: ${JSON.stringify(headers)}`, () => {
      assert.equal(refusal({}, headers)?.code, StageErrorCode.TOKEN_NOT_ALLOWED);
    });
  }
});
