import type { IngestProtocol, IngestRefusal } from '@proscenium/media';
import { createResourceId, type Scope } from '@proscenium/model';
import type { Logger } from 'pino';
import { EncoderRefusal } from '../ingest-configurations/encoder-refusal.ts';
import type { Store } from '../store/store.ts';
import type { ChannelEncoder } from './channel-encoder.ts';
import { channelPath } from './channel-path.ts';
import { ChannelStream, type ChannelStreamParts } from './channel-stream.ts';
import { channelTable } from './channel-table.ts';
import type { Channels } from './channels.ts';
import type { LiveStream } from './live-stream.ts';
import type { LiveStreams } from './live-streams.ts';
import { findChannelByKey } from './stream-key.ts';

export interface ChannelEncodersOptions {
  readonly store: Store;
  readonly channels: Channels;
  readonly streams: LiveStreams;
  /** Account and region of the server. */
  readonly own: Scope;
  readonly output: Omit<ChannelStreamParts, 'isTakenByAnother'>;
  readonly logger: Logger;
}

/** An encoder's stream to a channel, or what is left of it. */
interface Broadcast {
  readonly channelArn: string;
  readonly encoder: ChannelEncoder;
  readonly live: LiveStream;
  readonly output: ChannelStream;
  /** Set when its end is under way. */
  finishing: boolean;
  /** Resolves when it has ended, and that is written down. */
  readonly ended: PromiseWithResolvers<void>;
}

/** A lost connection is not noticed at once: an encoder that comes again takes over from one that was silent for so long. */
const TAKEN_OVER_MS = 3_000;
/** Players have to wait by then. */
const STARVING_MS = 3_000;

/** The encoders that publish to channels: lets them in, one for each channel, and has their streams made into HLS. */
export class ChannelEncoders {
  readonly #options: ChannelEncodersOptions;
  /** By ARN of the channel. */
  readonly #broadcasts = new Map<string, Broadcast>();
  /** Those that are over too, as long as there is something to be cleared away. */
  readonly #outputs = new Set<ChannelStream>();
  readonly #closing = new AbortController();

  constructor(options: ChannelEncodersOptions) {
    this.#options = options;
  }

  /** Has what an encoder sends made into the channel's stream, if it may. @returns what it is told if it may not */
  async admit(encoder: ChannelEncoder): Promise<IngestRefusal | undefined> {
    const { protocol, remoteAddress, encoder: program } = encoder;
    const logger = this.#options.logger.child({ protocol, remoteAddress, encoder: program });
    try {
      const channelArn = await this.#publish(encoder);
      logger.info({ channelArn }, 'an encoder was let in to a channel');
      return undefined;
    } catch (error) {
      if (!(error instanceof EncoderRefusal)) throw error;
      logger.info({ reason: error.message }, 'an encoder was refused');
      return { code: error.code, description: error.message };
    }
  }

  /** How many publish. */
  count(protocol: IngestProtocol): number {
    return [...this.#broadcasts.values()].filter(({ encoder }) => encoder.protocol === protocol && !encoder.ended)
      .length;
  }

  /** Cuts the encoder of a channel off. Resolves when that is written down; at once where there is none. */
  async stop(channelArn: string): Promise<void> {
    const broadcast = this.#broadcasts.get(channelArn);
    broadcast?.encoder.close('The stream was stopped');
    await broadcast?.ended.promise;
  }

  /** Ends all streams, and lets nobody in any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const { encoder } of this.#broadcasts.values()) encoder.close();
    // Nobody waits for a store that takes nothing.
    await this.#options.streams.close();
    await Promise.all(Array.from(this.#broadcasts.values(), ({ ended }) => ended.promise));
    // What is not removed by now is by the next start.
    await Promise.all(Array.from(this.#outputs, (output) => output.close()));
  }

  async #publish(encoder: ChannelEncoder): Promise<string> {
    const channelArn = await this.#authorize(encoder);
    await this.#takeOver(channelArn);
    // That may have taken a while, in which keys and channels can change.
    await this.#authorize(encoder);
    if (this.#closing.signal.aborted) throw refusal('Rejected', 'The server is going away');
    await this.#begin(channelArn, encoder);
    return channelArn;
  }

  /** @returns the ARN of the channel that its key is for */
  async #authorize({ streamKey, protocol }: ChannelEncoder): Promise<string> {
    const found = await findChannelByKey(this.#options.store.db, streamKey);
    if (found === undefined) throw refusal('BadName', 'The stream key is not known');
    if (protocol === 'RTMP' && !found.channel.settings.insecureIngest) {
      throw refusal('Denied', 'The stream key is good over RTMPS alone');
    }
    return channelTable.arn(found.scope, found.channel);
  }

  /** Lets one go whose end is not over, or whose connection seems to be lost. */
  async #takeOver(channelArn: string): Promise<void> {
    for (let held = this.#broadcasts.get(channelArn); held; held = this.#broadcasts.get(channelArn)) {
      if (!held.encoder.ended && held.encoder.silentMs < TAKEN_OVER_MS)
        throw refusal('BadName', 'The channel is live already');
      held.encoder.close();
      await held.ended.promise;
    }
  }

