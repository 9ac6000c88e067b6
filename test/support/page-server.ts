import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the page may ask for, by the first part of the path. */
const folders: Record<string, string> = {
  page: path.join(root, 'test/page'),
  bundle: path.join(root, 'packages/web-broadcast/dist'),
};

/** What is bundled when the page asks for it, since it imports packages by name. */
const bundled: Record<string, string> = {
  '/bundled/npm-clients.js': path.join(root, 'test/page/npm-clients.js'),
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
    const [target = '', search] = (request.url ?? '').split('?');
    const policy = new URLSearchParams(search).get('policy');
    const entryPoint = bundled[target];
    if (entryPoint !== undefined) {
      bundle(entryPoint).then(
        (script) => response.writeHead(200, { 'content-type': 'text/javascript' }).end(script),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
      return;
    }
    const [, folder, name, ...rest] = target.split('/');
    const base = folders[folder ?? ''];
    const contentType = contentTypes[path.extname(name ?? '')];
    if (base === undefined || name === undefined || rest.length > 0 || contentType === undefined) {
      response.writeHead(404).end();
      return;
    }
    // A connection that is kept does not outlive a network that a test cuts, and the browser would wait for it.
    const headers = { connection: 'close', ...(policy === null ? {} : { 'content-security-policy': policy }) };
    const file = createReadStream(path.join(base, name));
    file.once('open', () =>
      response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store', ...headers }),
    );
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

async function bundle(entryPoint: string): Promise<string> {
  const { outputFiles } = await build({ entryPoints: [entryPoint], bundle: true, format: 'esm', write: false });
  return outputFiles.map(({ text }) => text).join('');
}
