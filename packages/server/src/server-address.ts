import { isIPv4 } from 'node:net';
import type { Sfu } from '@proscenium/media';
import { type ChannelEndpoints, channelEndpoints } from './channels/channel-endpoints.ts';
import type { Config } from './config/config.ts';
import type { EncoderEndpoints, EndpointsOfStage } from './stages/endpoints.ts';

/** Where clients reach a server and what is in it. */
export class ServerAddress {
  readonly endpointsOf: EndpointsOfStage;
  readonly channelEndpoints: ChannelEndpoints;
  readonly #config: Config;
  readonly #sfu: Sfu;
  /** Known for sure once the server listens, before which nobody can ask for it. */
  #baseUrl: string;

  constructor(config: Config, sfu: Sfu, encoders: EncoderEndpoints) {
    const own = { account: config.account, region: config.region };
    this.#config = config;
    this.#sfu = sfu;
    this.#baseUrl = baseUrlOf(config, sfu, config.listen.port);
    this.endpointsOf = (stageId) => ({ ...stageEndpoints(this.#baseUrl, stageId), ...encoders });
    this.channelEndpoints = {
      playbackUrl: (channelArn) => channelEndpoints(this.#baseUrl, encoders, own).playbackUrl(channelArn),
      ingestEndpoint: channelEndpoints(this.#baseUrl, encoders, own).ingestEndpoint,
    };
  }

  /** Without a slash at the end. */
  get baseUrl(): string {
    return this.#baseUrl;
  }

  /** @param port the one that it listens on */
  settle(port: number): void {
    this.#baseUrl = baseUrlOf(this.#config, this.#sfu, port);
  }
}

/** Where clients find the server, without a slash at the end. @param port the one that it listens on */
export function baseUrlOf(config: Config, sfu: Sfu, port: number): string {
  const scheme = config.tls === undefined ? 'http' : 'https';
  return config.publicUrl ?? `${scheme}://${reachableHost(config, sfu)}:${port}`;
}

/** Where clients reach a server that listens everywhere and was told no public address: where its media is. */
function reachableHost(config: Config, sfu: Sfu): string {
  const { host } = config.listen;
  const wildcard = host === '0.0.0.0' || host === '::';
  const [first = '127.0.0.1'] = sfu.announcedAddresses;
  // Of a server that listens to both families: IPv4, which nearly everybody has.
  const anywhere = sfu.announcedAddresses.find(isIPv4) ?? first;
  const reachable = wildcard ? anywhere : host;
  return reachable.includes(':') ? `[${reachable}]` : reachable;
}

/** Where participants of a stage connect to. */
function stageEndpoints(baseUrl: string, stageId: string): { events: string; whip: string } {
  return { events: `${baseUrl.replace(/^http/, 'ws')}/events`, whip: `${baseUrl}/whip/${stageId}` };
}
