import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the page may ask for, by the first part of the path. */
const folders: Record<string, string> = {
  page: path.join(root, 'test/page'),
  bundle: path.join(root, 'packages/web-broadcast/dist'),
};

const contentTypes: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };

export interface PageServer {
  /** Address of the test page. */
  url: string;
  close(): Promise<void>;
}

/** Serves the test page and the built web client. On 127.0.0.1 it is a secure context, elsewhere it is not. */
export async function startPageServer(host = '127.0.0.1'): Promise<PageServer> {
  const server = createServer((request, response) => {
    const [, folder, name, ...rest] = (request.url ?? '').split('?', 1)[0]?.split('/') ?? [];
    const base = folders[folder ?? ''];
    const contentType = contentTypes[path.extname(name ?? '')];
    if (base === undefined || name === undefined || rest.length > 0 || contentType === undefined) {
      response.writeHead(404).end();
      return;
    }
    const file = createReadStream(path.join(base, name));
    file.once('open', () => response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' }));
    file.once('error', (error) => response.writeHead(404).end(error.message));
    file.pipe(response);
  });
  server.listen(0, host);
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://${host}:${port}/page/index.html`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}
