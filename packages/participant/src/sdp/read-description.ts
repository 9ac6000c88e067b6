import { isIP } from 'node:net';
import type { RemoteTransport } from '../connection/media-connection.ts';

/** A section of a server's description. */
export interface RemoteSection {
  readonly kind: string;
  readonly mid: string;
  /** False for one that carries nothing: closed, or `inactive`. */
  readonly live: boolean;
  readonly payloadTypes: readonly number[];
  /** Of the first payload type, in lower case: `opus`, `h264`, `vp8` … Empty where it is not told. */
  readonly codec: string;
  /** Whether packets of it can be asked for again. */
  readonly nack: boolean;
  /** Payload type of retransmissions (RFC 4588), and of what they repeat. */
  readonly rtxPayloadType: number | undefined;
  readonly ssrc: number | undefined;
  readonly rtxSsrc: number | undefined;
  /** Header extensions: id by URI. */
  readonly extensions: ReadonlyMap<string, number>;
  /** Whether transport-wide feedback was agreed on. */
  readonly transportFeedback: boolean;
  /** The lines of the section as they stand, from `m=` on. */
  readonly lines: readonly string[];
}

export interface RemoteDescription {
  readonly transport: RemoteTransport;
  readonly sections: readonly RemoteSection[];
}

export const TRANSPORT_SEQUENCE_URI = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';

/** Reads an answer or an offer of a server. @throws when it lacks what is needed to connect */
export function readDescription(sdp: string): RemoteDescription {
  const lines = sdp.split(/\r?\n/).filter((line) => line !== '');
  const starts = lines.flatMap((line, index) => (line.startsWith('m=') ? [index] : []));
  const sections = starts.map((start, index) => readSection(lines.slice(start, starts[index + 1])));
  const credentials = { usernameFragment: need(lines, 'ice-ufrag:'), password: need(lines, 'ice-pwd:') };
  const fingerprint = values(lines, 'fingerprint:').find((value) => /^sha-256 /i.test(value));
  if (fingerprint === undefined) throw new Error('A session description lacks a SHA-256 fingerprint');
  return {
    transport: {
      credentials,
      fingerprint: fingerprint.split(' ')[1] ?? '',
      lite: lines.includes('a=ice-lite'),
      ...candidate(lines),
    },
    sections,
  };
}

/** The UDP candidate that the server likes best. */
function candidate(lines: readonly string[]): { address: string; port: number } {
  const candidates = values(lines, 'candidate:')
    .map((value) => value.split(' '))
    .filter(
      ([, component, protocol, , address]) => component === '1' && /^udp$/i.test(protocol ?? '') && isIP(address ?? ''),
    )
    .sort((one, two) => Number(two[3]) - Number(one[3]));
  const [first] = candidates;
  if (!first) throw new Error('A session description has no UDP candidate');
  return { address: first[4] ?? '', port: Number(first[5]) };
}

function readSection(lines: readonly string[]): RemoteSection {
  const [media = '', port = '', , ...formats] = (lines[0] ?? '').slice(2).split(' ');
  const apt = values(lines, 'fmtp:').find((value) => / apt=\d+/.test(value));
  const [ssrc, rtxSsrc] = (values(lines, 'ssrc-group:FID ')[0] ?? values(lines, 'ssrc:')[0] ?? '').split(' ');
  const repairs = values(lines, 'ssrc-group:FID ').length > 0;
  return {
    kind: media,
    mid: values(lines, 'mid:')[0] ?? '',
    live: port !== '0' && !lines.includes('a=inactive'),
    payloadTypes: formats.map(Number),
    codec: codecOf(lines, formats[0]),
    nack: values(lines, 'rtcp-fb:').some((value) => value === `${formats[0]} nack`),
    rtxPayloadType: apt === undefined ? undefined : Number(apt.split(' ')[0]),
    ssrc: readSsrc(ssrc),
    rtxSsrc: repairs ? readSsrc(rtxSsrc) : undefined,
    extensions: new Map(
      values(lines, 'extmap:').map((value) => {
        const [id = '', uri = ''] = value.split(' ');
        return [uri, Number(id.split('/')[0])];
      }),
    ),
    transportFeedback: values(lines, 'rtcp-fb:').some((value) => value.endsWith(' transport-cc')),
    lines,
  };
}

/** Undefined for what does not fit in its 32 bits. */
function readSsrc(text = ''): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) < 2 ** 32 ? Number(text) : undefined;
}

function codecOf(lines: readonly string[], format: string | undefined): string {
  const mapped = values(lines, 'rtpmap:').find((value) => value.startsWith(`${format} `)) ?? '';
  return (mapped.split(' ')[1]?.split('/')[0] ?? '').toLowerCase();
}

function values(lines: readonly string[], name: string): string[] {
  return lines.filter((line) => line.startsWith(`a=${name}`)).map((line) => line.slice(2 + name.length));
}

function need(lines: readonly string[], name: string): string {
  const [value] = values(lines, name);
  if (value === undefined) throw new Error(`A session description lacks a=${name}`);
  return value;
}
