import type { types } from 'mediasoup';
import { type IceCredentials, readIceCredentials } from './ice-credentials.ts';
import {
  type Attributes,
  broken,
  type DescriptionSection,
  parseSessionDescription,
  unsupported,
} from './session-description.ts';
import { type RemoteRid, readSendLayers } from './simulcast.ts';

export type MediaKind = 'audio' | 'video';
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** A codec of a client's section. `name` is lower case, `parameters` are those of `a=fmtp`. */
export interface RemoteCodec {
  readonly payloadType: number;
  readonly name: string;
  readonly clockRate: number;
  readonly channels: number;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly rtcpFeedback: readonly types.RtcpFeedback[];
}

export interface RemoteSection {
  readonly kind: MediaKind | 'other';
  readonly mid: string;
  readonly direction: Direction;
  /** False for a section that the client itself has switched off (port 0 outside a bundle, RFC 8843 §6). */
  readonly offered: boolean;
  readonly media: string;
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly codecs: readonly RemoteCodec[];
  readonly headerExtensions: readonly { readonly id: number; readonly uri: string }[];
  /** Whether RTCP packets may come alone, without a report before them (RFC 5506 §5). */
  readonly reducedSizeRtcp: boolean;
  /** The layers that it offers to send, each as its alternatives; empty without `a=simulcast`. */
  readonly layers: readonly (readonly RemoteRid[])[];
  /** The SSRCs that the client names: one, or those of a `SIM` group in its order. */
  readonly sources: readonly RemoteSource[];
  /** Ids of the `MediaStream`s that it belongs to (RFC 8830 §2); none for `-`. */
  readonly streamIds: readonly string[];
  readonly cname: string | undefined;
}

/** A stream's SSRC and that of its repair stream (`FID` group). */
export interface RemoteSource {
  readonly ssrc: number;
  readonly rtxSsrc: number | undefined;
}

/** What a client says of its side of a connection. */
export interface RemoteDescription {
  readonly dtlsParameters: types.DtlsParameters;
  readonly iceCredentials: IceCredentials;
  readonly extmapAllowMixed: boolean;
  readonly sections: readonly RemoteSection[];
}

/**
 * Reads a client's offer or answer.
 *
 * @throws {MediaRefusal} `BROKEN_OFFER`
 */
export function readRemoteDescription(text: string): RemoteDescription {
  const description = parseSessionDescription(text);
  const bundles = description.attributes.all('group').map((group) => group.split(' '));
  const bundled = new Set(bundles.filter(([semantics]) => semantics === 'BUNDLE').flatMap((group) => group.slice(1)));
  const sections = description.sections.map((section, index) => readSection(section, index, bundled));
  if (sections.length === 0) throw broken('it has no media section');
  if (new Set(sections.map(({ mid }) => mid)).size !== sections.length) throw broken('two sections share a mid');

  const carriers = sections.filter(({ offered }) => offered);
  if (carriers.length > 1 && !carriers.every(({ mid }) => bundled.has(mid))) {
    throw broken('its sections are not bundled (a=group:BUNDLE)');
  }
  for (const [index, section] of description.sections.entries()) {
    const rtp = sections[index]?.kind !== 'other' && sections[index]?.offered;
    if (rtp && !section.attributes.has('rtcp-mux')) throw broken('a section lacks a=rtcp-mux');
  }
  const places = [...description.sections.map(({ attributes }) => attributes), description.attributes];
  const iceCredentials = readIceCredentials(places);
  if (!iceCredentials) throw broken('it has no ICE credentials');
  return {
    dtlsParameters: readDtlsParameters(places),
    iceCredentials,
    extmapAllowMixed:
      description.attributes.has('extmap-allow-mixed') ||
      description.sections.some(({ attributes }) => attributes.has('extmap-allow-mixed')),
    sections,
  };
}

/** Everything that is offered is taken, or nothing is (RFC 9725 §4.4.3). @throws {MediaRefusal} `UNSUPPORTED_OFFER` */
export function requireMediaOnly({ sections }: RemoteDescription): void {
  const odd = sections.find(({ kind, offered }) => kind === 'other' && offered);
  if (odd) throw unsupported('it has a section that is neither audio nor video over RTP/SAVPF');
}

function readSection(section: DescriptionSection, index: number, bundled: ReadonlySet<string>): RemoteSection {
  const { attributes, media } = section;
  const mid = attributes.first('mid') ?? String(index);
  if (!/^[\w.\-+]{1,16}$/.test(mid)) throw broken('a mid is longer than 16 characters or has odd ones');
  const rtp = (media === 'audio' || media === 'video') && /(^|\/)RTP\/SAVPF$/.test(section.protocol);
  // A bundled section may carry port 0 with bundle-only and still be wanted (RFC 8843 §6); Firefox does so.
  const offered = section.port !== 0 || (attributes.has('bundle-only') && bundled.has(mid));
  return {
    kind: rtp ? media : 'other',
    mid,
    direction: readDirection(attributes),
    offered,
    media,
    protocol: section.protocol,
    formats: section.formats,
    codecs: rtp ? readCodecs(section) : [],
    headerExtensions: readHeaderExtensions(attributes),
    reducedSizeRtcp: attributes.has('rtcp-rsize'),
    layers: readSendLayers(attributes),
    streamIds: attributes
      .all('msid')
      .map((value) => value.split(' ')[0] ?? '')
      .filter((id) => id !== '-' && id !== ''),
    ...readSources(attributes),
  };
}

