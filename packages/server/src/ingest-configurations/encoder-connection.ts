import type { EventEmitter } from 'node:events';
import type { IngestConnection, IngestProgramme, IngestProgrammeEvents, IngestSource } from '@proscenium/media';

/** What several encoders send at once, as one source. */
export type EncoderProgramme = IngestSource &
  Pick<IngestProgramme, 'id' | 'told'> &
  Pick<EventEmitter<IngestProgrammeEvents>, 'on'>;

/** Why a programme goes on with another encoder: what became of the one before. */
export type SwitchCause = IngestProgrammeEvents['switched'][1];

/** An encoder that wants to publish, and its streams if it may. */
export interface EncoderConnection
  extends IngestSource,
    Pick<IngestConnection, 'protocol' | 'streamKey' | 'remoteAddress' | 'encoder' | 'silentMs' | 'join'> {
  /** A new one, of which this encoder and others can be made parts. */
  openProgramme(): Promise<EncoderProgramme>;
}
