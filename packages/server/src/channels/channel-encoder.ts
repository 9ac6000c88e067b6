import type { EventEmitter } from 'node:events';
import type { IngestConnection, IngestConnectionEvents } from '@proscenium/media';

/** An encoder that wants to publish to a channel, and what is made of its stream if it may. */
export interface ChannelEncoder
  extends Pick<EventEmitter<IngestConnectionEvents>, 'on' | 'once'>,
    Pick<
      IngestConnection,
      'protocol' | 'streamKey' | 'remoteAddress' | 'encoder' | 'silentMs' | 'ended' | 'close' | 'writeTo'
    > {}
