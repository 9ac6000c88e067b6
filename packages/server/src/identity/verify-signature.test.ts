import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ServiceError } from '@proscenium/model';
import fc from 'fast-check';
import { createAccessKeys } from './access-keys.ts';
import { formatTimestamp } from './basic-timestamp.ts';
import type { SignedRequest } from './canonical-request.ts';
import { accessKey, encode, type PlainRequest, presign, received, sign } from './signer.fixture.ts';
import { SigningKeys } from './signing-keys.ts';
import { verifySignature } from './verify-signature.ts';

const now = new Date('2026-11-21T12:00:00Z');
const regions = ['us-west-2', 'eu-west-1'];
const createStage: PlainRequest = {
  method: 'POST',
  path: '/CreateStage',
  headers: { 'content-type': 'application/json' },
  body: '{"name":"friday-show"}',
};

function verify(request: SignedRequest, at = now, publicHost?: string) {
  return verifySignature(request, {
    accessKeys: createAccessKeys([accessKey]),
    regions,
    signingKeys: new SigningKeys(),
    now: at,
    publicHost,
  });
}

function refusalOf(request: SignedRequest, at = now): ServiceError {
  try {
    verify(request, at);
  } catch (error) {
    assert.ok(error instanceof ServiceError, `threw ${error}`);
    assert.ok(!error.message.includes(accessKey.secretAccessKey));
    return error;
  }
  return assert.fail('was accepted');
}

function refused(request: SignedRequest, name: string, message: RegExp | string = /./, at = now): void {
  const error = refusalOf(request, at);
  assert.equal(error.name, name);
  assert.equal(error.status, 403);
  if (typeof message === 'string') assert.equal(error.message, message);
  else assert.match(error.message, message);
}

const signed = async (request = createStage, signing = {}) =>
  received(await sign(request, { signingDate: now, ...signing }));
const presigned = async (request = createStage, signing = {}) =>
  received(await presign(request, { signingDate: now, ...signing }));

/** The request with one header set anew, or taken away. */
function withHeader(request: SignedRequest, name: string, value: string | undefined): SignedRequest {
  const others = request.rawHeaders.filter((_, index, all) => all[index - (index % 2)]?.toLowerCase() !== name);
  return { ...request, rawHeaders: value === undefined ? others : [...others, name, value] };
}

function editHeader(request: SignedRequest, name: string, edit: (value: string) => string): SignedRequest {
  const index = request.rawHeaders.indexOf(name);
  return withHeader(request, name, edit(request.rawHeaders[index + 1] ?? ''));
}

function editAuthorization(request: SignedRequest, edit: (value: string) => string): SignedRequest {
  return editHeader(request, 'authorization', edit);
}

function editUrl(request: SignedRequest, edit: (url: string) => string): SignedRequest {
  return { ...request, rawUrl: edit(request.rawUrl) };
}

