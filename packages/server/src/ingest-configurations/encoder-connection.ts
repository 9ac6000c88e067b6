import type { IngestConnection, IngestSource } from '@proscenium/media';

/** An encoder that wants to publish, and its streams if it may. */
export type EncoderConnection = IngestSource &
  Pick<IngestConnection, 'protocol' | 'streamKey' | 'remoteAddress' | 'encoder' | 'silentMs'>;