  async #begin(channelArn: string, encoder: ChannelEncoder): Promise<void> {
    const { channels, streams } = this.#options;
    // Before anything is made that would stand in the place of what is live.
    if (channels.isTaken(channelArn)) throw refusal('BadName', 'The channel is live already');
    const live = streams.create(channelArn, 'ENCODER');
    channels.take(channelArn, live.id);
    const broadcast: Broadcast = {
      channelArn,
      encoder,
      live,
      output: this.#outputTo(channelArn, live),
      finishing: false,
      ended: Promise.withResolvers(),
    };
    this.#broadcasts.set(channelArn, broadcast);
    encoder.once('ended', () => void this.#finish(broadcast));
    try {
      await this.#open(broadcast);
    } catch (error) {
      void this.#finish(broadcast);
      throw error;
    }
  }

  async #open({ channelArn, encoder, live, output }: Broadcast): Promise<void> {
    const { logger } = this.#options;
    const beginning = await live.begin();
    if (beginning === 'TOO_MANY') throw refusal('Rejected', 'There are as many streams as there may be');
    if (beginning !== 'BEGUN') throw refusal('BadName', 'The stream key is not known');
    // What would be opened now nobody would clear away.
    if (encoder.ended) throw refusal('Rejected', 'The encoder is gone');
    const settings = await output.open((state) => {
      if (state.state === 'FAILED') encoder.close('The stream cannot be taken any more');
    });
    if (settings === undefined || encoder.ended) throw refusal('Rejected', 'The stream cannot be taken at the moment');
    encoder.on('file', (path) => {
      // Whatever is there can be watched as soon as it is where people look for it.
      output.takeReport({ state: 'ACTIVE' });
      output.takeFile(path);
    });
    encoder.on('violation', (violation) => logger.info({ channelArn, violation }, 'a channel’s stream was cut'));
    encoder.on('gone', (path) => output.takeGone(path));
    encoder.on('failed', (code, message) => output.takeReport({ state: 'FAILED', code, message }));
    encoder.on('received', () => live.starve(encoder.silentMs >= STARVING_MS));
    const { folder, rendition, targetSegmentDurationSeconds, windowSegments = 6 } = settings;
    encoder.writeTo({ folder, rendition, targetSegmentDurationSeconds, windowSegments });
  }

  /** Doing it again changes nothing. */
  async #finish(broadcast: Broadcast): Promise<void> {
    if (broadcast.finishing) return;
    broadcast.finishing = true;
    const { channelArn, live, output, ended } = broadcast;
    const { channels, logger } = this.#options;
    try {
      await output.finish(() => {}, this.#closing.signal);
    } catch (error) {
      if (!this.#closing.signal.aborted)
        logger.error({ err: error, channelArn }, 'the stream of a channel was not ended');
    }
    await live.end();
    this.#broadcasts.delete(channelArn);
    channels.leave(live.id);
    ended.resolve();
  }

  #outputTo(channelArn: string, live: LiveStream): ChannelStream {
    const { channels, own, output: parts } = this.#options;
    const record = {
      compositionId: live.id,
      destinationId: 'encoder',
      channelArn,
      prefix: `channels/${channelPath(channelArn, own)}`,
      rendition: `source-${createResourceId()}`,
    };
    const output: ChannelStream = new ChannelStream(record, {
      ...parts,
      isTakenByAnother: (arn, id) => channels.isTakenByAnother(arn, id),
      onState: (state) => live.follow(state),
      onDone: () => void this.#outputs.delete(output),
    });
    this.#outputs.add(output);
    return output;
  }
}

function refusal(code: 'BadName' | 'Denied' | 'Rejected', message: string): EncoderRefusal {
  return new EncoderRefusal(`NetStream.Publish.${code}`, message);
}
