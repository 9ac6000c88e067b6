import { EventEmitter } from 'node:events';
import type { EndReason } from '../sfu/client-transport.ts';
import type { IngestSource, IngestSourceEvents, RtpTarget } from '../sfu/ingest-source.ts';
import type { ProgrammeFailed, ProgrammeSwitched, ToIngestProgram } from './messages.ts';

export interface IngestProgrammeEvents extends IngestSourceEvents {
  /** It goes on with what another encoder sends. @param cause what became of the one before */
  switched: [connectionId: string, cause: ProgrammeSwitched['cause']];
}

/**
 * What several encoders send at once, as one source: whoever of them fails, it goes on. It tells nothing of what is in it; that is
 * told of each of them.
 */
export class IngestProgramme extends EventEmitter<IngestProgrammeEvents> implements IngestSource {
  readonly id: string;
  readonly rtpPort: number;
  readonly #send: (message: ToIngestProgram) => void;
  #told: string | undefined;
  #ended = false;

  /** @param send tells the program that makes it */
  constructor(id: string, rtpPort: number, send: (message: ToIngestProgram) => void) {
    super();
    this.id = id;
    this.rtpPort = rtpPort;
    this.#send = send;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Why it was closed, for the encoders. */
  get told(): string | undefined {
    return this.#told;
  }

  sendTo(target: RtpTarget): void {
    this.#send({ type: 'sendProgramme', programmeId: this.id, target });
  }

  /** Encoders stay: whoever has made them parts of it ends them. */
  close(reason?: string): void {
    if (this.#ended) return;
    this.#told = reason;
    this.#send({ type: 'closeProgramme', programmeId: this.id });
    this.end('closed');
  }

  /** Takes what the program says of it. */
  receive(message: ProgrammeSwitched | ProgrammeFailed): void {
    if (this.#ended) return;
    if (message.type === 'switched') this.emit('switched', message.connectionId, message.cause);
    else {
      this.#told = 'The programme cannot go on';
      this.end('lost');
    }
  }

  /** The program is gone, or does not make it any more. */
  end(reason: EndReason): void {
    if (this.#ended) return;
    this.#ended = true;
    this.emit('ended', reason);
  }
}
