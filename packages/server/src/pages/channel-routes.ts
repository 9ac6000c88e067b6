import { text } from 'node:stream/consumers';
import { channelPage } from '@proscenium/console';
import type { Scope } from '@proscenium/model';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { type ChannelFile, readChannelPath } from '../channels/channel-path.ts';
import type { ChannelViewers } from '../channels/channel-viewers.ts';
import { ViewerNames } from '../channels/viewer-names.ts';
import { hostCheck } from '../http/host.ts';
import { contentTypeOf } from '../objects/content-type.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { ObjectStoreFailure } from '../objects/object-store-failure.ts';
import type { SendAsset } from './send-asset.ts';

export interface ChannelRoutesOptions {
  readonly hosts: readonly string[];
  /** Account and region of the server. */
  readonly own: Scope;
  readonly bucketName: string;
  readonly objects: Pick<ObjectStore, 'get'>;
  readonly viewers: Pick<ChannelViewers, 'see'>;
  readonly logger: Logger;
  readonly sendAsset: SendAsset;
}

const PREFIX = '/channels/';
const MULTIVARIANT_FILE = 'multivariant.m3u8';

/** Any page may play it; none may run it. */
const headersOfAll = {
  'Access-Control-Allow-Origin': '*',
  'Content-Security-Policy': 'sandbox',
  'X-Content-Type-Options': 'nosniff',
};

/** The pages of built-in channels, and for their players, without any key, the streams: files of one bucket and no others. */
export async function channelRoutes(app: FastifyInstance, options: ChannelRoutesOptions): Promise<void> {
  const names = new ViewerNames();
  app.addHook('onRequest', hostCheck(options.hosts));

  app.get<{ Querystring: { viewer?: unknown } }>(`${PREFIX}*`, async (request, reply) => {
    const [path = ''] = request.url.split('?');
    const found = readChannelPath(path.slice(PREFIX.length), options.own);
    if (found === undefined) return notFound(reply);
    if (found.file === '') return options.sendAsset(request, reply, channelPage);
    const { viewer } = request.query;
    const known = typeof viewer === 'string' ? names.idIn(viewer, found.channelPath) : undefined;
    return sendFile(found, known ?? request.ip, names, options, reply);
  });
}

async function sendFile(
  { account, channelPath, file }: ChannelFile,
  viewer: string,
  names: ViewerNames,
  { objects, bucketName: bucket, viewers, logger }: ChannelRoutesOptions,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.headers(headersOfAll);
  try {
    const object = await objects.get({ account, bucket, key: `channels/${channelPath}/${file}` });
    if (object === undefined) return notFound(reply);
    const { bytes, etag, content } = object;
    if (file === MULTIVARIANT_FILE) return sendMultivariant(await text(content), names.create(channelPath), reply);
    if (file.endsWith('.m3u8')) viewers.see(channelPath, viewer);
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

/** With a name for whoever reads it, by which its player is known when it reads the other playlist again and again. */
function sendMultivariant(playlist: string, viewer: string, reply: FastifyReply): FastifyReply {
  const named = playlist.replace(/^[^#\s].*\.m3u8$/gm, (address) => `${address}?viewer=${viewer}`);
  return reply.header('Cache-Control', 'no-cache').type(contentTypeOf(MULTIVARIANT_FILE)).send(named);
}

/** Names of renditions never come again. */
function cacheControlOf(file: string): string {
  return file.endsWith('.m3u8') ? 'no-cache' : 'public, max-age=3600, immutable';
}

function notFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).header('Cache-Control', 'no-store').type('text/plain').send('Not found\n');
}
