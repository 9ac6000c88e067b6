import {
  createIceCredentials,
  createIdentity,
  type IceCredentials,
  readDescription,
  writePublishOffer,
} from '@proscenium/participant/connection';
import type { IceServers } from '@proscenium/server/configuring';
import { callServer, type HttpAnswer } from '../../api/http-call.ts';
import type { Invited, TrialStage } from '../server/trial-stages.ts';

/** An address of the server for media, as it stands in its answer (RFC 8839 §5.1). */
export interface Candidate {
  readonly protocol: 'udp' | 'tcp';
  readonly address: string;
  readonly port: number;
}

/** What the server tells a client about its media. */
export interface MediaOffer {
  readonly candidates: readonly Candidate[];
  readonly iceServers: IceServers['iceServers'];
}

/** A publish that is never connected. The server gives it up by itself after a quarter of a minute. */
export interface TrialSession extends MediaOffer {
  readonly local: IceCredentials;
  readonly remote: IceCredentials;
  end(): Promise<void>;
}

/** The server did not take the offer. */
export class OfferRefused extends Error {
  override readonly name = 'OfferRefused';
  readonly status: number;

  constructor(status: number, reason: string) {
    super(`an offer was answered with ${status}${reason === '' ? '' : `: ${reason}`}`);
    this.status = status;
  }
}

const SOURCES = { layers: [{ video: 1_001, rtx: 1_002 }], audio: 1_003 };
const END_TIMEOUT_MS = 5_000;
const MAXIMUM_REASON_LENGTH = 200;

/** Publishes as far as to the server's answer. @throws {OfferRefused} or the system's error */
export async function openTrialSession(stage: TrialStage, signal: AbortSignal): Promise<TrialSession> {
  const { fingerprint } = await createIdentity();
  const local = createIceCredentials();
  const offer = writePublishOffer({ credentials: local, fingerprint }, SOURCES);
  const { answer, url } = await post(new URL(stage.endpoints.whip), stage.prober, offer, signal);
  if (answer.status !== 201) throw new OfferRefused(answer.status, reasonOf(answer.body));
  const { transport } = readDescription(answer.body);
  return {
    candidates: readCandidates(answer.body),
    iceServers: readIceServers(answer.headers.link),
    local,
    remote: transport.credentials,
    async end() {
      const { location } = answer.headers;
      if (location === undefined) return;
      const headers = { authorization: `Bearer ${stage.prober.token}` };
      const server = { url, direct: false };
      await callServer(server, location, { method: 'DELETE', headers }, AbortSignal.timeout(END_TIMEOUT_MS));
    },
  };
}

/** Follows one redirect, as WHIP clients do (RFC 9725 §4.5). */
async function post(
  url: URL,
  { token }: Invited,
  offer: string,
  signal: AbortSignal,
): Promise<{ answer: HttpAnswer; url: URL }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' };
  const call = { method: 'POST', headers, body: offer } as const;
  const answer = await callServer({ url, direct: false }, url.href, call, signal);
  if (answer.status !== 307 || answer.headers.location === undefined) return { answer, url };
  const next = new URL(answer.headers.location, url);
  return { answer: await callServer({ url: next, direct: false }, next.href, call, signal), url: next };
}

/** The server's own reason, or the beginning of what a proxy says instead. */
function reasonOf(body: string): string {
  try {
    return String(JSON.parse(body).message ?? '');
  } catch {
    return body.replace(/\s+/g, ' ').slice(0, MAXIMUM_REASON_LENGTH);
  }
}

/** Each of them once: all sections go over one transport. */
function readCandidates(sdp: string): Candidate[] {
  const lines = sdp.split(/\r?\n/).filter((line) => line.startsWith('a=candidate:'));
  const found = lines.flatMap((line) => {
    const [, component, protocol = '', , address = '', port] = line.split(' ');
    const known = protocol.toLowerCase();
    if (component !== '1' || (known !== 'udp' && known !== 'tcp')) return [];
    return [{ protocol: known, address, port: Number(port) } satisfies Candidate];
  });
  return [...new Map(found.map((candidate) => [formatCandidate(candidate), candidate])).values()];
}

export function formatCandidate({ protocol, address, port }: Candidate): string {
  return `${protocol}/${port} of ${address}`;
}

/** `Link` headers with relays (RFC 9725 §4.6). */
function readIceServers(link: string | string[] | undefined): IceServers['iceServers'] {
  const text = Array.isArray(link) ? link.join(', ') : (link ?? '');
  const pattern = /<([^>]+)>; rel="ice-server"; username="([^"]*)"; credential="([^"]*)"/g;
  return [...text.matchAll(pattern)].map(([, url = '', username = '', credential = '']) => ({
    urls: [url],
    username,
    credential,
  }));
}
