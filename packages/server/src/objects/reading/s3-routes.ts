import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { type Permissions, plainRequest } from '../../access/permissions.ts';
import type { AccessRequest } from '../../access/policy/decide.ts';
import { leaveBodyUnread } from '../../http/body.ts';
import { checkHost } from '../../http/host.ts';
import type { SignatureRules } from '../../http/signature-check.ts';
import type { SignedRequest } from '../../identity/canonical-request.ts';
import { SigningKeys } from '../../identity/signing-keys.ts';
import { isOlderPresigned, verifyOlderPresigned } from '../../identity/verify-older-presigned.ts';
import { type Principal, verifySignature } from '../../identity/verify-signature.ts';
import { isBucket, type LocalFolder } from '../local-folder.ts';
import type { BucketName } from '../object-store.ts';
import { getObject } from './get-object.ts';
import { listObjects } from './list-objects.ts';
import { readListing, writeListing } from './list-response.ts';
import { s3Headers, sendS3Error, sendXml } from './s3-answer.ts';
import { S3Error } from './s3-error.ts';
import { readTarget, type S3Target, s3Prefix } from './s3-request.ts';
import { xmlDocument } from './xml.ts';

export type S3RoutesOptions = Omit<SignatureRules, 'bodyLimitBytes'> & {
  /** The server's own. */
  region: string;
  /** Accepted `Host` names, without port. IP addresses are always accepted. */
  hosts: readonly string[];
  logger: Logger;
  permissions: Permissions;
  folder: LocalFolder;
};

/** A request whose sender is known. */
type S3Call = { caller: Principal; target: S3Target; request: FastifyRequest; reply: FastifyReply };

/** Parameters that make a request one about something else than a bucket or an object. */
const otherMatters = new Set(
  `accelerate acl analytics attributes cors delete encryption intelligent-tiering inventory legal-hold lifecycle logging
  metadataTable metrics notification object-lock ownershipControls policy policyStatus publicAccessBlock renameObject
  replication requestPayment restore retention select session tagging torrent uploadId uploads versionId versioning versions
  website`.split(/\s+/),
);

/**
 * The buckets of the local folder, for clients of S3 that address them in the path. Each account reads its own. Requests come
 * here by {@link routeOfRequest}.
 */
export async function s3Routes(app: FastifyInstance, options: S3RoutesOptions): Promise<void> {
  const { hosts, logger, clock, folder } = options;
  const signingKeys = new SigningKeys('s3');
  leaveBodyUnread(app);
  app.setErrorHandler((error, request, reply) => sendS3Error(request, reply, error, logger));
  app.addHook('onRequest', async (request, reply) => {
    // Clients correct their own clock by `Date`.
    reply.headers({ ...s3Headers, Date: clock.now().toUTCString(), 'x-amz-request-id': request.id });
    checkHost(request.headers.host, hosts);
  });
  app.route({
    method: ['GET', 'HEAD', 'DELETE', 'PUT', 'POST'],
    url: `${s3Prefix}/*`,
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const url = (request.raw.url ?? '').slice(s3Prefix.length);
      await options.accessKeys.refresh();
      const call = { ...readCall(request, url), request, reply };
      const wanted = accessRequest(call);
      if (wanted !== undefined) await options.permissions.demand(call.caller, [wanted]);
      return answer(folder, call);
    },
  });
  app.options(`${s3Prefix}/*`, (request, reply) =>
    reply
      .headers({
        'Access-Control-Allow-Methods': 'GET,HEAD,DELETE',
        'Access-Control-Allow-Headers': request.headers['access-control-request-headers'] ?? '*',
        'Access-Control-Max-Age': 3_000,
      })
      .send(),
  );

  function readCall({ raw: { method = '', rawHeaders, headers } }: FastifyRequest, rawUrl: string) {
    const target = readTarget(rawUrl);
    return { target, caller: identify({ method, rawUrl, rawHeaders, bodySha256: undefined }, headers.authorization) };
  }

  function identify(signed: SignedRequest, authorization: string | undefined): Principal {
    const now = clock.now();
    if (authorization?.startsWith('AWS ')) {
      const says = 'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.';
      throw new S3Error('InvalidRequest', says);
    }
    if (authorization === undefined && isOlderPresigned(signed.rawUrl)) {
      return verifyOlderPresigned(signed, { ...options, now });
    }
    return verifySignature(signed, { ...options, signingKeys, now });
  }
}

/** What the caller must be allowed. Undefined for what nobody can do here. */
function accessRequest({ target, request: { method } }: S3Call): AccessRequest | undefined {
  const { bucket, key, query } = target;
  if (isAboutOther(target) || !['GET', 'HEAD', 'DELETE'].includes(method)) return undefined;
  if (bucket === '') return plainRequest('s3:ListAllMyBuckets');
  const arn = `arn:aws:s3:::${bucket}`;
  if (key !== '') return plainRequest(method === 'DELETE' ? 's3:DeleteObject' : 's3:GetObject', `${arn}/${key}`);
  if (method === 'DELETE') return undefined;
  return plainRequest(query.has('location') ? 's3:GetBucketLocation' : 's3:ListBucket', arn);
}

function isAboutOther({ query }: S3Target): boolean {
  return [...query.keys()].some((name) => otherMatters.has(name));
}

async function answer(folder: LocalFolder, call: S3Call): Promise<FastifyReply> {
  const { target, caller, request, reply } = call;
  const { bucket, key, query } = target;
  const { method } = request;
  const isOther = isAboutOther(target);
  if (bucket === '' && method === 'GET' && !isOther) return listBuckets(folder, call);
  const name = { account: caller.account, bucket };
  if (!isBucket(bucket)) throw new S3Error('InvalidBucketName', 'The specified bucket is not valid.');
  if (!(await folder.hasBucket(name))) throw new S3Error('NoSuchBucket', 'The specified bucket does not exist');
  if (isOther || method === 'PUT' || method === 'POST') throw notImplemented();
  if (key === '') return answerBucket(folder, name, call);
  if (method !== 'DELETE') return getObject(folder, { ...name, key }, query, request, reply);
  await folder.delete({ ...name, key });
  return reply.code(204).send();
}

async function answerBucket(
  folder: LocalFolder,
  name: BucketName,
  { target: { query }, caller: { region }, request: { method }, reply }: S3Call,
): Promise<FastifyReply> {
  // A bucket is in no region, hence in the one in which it is looked for.
  if (method === 'HEAD') return reply.header('x-amz-bucket-region', region).send();
  if (method === 'DELETE') throw notImplemented();
  // No name stands for us-east-1.
  if (query.has('location'))
    return sendXml(reply, xmlDocument('LocationConstraint', region === 'us-east-1' ? '' : region));
  const listing = readListing(query);
  return sendXml(reply, writeListing(query, name, listing, await listObjects(folder, name, listing)));
}

async function listBuckets(folder: LocalFolder, { caller: { account }, reply }: S3Call): Promise<FastifyReply> {
  const buckets = await folder.buckets(account);
  const listed = buckets.map(({ bucket, madeAt }) => ({ Name: bucket, CreationDate: madeAt.toISOString() }));
  const content = { Owner: { ID: account }, Buckets: { Bucket: listed } };
  return sendXml(reply, xmlDocument('ListAllMyBucketsResult', content));
}

function notImplemented(): S3Error {
  return new S3Error(
    'NotImplemented',
    'Objects of this server can be read and removed. Its recordings alone are written here.',
  );
}
