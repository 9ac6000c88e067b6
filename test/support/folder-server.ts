import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
};

export interface FolderServer {
  url: string;
  close(): Promise<void>;
}

/** Serves a folder's files on 127.0.0.1, all with these headers beside the type. */
export async function serveFolder(folder: string, headers: Record<string, string> = {}): Promise<FolderServer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (pathname === '/favicon.ico') {
      response.writeHead(204).end();
      return;
    }
    const name = pathname === '/' ? '/index.html' : pathname;
    const contentType = contentTypes[path.extname(name)] ?? 'application/octet-stream';
    const file = createReadStream(path.join(folder, name));
    file.once('open', () => response.writeHead(200, { ...headers, 'content-type': contentType }));
    file.once('error', () => response.writeHead(404).end());
    file.pipe(response);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}
