import type { IceCredentials } from './ice-credentials.ts';
import { writeIceFragment } from './ice-fragment.ts';
import type { LocalTransport } from './media-lines.ts';
import type { RemoteDescription } from './remote-description.ts';

/** What an offer tells of ICE, and what is needed of it to write about ICE later. */
export interface OfferedIce {
  readonly credentials: IceCredentials;
  /** Writes the fragment that tells our side after a restart. */
  fragment(transport: LocalTransport): string;
}

export function offeredIce({ iceCredentials, sections }: RemoteDescription): OfferedIce {
  const bundle = sections.filter(({ offered }) => offered);
  return {
    credentials: iceCredentials,
    fragment: (transport) => writeIceFragment(transport, bundle),
  };
}
