import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { createAccessKeys } from './access-keys.ts';
import { accessKey } from './signer.fixture.ts';
import { isOlderPresigned, verifyOlderPresigned } from './verify-older-presigned.ts';

const now = new Date('2026-11-21T12:00:00Z');
const later = String(now.getTime() / 1_000 + 60);
const path = '/show-archive/stage/%C3%A9%20%2B.mp4';

/** An address as its issuer signs it. @param signed what is signed behind the path */
function presign({ method = 'GET', expires = later, query = '', signed = '', key = accessKey } = {}): string {
  const text = [method, '', '', expires, path + signed].join('\n');
  const signature = createHmac('sha1', key.secretAccessKey).update(text).digest('base64');
  const parameters = { AWSAccessKeyId: key.accessKeyId, Signature: signature, Expires: expires };
  return `${path}?${query}${new URLSearchParams(parameters)}`;
}

function verify(rawUrl: string, method = 'GET', at = now, rawHeaders: string[] = []) {
  const rules = { accessKeys: createAccessKeys([accessKey]), now: at, region: 'us-west-2' };
  return verifyOlderPresigned({ method, rawUrl, rawHeaders }, rules);
}

test('an address that was signed by the older version tells who signed it', () => {
  assert.ok(isOlderPresigned(presign()));
  assert.deepEqual(verify(presign()), {
    account: accessKey.account,
    region: 'us-west-2',
    accessKeyId: accessKey.accessKeyId,
    userName: accessKey.userName,
    arn: `arn:aws:iam::${accessKey.account}:user/${accessKey.userName}`,
  });
  const query = 'response-content-disposition=attachment%3B%20filename%3Dx.mp4&';
  verify(presign({ query, signed: '?response-content-disposition=attachment; filename=x.mp4' }));
  verify(presign({ query: 'uploads&partNumber=1&', signed: '?partNumber=1&uploads' }));
});

test('an address opens what it was signed for, until it expires', () => {
  const mismatch = { name: 'InvalidSignatureException' };
  const url = presign();
  assert.throws(() => verify(url.replace('.mp4', '.mp3')), mismatch);
  assert.throws(() => verify(url.replace(later, String(Number(later) + 1))), mismatch);
  assert.throws(() => verify(url, 'DELETE'), mismatch);
  assert.throws(() => verify(`${url}&response-content-type=text/html`), mismatch);
  assert.throws(() => verify(`${url}&tagging`), mismatch);
  assert.throws(() => verify(url, 'GET', now, ['Content-Type', 'text/html']), mismatch);
  assert.throws(() => verify(presign({ key: { ...accessKey, secretAccessKey: 'wrong' } })), mismatch);
  assert.throws(() => verify(url.replace(/Signature=[^&]*/, 'Signature=c2hvcnQ')), mismatch);
  verify(url, 'GET', new Date(Number(later) * 1_000));
  const expired = { ...mismatch, message: /^Signature expired/ };
  assert.throws(() => verify(url, 'GET', new Date(Number(later) * 1_000 + 1)), expired);
});

test('what is missing, said twice or not known is refused', () => {
  const url = presign();
  const incomplete = { name: 'IncompleteSignatureException' };
  for (const name of ['Signature', 'Expires', 'AWSAccessKeyId']) {
    assert.throws(() => verify(url.replace(`${name}=`, 'other=')), incomplete);
    assert.throws(() => verify(`${url}&${name}=1`), incomplete);
  }
  assert.throws(() => verify(presign({ expires: 'tomorrow' })), incomplete);
  const stranger = { ...accessKey, accessKeyId: 'PRSCSTRANGERSTRANGER' };
  assert.throws(() => verify(presign({ key: stranger })), { name: 'UnrecognizedClientException' });
  assert.throws(() => verify(`${url}&x-amz-security-token=t`), { name: 'UnrecognizedClientException' });
});
