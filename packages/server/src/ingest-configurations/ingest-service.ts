import type { IngestProtocol, IngestPublisher, IngestRefusal } from '@proscenium/media';
import type { Logger } from 'pino';
import type { Alarm, AlarmClock } from '../clock.ts';
import type { StageRegistry } from '../participants/registry.ts';
import type { EncoderParticipant } from '../participants/stage-ingesting.ts';
import { StageRefusal } from '../participants/stage-refusal.ts';
import { StageErrorCode } from '../signalling/close-codes.ts';
import type { Store } from '../store/store.ts';
import type { EncoderConnection, SwitchCause } from './encoder-connection.ts';
import { encoderParticipant } from './encoder-participant.ts';
import { EncoderRefusal, refusalOf } from './encoder-refusal.ts';
import { setIngestState } from './ingest-configuration-table.ts';
import type { IngestConfigurationRef, IngestStreams } from './ingest-streams.ts';
import { type ProgrammeMember, Programmes } from './programmes.ts';
import { findByStreamKey, findNamedByStreamKey, type StreamKeyBearer } from './stream-key.ts';

export interface IngestServiceOptions {
  readonly store: Store;
  readonly registry: Pick<StageRegistry, 'stage' | 'turnEncoderAway' | 'write'>;
  readonly clock: AlarmClock;
  readonly logger: Logger;
  /** Called when, of two encoders that send the same, one takes over from the other. */
  readonly onSwitch: (cause: SwitchCause) => void;
}

/** What publishes with a stream key, or is about to. */
interface Stream extends ProgrammeMember {
  readonly configuration: IngestConfigurationRef;
  readonly encoder: EncoderParticipant;
  /** What is seen in place of it and of others; undefined: it is seen itself. */
  readonly virtual: EncoderParticipant | undefined;
  /** Undefined until it publishes. */
  publisher: IngestPublisher | undefined;
  /** Set when it has ended, or is to. */
  ending: boolean;
  /** Set when its end is being written down. */
  finishing: boolean;
  /** Resolves when it has ended, and that is written down. */
  readonly ended: PromiseWithResolvers<void>;
}

/** A lost connection is not noticed at once: an encoder that comes again takes over from one that was silent for so long. */
const SILENT_MS = 3_000;
/** The end of a stream that could not be written down is tried again after this. */
const RETRY_DELAY_MS = 10_000;

/** Who publishes with which stream key: lets encoders in, one for each key, and keeps the states of their configurations. */
export class IngestService implements IngestStreams {
  readonly #store: Store;
  readonly #registry: IngestServiceOptions['registry'];
  readonly #clock: AlarmClock;
  readonly #logger: Logger;
  readonly #programmes: Programmes;
  readonly #retries = new Set<Alarm>();
  /** By their participants, of whom each stream key has one. */
  readonly #streams = new Map<string, Stream>();
  #closing = false;

  constructor({ store, registry, clock, logger, onSwitch }: IngestServiceOptions) {
    this.#store = store;
    this.#registry = registry;
    this.#clock = clock;
    this.#logger = logger;
    this.#programmes = new Programmes({ registry, logger, onSwitch });
  }

  /** Publishes what an encoder sends, if it may. @returns what it is told if it may not */
  async admit(connection: EncoderConnection): Promise<IngestRefusal | undefined> {
    const { protocol, remoteAddress, encoder } = connection;
    const logger = this.#logger.child({ protocol, remoteAddress, encoder });
    try {
      const { participantId, stage } = await this.#publish(connection);
      logger.info({ participantId, stageId: stage.stageId }, 'an encoder was let in');
      return undefined;
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      const { code, message } = refusal;
      const { cause } = error as Error;
      logger.info({ reason: message, ...(cause !== undefined && { err: cause }) }, 'an encoder was refused');
      return { code, description: message };
    }
  }

