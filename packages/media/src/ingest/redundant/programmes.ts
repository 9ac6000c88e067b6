import type { RtpTarget } from '../../sfu/ingest-source.ts';
import type { OpenProgramme, ProgrammeSwitched } from '../messages.ts';
import { openRtpSocket } from '../rtp-socket.ts';
import { Programme } from './programme.ts';
import type { ProgrammeFeed } from './programme-switch.ts';

export interface ProgrammesOwner {
  onSwitch(switched: ProgrammeSwitched): void;
  /** One of them cannot go on, and is closed. */
  onFailure(programmeId: string, error: unknown): void;
}

/** The programmes of the ingest program, by the names that the server gave them. */
export class Programmes {
  readonly #owner: ProgrammesOwner;
  readonly #programmes = new Map<string, Programme>();
  /** Those that have no socket yet. */
  readonly #opening = new Set<string>();

  constructor(owner: ProgrammesOwner) {
    this.#owner = owner;
  }

  /** @throws for one that is closed meanwhile */
  async open(programmeId: string): Promise<OpenProgramme> {
    this.#opening.add(programmeId);
    const socket = await openRtpSocket();
    if (!this.#opening.delete(programmeId)) {
      socket.close();
      throw new Error('The programme is closed');
    }
    const programme = new Programme(socket, {
      onSwitch: (connectionId, cause) => this.#owner.onSwitch({ type: 'switched', programmeId, connectionId, cause }),
      onFailure: (error) => {
        this.#programmes.delete(programmeId);
        this.#owner.onFailure(programmeId, error);
      },
    });
    this.#programmes.set(programmeId, programme);
    return { rtpPort: programme.rtpPort };
  }

  /** Tells one, if it is still open, where to send. */
  send(programmeId: string, target: RtpTarget): void {
    this.#programmes.get(programmeId)?.sendTo(target);
  }

  /** @throws for one that is not open, or is closed before it knows where to send */
  async join(programmeId: string, connectionId: string): Promise<ProgrammeFeed> {
    const programme = this.#programmes.get(programmeId);
    if (!programme) throw new Error('The programme is closed');
    return programme.join(connectionId);
  }

  /** Also one that is being opened. */
  close(programmeId: string): void {
    this.#opening.delete(programmeId);
    this.#programmes.get(programmeId)?.close();
    this.#programmes.delete(programmeId);
  }

  closeAll(): void {
    for (const programmeId of [...this.#opening, ...this.#programmes.keys()]) this.close(programmeId);
  }
}
