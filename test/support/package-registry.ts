import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PackageRegistry {
  url: string;
  close(): Promise<void>;
}

/** Serves one packed package to npm, as a registry does. */
export async function startPackageRegistry(tarball: string): Promise<PackageRegistry> {
  const content = readFileSync(tarball);
  const { stdout } = spawnSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' });
  const manifest = JSON.parse(stdout);
  const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`;

  const server = createServer((request, response) => {
    if (request.url === '/package.tgz') {
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(content);
      return;
    }
    if (decodeURIComponent(request.url ?? '') !== `/${manifest.name}`) {
      response.writeHead(404).end();
      return;
    }
    const published = { ...manifest, dist: { tarball: `${url}/package.tgz`, integrity } };
    const about = {
      name: manifest.name,
      'dist-tags': { latest: manifest.version },
      versions: { [manifest.version]: published },
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(about));
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    close() {
      server.closeAllConnections();
      return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}