  /** How many publish. */
  count(protocol: IngestProtocol): number {
    return [...this.#streams.values()].filter(({ encoder, ending }) => encoder.protocol === protocol && !ending).length;
  }

  async disconnect(configuration: IngestConfigurationRef): Promise<void> {
    await endAll(this.#streamsOf(configuration));
  }

  /** Ends all streams, and lets nobody in any more. Resolves when that is written down. */
  async close(): Promise<void> {
    this.#closing = true;
    await endAll([...this.#streams.values()]);
    // The next start finds what is left to be written down.
    for (const alarm of this.#retries) alarm.cancel();
  }

  async #publish(connection: EncoderConnection): Promise<EncoderParticipant> {
    const { protocol, streamKey } = connection;
    const bearer = await findByStreamKey(this.#store.db, streamKey);
    if (bearer === undefined) throw await this.#refuseKey(connection);
    const encoder = encoderParticipant(bearer, bearer.participantId, protocol);
    if (encoder === undefined) throw badKey('The stream key is attached to no stage');
    if (protocol === 'RTMP' && !bearer.configuration.insecureIngest) {
      throw await this.#refuse(encoder, 'INVALID_PROTOCOL', 'The stream key is good over RTMPS alone');
    }
    const stream = await this.#begin(bearer, encoder, connection);
    try {
      await this.#joinProgramme(stream);
      const publisher = await this.#registry.stage(encoder.stage).encoders.ingest(encoder, connection);
      stream.publisher = publisher;
      publisher.once('ended', () => this.#finish(stream));
      if (!(await this.#activate(stream)) || stream.ending || publisher.ended) {
        throw new EncoderRefusal('NetStream.Publish.Rejected', 'The stream was ended');
      }
      return encoder;
    } catch (error) {
      end(stream);
      this.#finish(stream);
      throw error;
    }
  }

  async #joinProgramme(stream: Stream): Promise<void> {
    const { encoder, virtual } = stream;
    if (!virtual) return;
    try {
      await this.#programmes.join(virtual, stream);
    } catch (error) {
      if (!(error instanceof StageRefusal) || error.code !== StageErrorCode.STAGE_AT_CAPACITY) throw error;
      // The virtual participant's events tell it already.
      throw await this.#registry.stage(encoder.stage).encoders.refuse(encoder, 'QUOTA_EXCEEDED', error.message);
    }
  }

  /** From now on the key is this stream's alone. */
  async #begin(bearer: StreamKeyBearer, encoder: EncoderParticipant, connection: EncoderConnection): Promise<Stream> {
    const { participantId } = encoder;
    for (;;) {
      const earlier = this.#streams.get(participantId);
      if (earlier === undefined) break;
      const { ending, connection: held } = earlier;
      if (!ending && !held.ended && held.silentMs < SILENT_MS) {
        throw await this.#refuse(encoder, 'REUSE_OF_STREAM_KEY', 'The stream key is in use by another stream');
      }
      await endAll([earlier]);
    }
    if (this.#closing) throw new EncoderRefusal('NetStream.Publish.Rejected', 'The server is going away');
    const stream: Stream = {
      configuration: { ...bearer.scope, ingestConfigurationId: bearer.configuration.id },
      encoder,
      virtual: virtualParticipant(bearer, encoder),
      connection,
      publisher: undefined,
      ending: false,
      finishing: false,
      ended: Promise.withResolvers(),
      end: (told) => end(stream, told),
    };
    this.#streams.set(participantId, stream);
    return stream;
  }

  /** @returns false when the key leads elsewhere by now, or nowhere */
  #activate({ configuration, encoder: { stage }, connection: { streamKey } }: Stream): Promise<boolean> {
    return this.#registry.write(stage, async (trx) => {
      const bearer = await findByStreamKey(trx, streamKey);
      if (bearer?.configuration.stageId !== stage.stageId) return false;
      await setIngestState(trx, configuration, configuration.ingestConfigurationId, 'ACTIVE');
      return true;
    });
  }

  /** Writes down that a stream has ended. Doing it again changes nothing. */
  #finish(stream: Stream): void {
    stream.ending = true;
    if (stream.finishing) return;
    stream.finishing = true;
    if (stream.virtual) this.#programmes.leave(stream.virtual.participantId, stream);
    void this.#writeEnd(stream).finally(() => {
      this.#streams.delete(stream.encoder.participantId);
      stream.ended.resolve();
    });
  }

  /** Nobody waits for a store that takes nothing: later it is tried again, and meanwhile the key is free. */
  async #writeEnd(stream: Stream): Promise<void> {
    try {
      await this.#deactivate(stream);
    } catch (error) {
      this.#logger.error({ err: error }, 'the end of an encoder’s stream was not written');
      if (this.#closing) return;
      const alarm = this.#clock.setAlarm(RETRY_DELAY_MS, () => {
        this.#retries.delete(alarm);
        void this.#writeEnd(stream);
      });
      this.#retries.add(alarm);
    }
  }

  /** Unless another stream of the configuration goes on. */
  async #deactivate({ configuration, encoder: { stage } }: Stream): Promise<void> {
    if (this.#streamsOf(configuration).some(({ ending }) => !ending)) return;
    const { ingestConfigurationId } = configuration;
    await this.#registry.write(stage, (trx) => setIngestState(trx, configuration, ingestConfigurationId, 'INACTIVE'));
  }

  #streamsOf({ account, region, ingestConfigurationId }: IngestConfigurationRef): Stream[] {
    return [...this.#streams.values()].filter(
      ({ configuration: other }) =>
        other.ingestConfigurationId === ingestConfigurationId && other.account === account && other.region === region,
    );
  }

  async #refuse(
    encoder: EncoderParticipant,
    errorCode: 'REUSE_OF_STREAM_KEY' | 'INVALID_PROTOCOL',
    message: string,
  ): Promise<EncoderRefusal> {
    await this.#registry.stage(encoder.stage).encoders.refuse(encoder, errorCode, message);
    return errorCode === 'INVALID_PROTOCOL' ? new EncoderRefusal('NetStream.Publish.Denied', message) : badKey(message);
  }

  /** A key that names a configuration, but is none of its own, is told among the events of the configuration's participant. */
  async #refuseKey({ streamKey, protocol }: EncoderConnection): Promise<EncoderRefusal> {
    const named = await findNamedByStreamKey(this.#store.db, streamKey);
    const encoder = named && encoderParticipant(named, named.configuration.participantId, protocol);
    const message = 'The stream key is not known';
    if (encoder) await this.#registry.turnEncoderAway(encoder, 'INVALID_STREAM_KEY', message);
    return badKey(message);
  }
}

function badKey(message: string): EncoderRefusal {
  return new EncoderRefusal('NetStream.Publish.BadName', message);
}

/** What is seen in place of an encoder that is one of several; undefined for one that is alone. */
function virtualParticipant(
  bearer: StreamKeyBearer,
  { redundancy, protocol }: EncoderParticipant,
): EncoderParticipant | undefined {
  if (redundancy === 'none') return undefined;
  return encoderParticipant(bearer, bearer.configuration.participantId, protocol);
}

/** It is over as soon as its publish has ended, which may be yet to begin. */
function end(stream: Stream, told?: string): void {
  stream.ending = true;
  stream.publisher?.close(told);
}

/** Resolves when their ends are written down. */
async function endAll(streams: readonly Stream[]): Promise<void> {
  for (const stream of streams) end(stream);
  await Promise.all(streams.map(({ ended }) => ended.promise));
}
