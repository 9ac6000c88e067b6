import type { FastifyReply, FastifyRequest } from 'fastify';
import { contentTypeOf } from '../content-type.ts';
import type { LocalFolder, OpenObject } from '../local-folder.ts';
import type { ObjectFacts } from '../object-facts.ts';
import type { ObjectName } from '../object-store.ts';
import { type ByteRange, readRange } from './byte-range.ts';
import { judgeConditions, rangeCounts } from './preconditions.ts';
import { S3Error } from './s3-error.ts';
import type { S3Query } from './s3-request.ts';

/** Headers of the answer that the query of a signed request may set. */
const overridden = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

/**
 * GetObject and HeadObject: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 *
 * @throws S3Error
 */
export async function getObject(
  folder: LocalFolder,
  name: ObjectName,
  query: S3Query,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const object = await folder.read(name);
  if (object === undefined) throw new S3Error('NoSuchKey', 'The specified key does not exist.');
  const sent = await begin(object, name, query, request, reply);
  if (sent === undefined) {
    await object.handle.close();
    return reply.send();
  }
  const { first: start, last: end } = sent;
  return reply.send(object.handle.createReadStream({ start, end }));
}

/** Status and headers. @returns the bytes to send; undefined when there are none. Otherwise the object is closed. */
async function begin(
  { facts, handle }: OpenObject,
  name: ObjectName,
  query: S3Query,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<ByteRange | undefined> {
  try {
    const overrides = readOverrides(query);
    const { etag, modifiedAt, bytes } = facts;
    reply.headers({ ETag: etag, 'Last-Modified': modifiedAt.toUTCString(), 'Accept-Ranges': 'bytes' });
    const verdict = judgeConditions(request.headers, facts);
    if (verdict === 'failed') {
      throw new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
    }
    if (verdict === 'notModified') {
      reply.code(304);
      return undefined;
    }
    const part = partOf(facts, query, request);
    if (part === 'unsatisfiable') {
      reply.header('Content-Range', `bytes */${bytes}`);
      throw new S3Error('InvalidRange', 'The requested range is not satisfiable');
    }
    const range = part ?? { first: 0, last: bytes - 1 };
    const length = range.last - range.first + 1;
    reply
      .code(part === undefined ? 200 : 206)
      .headers({ 'Content-Type': contentTypeOf(name.key), ...overrides, 'Content-Length': length });
    if (part !== undefined) reply.header('Content-Range', `bytes ${part.first}-${part.last}/${bytes}`);
    return request.method === 'HEAD' || length === 0 ? undefined : range;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** An object is of one part, whichever way it came here. */
function partOf(
  facts: ObjectFacts,
  query: S3Query,
  { headers }: FastifyRequest,
): ByteRange | 'unsatisfiable' | undefined {
  const number = query.get('partNumber');
  if (number === undefined) {
    const ifRange = headers['if-range'];
    return rangeCounts(Array.isArray(ifRange) ? ifRange[0] : ifRange, facts)
      ? readRange(headers.range, facts.bytes)
      : undefined;
  }
  if (number !== '1') throw new S3Error('InvalidPartNumber', 'The requested partnumber is not satisfiable');
  return facts.bytes === 0 ? undefined : { first: 0, last: facts.bytes - 1 };
}

function readOverrides(query: S3Query): Record<string, string> {
  const set = overridden.flatMap((header) => {
    const value = query.get(`response-${header}`);
    return value === undefined ? [] : [[header, value] as const];
  });
  if (set.some(([, value]) => !/^[\x20-\x7e]*$/.test(value))) {
    throw new S3Error('InvalidArgument', 'A header of a response is made of printable ASCII');
  }
  return Object.fromEntries(set);
}
