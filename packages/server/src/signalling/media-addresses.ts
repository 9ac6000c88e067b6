import type { FastifyReply, FastifyRequest } from 'fastify';
import { StageRefusal } from '../participants/stage-refusal.ts';
import { StageErrorCode } from './close-codes.ts';

export const SDP = 'application/sdp';
export const SDP_FRAGMENT = 'application/trickle-ice-sdpfrag';

const STAGE = '[^/]+';
const ENDPOINT = { methods: ['OPTIONS', 'POST'], accepts: { 'Accept-Post': SDP } };
const RESOURCE = { methods: ['OPTIONS', 'PATCH', 'DELETE'], accepts: { 'Accept-Patch': SDP_FRAGMENT } };

/** The addresses below `/whip` and what they answer to; every other method is reserved (RFC 9725 §4.2). */
const addresses = [
  { path: /^\/?$/, ...ENDPOINT },
  { path: new RegExp(`^/${STAGE}$`), ...ENDPOINT },
  { path: new RegExp(`^/${STAGE}/subscribe/[^/]+$`), ...ENDPOINT },
  { path: new RegExp(`^/${STAGE}/resource/[^/]+$`), ...RESOURCE },
];

/** Answers a request that no route takes: one for a page of another origin that asks what it may do, or a refusal. */
export function answerOther(request: FastifyRequest, reply: FastifyReply, prefix: string): FastifyReply {
  const path = request.url.split('?', 1)[0]?.slice(prefix.length) ?? '';
  const address = addresses.find((each) => each.path.test(path));
  if (!address) throw new StageRefusal(404, StageErrorCode.FAILED, 'No such resource');
  reply.headers({ Allow: address.methods.join(', '), ...address.accepts });
  if (request.method !== 'OPTIONS') {
    throw new StageRefusal(405, StageErrorCode.FAILED, `${request.method} is not for this address`);
  }
  return reply
    .code(204)
    .header('Access-Control-Allow-Methods', 'OPTIONS, POST, PATCH, DELETE')
    .header('Access-Control-Allow-Headers', 'authorization, content-type, if-match, traceparent')
    .header('Access-Control-Max-Age', '7200')
    .send();
}
