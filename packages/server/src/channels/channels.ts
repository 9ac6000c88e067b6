import { readFile } from 'node:fs/promises';
import type { RtmpOutputSettings } from '@proscenium/media';
import { parseArn } from '@proscenium/model';
import type { ChannelConfig, CompositionsConfig } from '../config/compositions.ts';
import { ConfigError } from '../config/config-error.ts';

export type Channel = { readonly type: 'builtIn' } | RtmpOutputSettings;

/** A channel of this server's own. */
export const builtIn: Channel = { type: 'builtIn' };

/** The channels that compositions may go to, and which composition goes to each: one at a time. */
export class Channels {
  /** Undefined: each is there, built in. */
  readonly #configured: ReadonlyMap<string, Channel> | undefined;
  /** By ARN, the composition. */
  readonly #taken = new Map<string, string>();

  constructor(configured?: ReadonlyMap<string, Channel>) {
    this.#configured = configured;
  }

  /** @throws ConfigError where a file of the configuration cannot be read */
  static async open({ channels }: Pick<CompositionsConfig, 'channels'>): Promise<Channels> {
    if (channels === undefined) return new Channels();
    const configured = new Map<string, Channel>();
    for (const channel of channels) configured.set(channel.arn, await openChannel(channel));
    return new Channels(configured);
  }

  /** Whether there is such a channel. */
  has(channelArn: string): boolean {
    return this.find(channelArn) !== undefined;
  }

  find(channelArn: string): Channel | undefined {
    if (parseArn(channelArn)?.resourceType !== 'channel') return undefined;
    return this.#configured === undefined ? builtIn : this.#configured.get(channelArn);
  }

  /** @returns false when another composition goes there */
  take(channelArn: string, compositionId: string): boolean {
    const holder = this.#taken.get(channelArn) ?? compositionId;
    if (holder !== compositionId) return false;
    this.#taken.set(channelArn, compositionId);
    return true;
  }

  /** Whether anything goes there. */
  isTaken(channelArn: string): boolean {
    return this.#taken.has(channelArn);
  }

  /** Whether a composition other than this one goes there. */
  isTakenByAnother(channelArn: string, compositionId: string): boolean {
    return (this.#taken.get(channelArn) ?? compositionId) !== compositionId;
  }

  /** Lets go of all channels of a composition. */
  leave(compositionId: string): void {
    for (const [channelArn, holder] of this.#taken) if (holder === compositionId) this.#taken.delete(channelArn);
  }
}

async function openChannel(channel: ChannelConfig): Promise<Channel> {
  if (channel.type === 'builtIn') return builtIn;
  const { arn, url, streamKey, certificateAuthoritiesFile: file } = channel;
  const certificateAuthorities = file && (await readText(arn, 'certificateAuthoritiesFile', file));
  return {
    type: 'rtmp',
    url,
    streamKey: typeof streamKey === 'string' ? streamKey : await readKey(arn, streamKey.file),
    ...(certificateAuthorities && { certificateAuthorities }),
  };
}

async function readKey(arn: string, file: string): Promise<string> {
  const key = (await readText(arn, 'streamKeyFile', file)).trim();
  if (/^[\x21-\x7e]{1,512}$/.test(key)) return key;
  throw new ConfigError(`compositions.channels (${arn}).streamKeyFile: ${file} does not hold a stream key`);
}

async function readText(arn: string, option: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unknown error';
    throw new ConfigError(`compositions.channels (${arn}).${option}: ${file} cannot be read (${code})`);
  }
}
