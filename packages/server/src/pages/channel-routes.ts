import { channelPage } from '@proscenium/console';
import type { Scope } from '@proscenium/model';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { type ChannelFile, readChannelPath } from '../compositions/outputs/channel-path.ts';
import { hostCheck } from '../http/host.ts';
import { contentTypeOf } from '../objects/content-type.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { ObjectStoreFailure } from '../objects/object-store-failure.ts';
import { sendAsset } from './send-asset.ts';

export interface ChannelRoutesOptions {
  readonly hosts: readonly string[];
  /** Account and region of the server. */
  readonly own: Scope;
  readonly bucketName: string;
  readonly objects: Pick<ObjectStore, 'get'>;
  readonly logger: Logger;
}

const PREFIX = '/channels/';

/** Any page may play it; none may run it. */
const headersOfAll = {
  'Access-Control-Allow-Origin': '*',
  'Content-Security-Policy': 'sandbox',
  'X-Content-Type-Options': 'nosniff',
};

/** The pages of built-in channels, and for their players, without any key, the streams: files of one bucket and no others. */
export async function channelRoutes(app: FastifyInstance, options: ChannelRoutesOptions): Promise<void> {
  app.addHook('onRequest', hostCheck(options.hosts));

  app.get(`${PREFIX}*`, async ({ url }, reply) => {
    const [path = ''] = url.split('?');
    const found = readChannelPath(path.slice(PREFIX.length), options.own);
    if (found === undefined) return notFound(reply);
    return found.file === '' ? sendAsset(reply, channelPage) : sendFile(found, options, reply);
  });
}

async function sendFile(
  { account, channelPath, file }: ChannelFile,
  { objects, bucketName: bucket, logger }: ChannelRoutesOptions,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.headers(headersOfAll);
  try {
    const object = await objects.get({ account, bucket, key: `channels/${channelPath}/${file}` });
    if (object === undefined) return notFound(reply);
    const { bytes, etag, content } = object;
    return reply
      .headers({ ETag: etag, 'Content-Length': bytes, 'Cache-Control': cacheControlOf(file) })
      .type(contentTypeOf(file))
      .send(content);
  } catch (error) {
    if (!(error instanceof ObjectStoreFailure)) throw error;
    if (error.code === 'ResourceNotFoundException') return notFound(reply);
    logger.warn({ err: error }, 'a file of a channel could not be read');
    return reply
      .code(503)
      .header('Cache-Control', 'no-store')
      .type('text/plain')
      .send('The object store does not answer\n');
  }
}

/** Names of renditions never come again. */
function cacheControlOf(file: string): string {
  return file.endsWith('.m3u8') ? 'no-cache' : 'public, max-age=3600, immutable';
}

function notFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).header('Cache-Control', 'no-store').type('text/plain').send('Not found\n');
}
