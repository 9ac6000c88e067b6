import { formatArn, type Scope } from '@proscenium/model';
import type { EventLog } from '../events/service-event.ts';
import type { Database } from '../store/store.ts';
import { streamEvent } from './channel-events.ts';
import { channelTable } from './channel-table.ts';
import { LiveStream, type LiveStreamParts } from './live-stream.ts';
import { deleteStream, listAllStreams, type StreamRecord, type StreamSender } from './stream-table.ts';

/** What goes to channels now, whoever sends it. */
export class LiveStreams {
  readonly #parts: Omit<LiveStreamParts, 'closing'>;
  /** By ARN of the channel: what was made last, until it has ended. */
  readonly #streams = new Map<string, LiveStream>();
  readonly #closing = new AbortController();

  constructor(parts: Omit<LiveStreamParts, 'closing'>) {
    this.#parts = parts;
  }

  /** Ends what an earlier run of the server has left: whoever sends it begins anew. To be called before anything else. */
  async recover(): Promise<void> {
    const { store, events, clock } = this.#parts;
    await store.write(async (trx) => {
      for (const { stream, ...scope } of await listAllStreams(trx))
        await endLeft(trx, events, scope, stream, clock.now());
    });
  }

  /** Makes a stream that begins when what went to the channel before has ended. */
  create(channelArn: string, sender: StreamSender): LiveStream {
    const stream: LiveStream = new LiveStream({
      ...this.#parts,
      closing: this.#closing.signal,
      channelArn,
      sender,
      earlier: this.#streams.get(channelArn),
      onEnded: () => {
        if (this.#streams.get(channelArn) === stream) this.#streams.delete(channelArn);
      },
    });
    this.#streams.set(channelArn, stream);
    return stream;
  }

  /** Ends all. Resolves when that is written down, or could not be. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(Array.from(this.#streams.values(), (stream) => stream.end()));
  }
}

async function endLeft(
  trx: Database,
  events: EventLog,
  scope: Scope,
  { channelId, streamId, isLive }: StreamRecord,
  time: Date,
): Promise<void> {
  await deleteStream(trx, streamId);
  const channel = await channelTable.find(trx, scope, channelId);
  if (channel === undefined)
    throw new Error(
      `A stream goes to ${formatArn({ ...scope, resourceType: 'channel', id: channelId })}, which is gone`,
    );
  const of = { scope, channel, streamId };
  if (isLive) await events.record(trx, streamEvent(of, 'Stream End', time));
  await events.record(trx, streamEvent(of, 'Session Ended', time));
}
