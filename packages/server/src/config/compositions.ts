import path from 'node:path';
import { parseArn } from '@proscenium/model';
import { ConfigError } from './config-error.ts';
import type { Settings } from './settings.ts';

/** Where a channel's stream goes. The key is a secret, or in a file that holds nothing else. */
export type ChannelConfig = { readonly arn: string } & (
  | { readonly type: 'builtIn' }
  | {
      readonly type: 'rtmp';
      /** `rtmp://host[:port]/app`, or `rtmps` */
      readonly url: string;
      readonly streamKey: string | { readonly file: string };
      /** PEM; an absolute path. */
      readonly certificateAuthoritiesFile: string | undefined;
    }
);

export interface CompositionsConfig {
  /** Undefined: there is each one that somebody names, built in. */
  readonly channels: readonly ChannelConfig[] | undefined;
  /** Processor cores that all compositions together may take; undefined: all of the machine. */
  readonly cores: number | undefined;
  /** Of built-in channels. */
  readonly channelsBucket: string;
  /** Where their newest segments are, an absolute path. */
  readonly channelsFolder: string;
}

type ChannelSettings = NonNullable<Settings['compositions']['channels']>[number];
type Option = keyof ChannelSettings;
type Fault = (option: Option, says: string) => ConfigError;

/**
 * @param where.data the folder of all that outlives the process
 * @throws ConfigError that names the option and tells no value: some are secrets
 */
export function resolveCompositions(
  { channels, channelsBucket, cores }: Settings['compositions'],
  { regions, data }: { regions: readonly string[]; data: string },
): CompositionsConfig {
  const resolved = channels?.map((channel, index) => {
    const fault: Fault = (option, says) => new ConfigError(`compositions.channels[${index}].${option}: ${says}`);
    if (channels.findIndex(({ arn }) => arn === channel.arn) < index) throw fault('arn', 'another channel has it too');
    const region = parseArn(channel.arn)?.region ?? '';
    if (!regions.includes(region)) throw fault('arn', 'is in none of the regions of this server');
    return resolveChannel(channel, fault);
  });
  return { channels: resolved, cores, channelsBucket, channelsFolder: path.resolve(data, 'channels') };
}

const optionsOfPush: readonly Option[] = ['url', 'streamKey', 'streamKeyFile', 'certificateAuthoritiesFile'];

function resolveChannel(channel: ChannelSettings, fault: Fault): ChannelConfig {
  const { arn, builtIn, url, streamKey, streamKeyFile, certificateAuthoritiesFile } = channel;
  if (builtIn === true) {
    const other = optionsOfPush.find((option) => channel[option] !== undefined);
    if (other !== undefined) throw fault(other, 'a built-in channel has none');
    return { arn, type: 'builtIn' };
  }
  if (url === undefined) throw fault('url', 'is missing, and the channel is not built in either');
  if (!URL.canParse(url)) throw fault('url', 'must be an rtmp or rtmps address');
  if (streamKey !== undefined && streamKeyFile !== undefined) {
    throw fault('streamKey', 'is set, and so is streamKeyFile: set one of them');
  }
  if (certificateAuthoritiesFile !== undefined && !url.startsWith('rtmps:')) {
    throw fault('certificateAuthoritiesFile', 'is for an rtmps address');
  }
  return {
    arn,
    type: 'rtmp',
    url,
    streamKey: streamKeyOf(streamKey, streamKeyFile, fault),
    certificateAuthoritiesFile: certificateAuthoritiesFile && path.resolve(certificateAuthoritiesFile),
  };
}

function streamKeyOf(
  streamKey: string | undefined,
  streamKeyFile: string | undefined,
  fault: Fault,
): string | { readonly file: string } {
  if (streamKey !== undefined) return streamKey;
  if (streamKeyFile !== undefined) return { file: path.resolve(streamKeyFile) };
  throw fault('streamKey', 'is missing, and streamKeyFile as well');
}