function readDirection(attributes: Attributes): Direction {
  const directions = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const;
  return directions.find((direction) => attributes.has(direction)) ?? 'sendrecv';
}

/** Lines of one name about one codec; browsers write up to six. */
const MAXIMUM_LINES_PER_CODEC = 32;

function readCodecs({ formats, attributes }: DescriptionSection): RemoteCodec[] {
  if (new Set(formats).size !== formats.length) throw broken('its payload types repeat');
  const maps = byPayloadType(attributes.all('rtpmap'));
  const parameters = byPayloadType(attributes.all('fmtp'));
  const feedback = byPayloadType(attributes.all('rtcp-fb'));
  const codecs: RemoteCodec[] = [];
  for (const format of formats) {
    const payloadType = Number(format);
    if (!Number.isInteger(payloadType) || payloadType < 0 || payloadType > 127) throw broken('a payload type is odd');
    const map = maps.get(format)?.[0];
    const match = map === undefined ? undefined : /^([\w.-]+)\/(\d{1,7})(?:\/(\d{1,2}))?$/.exec(map);
    if (!match?.[1] || !match[2]) continue; // static payload types are none that a stage carries
    codecs.push({
      payloadType,
      name: match[1].toLowerCase(),
      clockRate: Number(match[2]),
      channels: Number(match[3] ?? 1),
      parameters: readParameters((parameters.get(format) ?? []).join(';')),
      rtcpFeedback: [...(feedback.get(format) ?? []), ...(feedback.get('*') ?? [])].map((text) => {
        const [type = '', ...parameter] = text.split(' ');
        return { type, parameter: parameter.join(' ') };
      }),
    });
  }
  return codecs;
}

/** Values that begin with a payload type, or `*` for all, by that beginning. */
function byPayloadType(values: readonly string[]): ReadonlyMap<string, string[]> {
  const grouped = new Map<string, string[]>();
  for (const value of values) {
    const space = value.indexOf(' ');
    const format = value.slice(0, space);
    const rest = value.slice(space + 1);
    const group = grouped.get(format);
    if (!group) grouped.set(format, [rest]);
    else if (group.length < MAXIMUM_LINES_PER_CODEC) group.push(rest);
  }
  return grouped;
}

function readParameters(text: string): Record<string, string | number> {
  const parameters: Record<string, string | number> = {};
  for (const part of text.split(';')) {
    const [name, ...rest] = part.trim().split('=');
    if (!name || !/^[\w-]{1,64}$/.test(name) || name === '__proto__') continue;
    const value = rest.join('=').trim();
    // Digits alone are a number, except in a profile (`640028` is hexadecimal).
    parameters[name] = name !== 'profile-level-id' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  }
  return parameters;
}

function readHeaderExtensions(attributes: Attributes): { id: number; uri: string }[] {
  return attributes.all('extmap').flatMap((value) => {
    const match = /^(\d{1,5})(?:\/\w+)? (\S+)/.exec(value);
    return match?.[2] ? [{ id: Number(match[1]), uri: match[2] }] : [];
  });
}

function readSources(attributes: Attributes): Pick<RemoteSection, 'sources' | 'cname'> {
  const named = attributes.all('ssrc').flatMap((value) => {
    const match = /^(\d{1,10})(?: (\w+)(?::(.*))?)?$/.exec(value);
    return match ? [{ ssrc: Number(match[1]) >>> 0, attribute: match[2], value: match[3] }] : [];
  });
  const groups = attributes.all('ssrc-group').map((value) => {
    const [semantics, ...ssrcs] = value.split(' ');
    return { semantics, ssrcs: ssrcs.map((text) => Number(text) >>> 0) };
  });
  const pairs = groups.filter(({ semantics }) => semantics === 'FID').map(({ ssrcs }) => ssrcs);
  const simulcast = groups.find(({ semantics }) => semantics === 'SIM')?.ssrcs;
  const ssrcs = simulcast ?? [pairs[0]?.[0] ?? named[0]?.ssrc].filter((ssrc) => ssrc !== undefined);
  return {
    sources: ssrcs.map((ssrc) => ({ ssrc, rtxSsrc: pairs.find(([first]) => first === ssrc)?.[1] })),
    cname: named.find(({ ssrc, attribute }) => ssrc === ssrcs[0] && attribute === 'cname')?.value,
  };
}

function readDtlsParameters(places: readonly Attributes[]): types.DtlsParameters {
  const fingerprint = places.map((attributes) => attributes.first('fingerprint')).find((value) => value !== undefined);
  const setup = places.map((attributes) => attributes.first('setup')).find((value) => value !== undefined);
  const [algorithm = '', value = ''] = (fingerprint ?? '').split(' ');
  const known = ['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512'] as const;
  const name = known.find((candidate) => candidate === algorithm.toLowerCase());
  if (!name || !/^[0-9A-F]{2}(:[0-9A-F]{2}){19,63}$/i.test(value)) throw broken('it has no usable DTLS fingerprint');
  return {
    // We answer actpass with passive, so that the client begins the handshake as soon as ICE is up (RFC 8842 §5.3).
    role: setup === 'passive' ? 'server' : 'client',
    fingerprints: [{ algorithm: name, value: value.toUpperCase() }],
  };
}
