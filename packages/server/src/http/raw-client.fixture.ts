import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import type { WireRequest } from '../identity/signer.fixture.ts';
import type { ApiServer } from './api-server.fixture.ts';

/** Sends bytes as they are, and gives all that comes back until the server closes. */
export async function exchange(t: TestContext, { port }: ApiServer, sent: string | Uint8Array): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  socket.write(sent);
  const chunks: Buffer[] = await socket.toArray();
  return Buffer.concat(chunks).toString();
}

/** Everything of a request that comes before its body. Of the headers, `more` win. */
export function head({ method, url, headers }: WireRequest, more: Record<string, string>, version = '1.1'): string {
  const lines = Object.entries({ ...headers, ...more }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${url} HTTP/${version}\r\n${lines.join('')}\r\n`;
}
