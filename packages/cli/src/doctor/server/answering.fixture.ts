import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { TestContext } from 'node:test';
import type { ServerAddress } from '../../api/http-call.ts';
import type { Issued } from './certificates.fixture.ts';

/** A web server of the test's; by TLS where it has a certificate. */
export async function answerWith(t: TestContext, listener: RequestListener, issued?: Issued): Promise<ServerAddress> {
  const server: Server = issued
    ? createTlsServer({ cert: readFileSync(issued.certFile), key: readFileSync(issued.keyFile) }, listener)
    : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server of the test has no port');
  return { url: new URL(`${issued ? 'https' : 'http'}://127.0.0.1:${address.port}`), direct: false };
}

/** Says that it is well, as a server of ours does. @param extra headers of all its answers */
export function healthy(extra: Record<string, string> = {}, unready?: string): RequestListener {
  return (request, response) => {
    const readiness = request.url === '/readyz';
    for (const [name, value] of Object.entries(extra)) response.setHeader(name, value);
    response.statusCode = readiness && unready !== undefined ? 503 : 200;
    const ready = unready === undefined ? { status: 'ready' } : { status: 'unavailable', reason: unready };
    response.end(JSON.stringify(readiness ? ready : { status: 'ok' }));
  };
}