describe('A request signed in its headers', () => {
  test('is accepted, and tells who called and for which region', async () => {
    assert.deepEqual(verify(await signed(createStage, { region: 'eu-west-1' })), {
      account: '123456789012',
      region: 'eu-west-1',
      accessKeyId: accessKey.accessKeyId,
      userName: 'default',
      arn: 'arn:aws:iam::123456789012:user/default',
    });
  });

  test('is accepted with a percent-encoded ARN in its path, which the signature encodes once more', async () => {
    const path = `/tags/${encode('arn:aws:ivs:us-west-2:123456789012:stage/abcdABCDefgh')}`;
    const query = { tagKeys: ['b c', 'a', 'ü&=+%', ''] };
    verify(await signed({ method: 'DELETE', path, query }));
  });

  test('is accepted with an ARN in its path whose colons and slashes are not encoded', async () => {
    verify(await signed({ method: 'GET', path: '/tags/arn:aws:ivs:us-west-2:123456789012:stage/abcdABCDefgh' }));
  });

  test('is accepted when spaces in header values were folded on the way, or a repeated header was split', async () => {
    const request = await signed({ ...createStage, headers: { 'x-note': '  a   b ', 'x-list': '1,2' } });
    const split = withHeader(withHeader(request, 'x-list', undefined), 'x-note', 'a \t b');
    verify({ ...split, rawHeaders: [...split.rawHeaders, 'X-List', '1', 'x-list', '2'] });
  });

  test('is told apart by nothing but runs of spaces in a header, however long they are', async () => {
    for (const value of ['', ' ', ' \t ', 'a', ' a', 'a ', `a${' '.repeat(15_000)}b`, `${'\t '.repeat(7_000)}a`]) {
      const request = await signed({ ...createStage, headers: { 'x-note': value.trim().replace(/\s+/g, ' ') } });
      verify(withHeader(request, 'x-note', value));
    }
  });

  test('is accepted with a header in UTF-8', async () => {
    verify(await signed({ ...createStage, headers: { 'x-note': 'dà' } }));
  });

  test('is accepted by its Date header when it has no x-amz-date, in both forms of a date', async () => {
    const request = await signed(createStage, { unsignableHeaders: new Set(['x-amz-date']) });
    for (const date of [formatTimestamp(now), now.toUTCString()]) {
      verify(withHeader(withHeader(request, 'x-amz-date', undefined), 'date', date));
    }
    refused(withHeader(withHeader(request, 'x-amz-date', undefined), 'date', 'Sun'), 'IncompleteSignatureException');
  });

  test('is accepted without x-amz-content-sha256', async () => {
    const request = await signed(createStage, { unsignableHeaders: new Set(['x-amz-content-sha256']) });
    verify(withHeader(request, 'x-amz-content-sha256', undefined));
  });

  test('is refused when it is not signed at all', async () => {
    const message = 'Missing Authentication Token';
    const request = withHeader(await signed(), 'authorization', undefined);
    refused(request, 'MissingAuthenticationTokenException', message);
    refused(withHeader(request, 'authorization', ''), 'MissingAuthenticationTokenException', message);
  });

  test('is refused when a part is missing, with the name of each', async () => {
    const request = await signed();
    for (const name of ['Credential', 'SignedHeaders', 'Signature']) {
      const without = (header: string) => header.replace(new RegExp(`( |, )${name}=[^,]+,?`), '$1').replace(/, $/, '');
      refused(editAuthorization(request, without), 'IncompleteSignatureException', new RegExp(`'${name}'`));
    }
    refused(withHeader(request, 'x-amz-date', undefined), 'IncompleteSignatureException', /'X-Amz-Date'.*'Date'/);
    refused(withHeader(request, 'authorization', 'AWS4-HMAC-SHA256'), 'IncompleteSignatureException');
    refused(withHeader(request, 'authorization', 'Bearer abc'), 'IncompleteSignatureException', /AWS4-HMAC-SHA256/);
  });

  test('is refused when a part is malformed', async () => {
    const request = await signed();
    const edits: [RegExp, string][] = [
      [/Credential=[^/]+\//, 'Credential='],
      [/aws4_request/, 'aws4_request/more'],
      [/SignedHeaders=/, 'SignedHeaders=Accept;'],
      [/SignedHeaders=/, 'SignedHeaders=zzz;'],
      [/SignedHeaders=/, 'SignedHeaders=;'],
      [/SignedHeaders=content-type/, 'SignedHeaders=content-type;content-type'],
      [/Signature=/, 'Signature=a, Signature='],
      [/, Signature=/, ', nothing, Signature='],
    ];
    for (const [pattern, replacement] of edits) {
      refused(
        editAuthorization(request, (value) => value.replace(pattern, replacement)),
        'IncompleteSignatureException',
      );
    }
    for (const date of ['yesterday', '20261321T120000Z', '2026-11-21T12:00:00Z', '20261121T120000']) {
      refused(withHeader(request, 'x-amz-date', date), 'IncompleteSignatureException', /ISO-8601/);
    }
  });

  test('is refused for a signature that is not 64 lower-case hex digits', async () => {
    const request = await signed();
    const edits = [
      (digits: string) => digits.toUpperCase().replace(/^./, 'A'),
      (digits: string) => digits.slice(1),
      (digits: string) => `${digits}00`,
      (digits: string) => digits.replace(/.$/, 'g'),
    ];
    for (const edit of edits) {
      const edited = editAuthorization(request, (value) =>
        value.replace(/(?<=Signature=).*/, (digits) => edit(digits)),
      );
      refused(edited, 'InvalidSignatureException', /does not match/);
    }
  });

  test('is refused for an unknown access key or any session token', async () => {
    const message = 'The security token included in the request is invalid.';
    const stranger = { ...accessKey, accessKeyId: 'PRSCSTRANGERSTRANGER' };
    refused(await signed(createStage, { key: stranger }), 'UnrecognizedClientException', message);
    const withToken = { ...accessKey, sessionToken: 'token' };
    refused(await signed(createStage, { key: withToken }), 'UnrecognizedClientException', message);
  });

  test('is refused for another secret', async () => {
    const request = await signed(createStage, { key: { ...accessKey, secretAccessKey: 'another' } });
    refused(request, 'InvalidSignatureException', /does not match/);
  });

  test('is refused for a credential scope of another service, region, terminator or day', async () => {
    const service = "Credential should be scoped to correct service: 'ivs'.";
    refused(await signed(createStage, { service: 'ivsrealtime' }), 'InvalidSignatureException', service);
    const region = 'Credential should be scoped to a valid region.';
    refused(await signed(createStage, { region: 'mars-north-1' }), 'InvalidSignatureException', region);
    refused(
      editAuthorization(await signed(), (value) => value.replace('aws4_request', 'aws5_request')),
      'InvalidSignatureException',
      /terminator/,
    );
    const yesterday = (value: string) => value.replace('/20261121/', '/20261120/');
    refused(editAuthorization(await signed(), yesterday), 'InvalidSignatureException', /Date in Credential scope/);
  });

  test('is refused when it is more than five minutes old or ahead', async () => {
    const request = await signed();
    const minutes = (count: number) => new Date(now.getTime() + count * 60_000);
    verify(request, minutes(5));
    verify(request, minutes(-5));
    const late = new Date(minutes(5).getTime() + 1_000);
    refused(request, 'InvalidSignatureException', /^Signature expired: 20261121T120000Z is now earlier/, late);
    const early = new Date(minutes(-5).getTime() - 1_000);
    refused(request, 'InvalidSignatureException', /^Signature not yet current: 20261121T120000Z is still later/, early);
  });

  test('is refused when host is not signed, or a signed header is not there', async () => {
    const withoutHost = await signed(createStage, { unsignableHeaders: new Set(['host']) });
    refused(withoutHost, 'InvalidSignatureException', /'host'/);
    refused(withHeader(await signed(), 'content-type', undefined), 'InvalidSignatureException', /SignedHeaders/);
  });

  test('is refused when x-amz-content-sha256 is not the hash of the body', async () => {
    for (const claim of ['UNSIGNED-PAYLOAD', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', '0'.repeat(64), '']) {
      const request = await signed({ ...createStage, headers: { 'x-amz-content-sha256': claim } });
      refused(request, 'InvalidSignatureException', /x-amz-content-sha256/);
    }
  });

  test('is refused when the same is signed in the query too', async () => {
    const request = await presigned();
    const header = (await signed()).rawHeaders.slice(-1)[0];
    refused(withHeader(request, 'authorization', header), 'IncompleteSignatureException', /not both/);
  });
});

describe('A presigned request', () => {
  test('is accepted from when it was signed until it expires', async () => {
    const request = await presigned(createStage, { expiresIn: 3_600 });
    assert.equal(verify(request, now).account, '123456789012');
    verify(request, new Date(now.getTime() + 3_600_000));
    const late = new Date(now.getTime() + 3_601_000);
    refused(request, 'InvalidSignatureException', /^Signature expired: /, late);
    const early = new Date(now.getTime() - 301_000);
    refused(request, 'InvalidSignatureException', /^Signature not yet current: /, early);
  });

  test('is accepted with other parameters, and signs them', async () => {
    const request = await presigned({ method: 'DELETE', path: '/tags/x', query: { tagKeys: ['a b', 'Z'] } });
    verify(request);
    refused(
      editUrl(request, (url) => `${url}&tagKeys=c`),
      'InvalidSignatureException',
    );
  });

  test('signs the body', async () => {
    const request = await presigned();
    refused({ ...request, bodySha256: '0'.repeat(64) }, 'InvalidSignatureException', /does not match/);
    const unsigned = await presigned({ ...createStage, headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } });
    refused(unsigned, 'InvalidSignatureException', /does not match/);
    const claimed = await presigned({ ...createStage, query: { 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' } });
    refused(claimed, 'InvalidSignatureException', /x-amz-content-sha256/);
  });

  test('is refused when a parameter is missing, given twice or malformed, with its name', async () => {
    const request = await presigned();
    for (const name of ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature']) {
      const pattern = new RegExp(`[?&]X-Amz-${name}=[^&]*`);
      const without = editUrl(request, (url) => url.replace(pattern, '').replace(/^([^?&]*)&/, '$1?'));
      refused(without, 'IncompleteSignatureException', new RegExp(`'X-Amz-${name}'`));
      const twice = editUrl(request, (url) => `${url}&X-Amz-${name}=1`);
      refused(twice, 'IncompleteSignatureException', new RegExp(`'X-Amz-${name}'.*more than once`));
    }
    const algorithm = editUrl(request, (url) => url.replace('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'));
    refused(algorithm, 'IncompleteSignatureException', /X-Amz-Algorithm/);
    for (const seconds of ['0', '604801', '-1', '1.5', '1e3', '', 'soon']) {
      const edited = editUrl(request, (url) => url.replace(/(?<=X-Amz-Expires=)[^&]*/, seconds));
      refused(edited, 'IncompleteSignatureException', /between 1 and 604800/);
    }
  });

  test('is refused with a session token', async () => {
    const request = await presigned(createStage, { key: { ...accessKey, sessionToken: 'token' } });
    refused(request, 'UnrecognizedClientException');
  });
});

describe('Whatever the request', () => {
  const segment = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }).filter((text) => !/^\.\.?$/.test(text));
  const visible = fc.string({ unit: fc.constantFrom(...'abcXYZ019 \t,;:=/+%"ü€😀'), maxLength: 12 });
  const names = fc
    .string({ unit: fc.constantFrom(...'abz-09'), minLength: 1, maxLength: 6 })
    .map((name) => `x-${name}`);
  // The library that signs loses a parameter of the name `__proto__`.
  const parameter = fc.string({ minLength: 1 }).filter((name) => name !== '__proto__');
  const plainRequests: fc.Arbitrary<PlainRequest> = fc.record({
    method: fc.constantFrom('GET', 'POST', 'DELETE'),
    path: fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => `/${segments.map(encode).join('/')}`),
    query: fc.dictionary(parameter, fc.oneof(fc.string(), fc.array(fc.string({ unit: 'binary' })))),
    headers: fc.dictionary(names, visible, { maxKeys: 3 }),
    body: fc.uint8Array({ maxLength: 64 }),
  });
  const forms = fc.constantFrom(signed, presigned);

  test('a signature is accepted', async () => {
    await fc.assert(
      fc.asyncProperty(plainRequests, forms, async (plain, form) => {
        verify(await form(plain));
      }),
    );
  });

  test('a change of one byte in method, path, query, a header or the body is refused', async () => {
    const change = fc.record({
      at: fc.nat(),
      to: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    });
    await fc.assert(
      fc.asyncProperty(plainRequests, forms, change, fc.nat(), async (plain, form, { at, to }, part) => {
        const request = await form(plain);
        const edit = (text: string) => {
          const index = at % Math.max(1, text.length);
          return text.slice(0, index) + to + text.slice(index + 1);
        };
        const changes: (() => SignedRequest)[] = [
          () => ({ ...request, method: edit(request.method) }),
          () => editUrl(request, edit),
          () => ({ ...request, bodySha256: edit(request.bodySha256 ?? '') }),
          ...request.rawHeaders
            .filter((_, index) => index % 2 === 0)
            .map((name) => () => editHeader(request, name, edit)),
        ];
        const changed = changes[part % changes.length]?.() ?? request;
        fc.pre(meaning(changed) !== meaning(request));
        assert.equal(refusalOf(changed).status, 403);
      }),
      { numRuns: 500 },
    );
  });

  test('no header and no query makes it throw anything but a refusal', () => {
    const latin1 = fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)) });
    const authorization = fc.oneof(
      latin1,
      latin1.map((text) => `AWS4-HMAC-SHA256 ${text}`),
      fc
        .tuple(latin1, latin1, latin1)
        .map((parts) => `AWS4-HMAC-SHA256 Credential=${parts[0]}, SignedHeaders=${parts[1]}, Signature=${parts[2]}`),
    );
    const query = fc.array(
      fc.tuple(fc.constantFrom('Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature'), latin1),
    );
    fc.assert(
      fc.property(fc.option(authorization), query, latin1, (header, parameters, date) => {
        const rawUrl = `/CreateStage?${parameters.map(([name, value]) => `X-Amz-${name}=${value}`).join('&')}`;
        const rawHeaders = [
          'host',
          'localhost',
          'x-amz-date',
          date,
          ...(header === null ? [] : ['authorization', header]),
        ];
        refusalOf({ method: 'POST', rawUrl, rawHeaders, bodySha256: '0'.repeat(64) });
      }),
    );
  });
});

