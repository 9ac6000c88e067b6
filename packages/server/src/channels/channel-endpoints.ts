import type { Scope } from '@proscenium/model';
import type { EncoderEndpoints } from '../stages/endpoints.ts';
import { channelPath } from './channel-path.ts';

/** Where people watch channels, and encoders publish to them. */
export interface ChannelEndpoints {
  /** Of the HLS playlist that players open. */
  playbackUrl(channelArn: string): string;
  /** Host and port, without a scheme; `''`: nobody waits for encoders. */
  readonly ingestEndpoint: string;
}

/**
 * @param baseUrl of the server, without a slash at its end
 * @param own account and region of the server
 */
export function channelEndpoints(baseUrl: string, encoders: EncoderEndpoints, own: Scope): ChannelEndpoints {
  return {
    playbackUrl: (channelArn) => `${baseUrl}/channels/${channelPath(channelArn, own)}/multivariant.m3u8`,
    ingestEndpoint: ingestEndpoint(encoders),
  };
}

/** Without the port that clients of Amazon's add by themselves, where it is that one. */
function ingestEndpoint({ rtmps, rtmp }: EncoderEndpoints): string {
  const address = rtmps ?? rtmp;
  return address === undefined ? '' : new URL(address).host.replace(/:443$/, '');
}
