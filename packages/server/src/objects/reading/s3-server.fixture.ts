import type { TestContext } from 'node:test';
import { S3Client } from '@aws-sdk/client-s3';
import pino from 'pino';
import type { Permissions } from '../../access/permissions.ts';
import { unrestricted } from '../../access/unrestricted.fixture.ts';
import { systemClock } from '../../clock.ts';
import { createHttpServer } from '../../http/http-server.ts';
import { createAccessKeys } from '../../identity/access-keys.ts';
import { accessKey } from '../../identity/signer.fixture.ts';
import { openLocalFolder } from '../local-folder.fixture.ts';
import type { LocalFolder } from '../local-folder.ts';
import { routeOfRequest } from './s3-request.ts';
import { s3Routes } from './s3-routes.ts';

export const bucket = 'show-archive';
export const otherKey = {
  accessKeyId: 'PRSCOTHEROTHEROTHERO',
  secretAccessKey: 'other-secret-other-secret-other-secret-00',
  account: '210987654321',
  userName: 'other',
};

export type S3Server = {
  endpoint: string;
  store: LocalFolder;
  client: S3Client;
  log: string[];
  clientOf(key: typeof otherKey, region?: string): S3Client;
};

/** The reading endpoint on a port of its own, and a route that is called as a bucket could be. */
export async function startS3Server(t: TestContext, permissions: Permissions = unrestricted): Promise<S3Server> {
  const { store } = await openLocalFolder(t);
  const log: string[] = [];
  const logger = pino({}, { write: (line) => log.push(line) });
  const app = createHttpServer({ clock: systemClock, logger, routeOf: routeOfRequest });
  await app.register(s3Routes, {
    accessKeys: createAccessKeys([accessKey, otherKey]),
    clock: systemClock,
    region: 'us-west-2',
    regions: ['us-east-1', 'us-west-2', 'eu-west-1'],
    hosts: ['localhost'],
    logger,
    permissions,
    folder: store,
  });
  app.get('/try', () => 'a page');
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => app.close());
  const address = app.server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const clientOf = ({ accessKeyId, secretAccessKey }: typeof otherKey, region = 'us-west-2') => {
    const credentials = { accessKeyId, secretAccessKey };
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 });
    t.after(() => client.destroy());
    return client;
  };
  return { endpoint, store, client: clientOf(accessKey), log, clientOf };
}
