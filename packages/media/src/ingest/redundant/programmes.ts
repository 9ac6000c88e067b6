import type { RtpTarget } from '../../sfu/ingest-source.ts';
import type { OpenProgramme, ProgrammeSwitched } from '../messages.ts';
import { openRtpSocket } from '../rtp-socket.ts';
import { Programme } from './programme.ts';
import type { ProgrammeFeed } from './programme-switch.ts';

/** The programmes of the ingest program, by the names that the server gave them. */
export class Programmes {
  readonly #programmes = new Map<string, Programme>();
  readonly #onSwitch: (switched: ProgrammeSwitched) => void;

  constructor(onSwitch: (switched: ProgrammeSwitched) => void) {
    this.#onSwitch = onSwitch;
  }

  async open(programmeId: string): Promise<OpenProgramme> {
    const socket = await openRtpSocket();
    const programme = new Programme(socket, (connectionId, cause) =>
      this.#onSwitch({ type: 'switched', programmeId, connectionId, cause }),
    );
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

  close(programmeId: string): void {
    this.#programmes.get(programmeId)?.close();
    this.#programmes.delete(programmeId);
  }

  closeAll(): void {
    for (const programmeId of [...this.#programmes.keys()]) this.close(programmeId);
  }
}