/** Equal for requests that say the same: the order of parameters and the spelling of percent-encoding do not count. */
function meaning({ method, rawUrl, rawHeaders, bodySha256 }: SignedRequest): string {
  const [path = '', ...query] = rawUrl.split('?');
  const parameters = new URLSearchParams(query.join('?').replaceAll('+', '%2B'));
  const headers = rawHeaders
    .map((text) => text.trim().replace(/[ \t]+/g, ' '))
    .flatMap((name, index, all) => (index % 2 === 0 ? [[name, all[index + 1]]] : []));
  return JSON.stringify([method, path, [...parameters].map(String).sort(), headers.map(String).sort(), bodySha256]);
}

describe('Behind a proxy that puts another host in requests, a signature', () => {
  const publicHost = 'stages.example.com:8443';
  const forPublicHost = { ...createStage, headers: { ...createStage.headers, host: publicHost } };

  test('over the public host is accepted, in either form', async () => {
    for (const request of [await signed(forPublicHost), await presigned(forPublicHost)]) {
      for (const arrived of ['127.0.0.1:7080', 'stages.example.com', publicHost]) {
        const rewritten = withHeader(request, 'host', arrived);
        assert.equal(verify(rewritten, now, publicHost).accessKeyId, accessKey.accessKeyId);
      }
    }
  });

  test('over the host that arrives is accepted as ever', async () => {
    assert.equal(verify(await signed(), now, publicHost).accessKeyId, accessKey.accessKeyId);
  });

  test('over any other host is refused, whatever the request says of itself', async () => {
    const forOther = { ...createStage, headers: { ...createStage.headers, host: 'other.example.com' } };
    for (const request of [await signed(forOther), await presigned(forOther)]) {
      const rewritten = withHeader(request, 'host', '127.0.0.1:7080');
      const forwarded = withHeader(rewritten, 'x-forwarded-host', 'other.example.com');
      const told = withHeader(forwarded, 'forwarded', 'host=other.example.com');
      assert.throws(() => verify(told, now, publicHost), { name: 'InvalidSignatureException' });
    }
  });

  test('over the public host is refused where there is no such host', async () => {
    refused(withHeader(await signed(forPublicHost), 'host', '127.0.0.1:7080'), 'InvalidSignatureException');
  });

  test('over something else than the request is refused', async () => {
    const rewritten = withHeader(await signed(forPublicHost), 'host', '127.0.0.1:7080');
    assert.throws(() => verify({ ...rewritten, method: 'GET' }, now, publicHost), {
      name: 'InvalidSignatureException',
    });
    const otherDate = withHeader(rewritten, 'x-amz-date', '20261121T120001Z');
    assert.throws(() => verify(otherDate, now, publicHost), { name: 'InvalidSignatureException' });
  });
});
