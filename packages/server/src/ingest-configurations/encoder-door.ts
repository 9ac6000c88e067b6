import type { IngestConnection, IngestProtocol, IngestRefusal } from '@proscenium/media';
import type { ChannelEncoders } from '../channels/channel-encoders.ts';
import { isChannelKey } from '../channels/stream-key.ts';
import type { IngestService } from './ingest-service.ts';

/** Where encoders come in: their keys say whether they go to a stage or to a channel. */
export class EncoderDoor {
  readonly #stages: Pick<IngestService, 'admit' | 'count' | 'close'>;
  readonly #channels: Pick<ChannelEncoders, 'admit' | 'count' | 'close'>;

  constructor(
    stages: Pick<IngestService, 'admit' | 'count' | 'close'>,
    channels: Pick<ChannelEncoders, 'admit' | 'count' | 'close'>,
  ) {
    this.#stages = stages;
    this.#channels = channels;
  }

  /** @returns what an encoder is told that may not publish */
  admit(connection: IngestConnection): Promise<IngestRefusal | undefined> {
    return isChannelKey(connection.streamKey) ? this.#channels.admit(connection) : this.#stages.admit(connection);
  }

  /** How many publish. */
  count(protocol: IngestProtocol): number {
    return this.#stages.count(protocol) + this.#channels.count(protocol);
  }

  /** Ends all streams, and lets nobody in any more. */
  async close(): Promise<void> {
    await Promise.all([this.#stages.close(), this.#channels.close()]);
  }
}
