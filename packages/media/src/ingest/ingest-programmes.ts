import type { ChildProgram } from '../child-program/child-program.ts';
import { IngestProgramme } from './ingest-programme.ts';
import type {
  FromIngestProgram,
  OpenProgramme,
  ProgrammeFailed,
  ProgrammeSwitched,
  ToIngestProgram,
} from './messages.ts';

/** The programmes that the ingest program makes, as the server knows them. */
export class IngestProgrammes {
  readonly #programmes = new Map<string, IngestProgramme>();
  #count = 0;

  /** @param program makes it @throws when it is down, or does not say in time that it does */
  async open(
    program: Pick<ChildProgram<ToIngestProgram, FromIngestProgram>, 'ask' | 'send'>,
  ): Promise<IngestProgramme> {
    const programmeId = String(++this.#count);
    const send = (message: ToIngestProgram) => program.send(message);
    const question = { type: 'openProgramme', programmeId } as const;
    const { rtpPort } = await program.ask<OpenProgramme>(question).catch((error) => {
      // It may only be slow, and nobody takes any more what it opens then.
      send({ type: 'closeProgramme', programmeId });
      throw error;
    });
    const programme = new IngestProgramme(programmeId, rtpPort, send);
    this.#programmes.set(programmeId, programme);
    programme.once('ended', () => this.#programmes.delete(programmeId));
    return programme;
  }

  /** Takes what the program says of one. */
  receive(message: ProgrammeSwitched | ProgrammeFailed): void {
    this.#programmes.get(message.programmeId)?.receive(message);
  }

  /** The program is gone. */
  endAll(): void {
    for (const programme of [...this.#programmes.values()]) programme.end('lost');
  }
}
