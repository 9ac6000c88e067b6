/** A plain HTTP server of the files below a folder, and nothing more. A process of its own: `static-server.ts <folder>`. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const [, , folder = '.'] = process.argv;

const server = createServer(async ({ url = '/' }, response) => {
  const file = path.join(folder, path.normalize(`/${url.split('?')[0]}`));
  try {
    const { size } = await stat(file);
    response.writeHead(200, { 'content-length': size });
    createReadStream(file).pipe(response);
  } catch {
    response.writeHead(404).end();
  }
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
