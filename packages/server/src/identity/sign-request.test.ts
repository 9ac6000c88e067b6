import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { signPost, signRequest } from './sign-request.ts';
import { accessKey, sign } from './signer.fixture.ts';

const now = new Date('2026-11-21T12:00:00Z');
const body = JSON.stringify({ Entries: [{ Detail: 'ünï' }] });
const headers = {
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-target': 'AWSEvents.PutEvents',
  'x-amz-content-sha256': hash('sha256', body),
};

for (const sessionToken of [undefined, 'a+token/of==temporary credentials']) {
  test(`a request is signed as the AWS SDK signs it, ${sessionToken ? 'with' : 'without'} a session token`, async () => {
    const key = { ...accessKey, ...(sessionToken !== undefined && { sessionToken }) };
    const url = new URL('http://localhost/some%20path/?b=2&a=%C3%BC');
    const signing = { region: 'eu-west-1', service: 'events' };
    const mine = signPost({ url, headers, body }, { ...signing, credentials: key, now });
    const query = { a: 'ü', b: '2' };
    const theirs = await sign(
      { method: 'POST', path: '/some%20path/', query, headers, body },
      { ...signing, key, signingDate: now },
    );
    assert.deepEqual(mine, theirs.headers);
  });
}

test('a GET is signed as the AWS SDK signs it', async () => {
  const signing = { region: 'us-west-2', service: 'ivs' };
  const sent = { 'x-amz-content-sha256': hash('sha256', '') };
  const url = new URL('http://localhost/list?pattern=%7B%22a%22%3A%5B1%5D%7D');
  const mine = signRequest('GET', { url, headers: sent, body: '' }, { ...signing, credentials: accessKey, now });
  const plain = { method: 'GET', path: '/list', query: { pattern: '{"a":[1]}' }, headers: sent };
  const theirs = await sign(plain, { ...signing, key: accessKey, signingDate: now });
  assert.deepEqual(mine, theirs.headers);
});

test('a port is part of the signed host', () => {
  const url = new URL('http://127.0.0.1:4566');
  const signed = signPost({ url, headers, body }, { credentials: accessKey, region: 'x', service: 'sqs', now });
  assert.equal(signed.host, '127.0.0.1:4566');
  assert.ok(!JSON.stringify(signed).includes(accessKey.secretAccessKey));
});

test('a request of another method is signed as the AWS SDK signs it', async () => {
  const url = new URL('http://localhost/tags/arn%3Aaws%3Aivs?tagKeys=b&tagKeys=a');
  const signing = { region: 'eu-west-1', service: 'ivs' };
  const digest = { 'x-amz-content-sha256': hash('sha256', '') };
  const mine = signRequest('DELETE', { url, headers: digest, body: '' }, { ...signing, credentials: accessKey, now });
  const theirs = await sign(
    { method: 'DELETE', path: '/tags/arn%3Aaws%3Aivs', query: { tagKeys: ['b', 'a'] }, headers: digest },
    { ...signing, key: accessKey, signingDate: now },
  );
  assert.deepEqual(mine, theirs.headers);
});
