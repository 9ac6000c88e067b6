import { type PlainRequest, sign } from '../../packages/server/src/identity/signer.fixture.ts';
import { testAccessKey } from '../../test/support/server.ts';

const key = { ...testAccessKey, account: '123456789012', userName: 'admin' };

/** A call as the AWS SDK for JavaScript sends it, whole, as Base64. */
export async function signedRequest(operation: string, input: object, region: string): Promise<string> {
  const body = JSON.stringify(input);
  const plain: PlainRequest = {
    method: 'POST',
    path: `/${operation}`,
    headers: {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'aws-sdk-js/3.1058.0 os/linux lang/js md/nodejs api/ivs-realtime',
      'amz-sdk-invocation-id': crypto.randomUUID(),
      'amz-sdk-request': 'attempt=1; max=3',
    },
    body,
  };
  const { method, url, headers } = await sign(plain, { key, region });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${url} HTTP/1.1\r\n${lines.join('')}\r\n${body}`).toString('base64');
}
