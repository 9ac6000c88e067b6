import type { IngestPublisher } from '@proscenium/media';
import type { Logger } from 'pino';
import type { StageRegistry } from '../participants/registry.ts';
import type { EncoderParticipant } from '../participants/stage-ingesting.ts';
import type { EncoderConnection, EncoderProgramme, SwitchCause } from './encoder-connection.ts';

/** One of the encoders that send the same. */
export interface ProgrammeMember {
  readonly connection: EncoderConnection;
  /** The virtual participant is gone. @param told why, for the encoder */
  end(told: string | undefined): void;
}

export interface ProgrammesOptions {
  readonly registry: Pick<StageRegistry, 'stage'>;
  readonly logger: Logger;
  /** Called when a programme goes on with another encoder. @param cause what became of the one before */
  readonly onSwitch: (cause: SwitchCause) => void;
}

interface Programme {
  readonly members: Set<ProgrammeMember>;
  readonly opened: Promise<OpenProgramme>;
  /** Set when it has ended, or is to. */
  closed: boolean;
}

interface OpenProgramme {
  readonly source: EncoderProgramme;
  readonly publisher: IngestPublisher;
}

/** The virtual participants of configurations: each is in its stage while one of its encoders streams, and no longer. */
export class Programmes {
  readonly #options: ProgrammesOptions;
  /** By their participants. */
  readonly #programmes = new Map<string, Programme>();

  constructor(options: ProgrammesOptions) {
    this.#options = options;
  }

  /**
   * Makes what an encoder sends a part of the programme, which begins with the first one.
   *
   * @throws {StageRefusal | TokenRefusal | MediaRefusal} where the virtual participant may not publish
   */
  async join(virtual: EncoderParticipant, member: ProgrammeMember): Promise<void> {
    const programme = this.#openFor(virtual, member);
    programme.members.add(member);
    try {
      const { source } = await programme.opened;
      member.connection.join(source);
    } catch (error) {
      this.leave(virtual.participantId, member);
      throw error;
    }
  }

  /** Does nothing for one that is no part of it. */
  leave(participantId: string, member: ProgrammeMember): void {
    const programme = this.#programmes.get(participantId);
    if (!programme?.members.delete(member) || programme.members.size > 0) return;
    programme.closed = true;
    // Whoever waited for one that does not come about was told.
    const forget = () => this.#forget(participantId, programme);
    programme.opened.then(({ publisher }) => publisher.close(), forget);
  }

  #openFor(virtual: EncoderParticipant, { connection }: ProgrammeMember): Programme {
    const { participantId } = virtual;
    const earlier = this.#programmes.get(participantId);
    if (earlier && !earlier.closed) return earlier;
    const programme: Programme = {
      members: new Set(),
      closed: false,
      opened: (async () => {
        // Its end goes before this beginning.
        await earlier?.opened.catch(() => undefined);
        return this.#open(virtual, connection, (told) => this.#end(participantId, programme, told));
      })(),
    };
    this.#programmes.set(participantId, programme);
    return programme;
  }

  async #open(
    virtual: EncoderParticipant,
    connection: EncoderConnection,
    onEnd: (told: string | undefined) => void,
  ): Promise<OpenProgramme> {
    const { logger, onSwitch } = this.#options;
    const { participantId, stage } = virtual;
    const source = await connection.openProgramme();
    source.on('switched', (connectionId, cause) => {
      logger.info(
        { participantId, stageId: stage.stageId, connectionId, cause },
        'a programme goes on with another encoder',
      );
      onSwitch(cause);
    });
    const publisher = await this.#publish(virtual, source).catch((error) => {
      source.close(); // it may not have come to a publisher
      throw error;
    });
    publisher.once('ended', () => onEnd(source.told));
    if (publisher.ended) onEnd(source.told);
    return { source, publisher };
  }

  async #publish(virtual: EncoderParticipant, source: EncoderProgramme): Promise<IngestPublisher> {
    return this.#options.registry.stage(virtual.stage).encoders.ingest(virtual, source);
  }

  #end(participantId: string, programme: Programme, told: string | undefined): void {
    programme.closed = true;
    this.#forget(participantId, programme);
    const members = [...programme.members];
    programme.members.clear();
    for (const member of members) member.end(told);
  }
  #forget(participantId: string, programme: Programme): void {
    if (this.#programmes.get(participantId) === programme) this.#programmes.delete(participantId);
  }
}
