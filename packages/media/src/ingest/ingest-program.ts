import { inspect } from 'node:util';
import { runChildProgram } from '../child-program/run-child-program.ts';
import { IngestListeners } from './ingest-listeners.ts';
import { IngestSession } from './ingest-session.ts';
import type { FromIngestProgram, ToIngestProgram } from './messages.ts';
import { Programmes } from './redundant/programmes.ts';

/** The entry of the ingest program: holds the encoders' connections, and makes RTP of what they send. */
const sessions = new Map<string, IngestSession>();
let count = 0;

const listeners = new IngestListeners((encoder) => {
  // The server may still have to do with one of an earlier program.
  const id = `${process.pid}-${++count}`;
  const onEnded = () => void sessions.delete(id);
  const onFailure = (error: unknown) => log('The stream of an encoder failed', error);
  sessions.set(id, new IngestSession(id, encoder, { parent, programmes, onEnded, onFailure }));
});

const parent = runChildProgram<ToIngestProgram, FromIngestProgram>({
  onMessage(message) {
    if (message.type === 'close') sessions.get(message.connectionId)?.close(message.refusal);
    else if (message.type === 'certificate') listeners.useCertificate(message.tls);
    else if (message.type === 'sendProgramme') programmes.send(message.programmeId, message.target);
    else if (message.type === 'closeProgramme') programmes.close(message.programmeId);
  },
  onQuestion(question) {
    if (question.type === 'listen') return listeners.listen(question.addresses);
    if (question.type === 'openProgramme') return programmes.open(question.programmeId);
    throw new Error(`The server asks for ${question.type}`);
  },
  async onClose() {
    listeners.close();
    const open = [...sessions.values()];
    for (const session of open) session.close();
    await Promise.all(open.map(({ ended }) => ended));
    programmes.closeAll();
  },
});

const programmes = new Programmes({
  onSwitch: (switched) => parent.send(switched),
  onFailure(programmeId, error) {
    log('A programme failed', error);
    parent.send({ type: 'programmeFailed', programmeId });
  },
});

function log(what: string, error: unknown): void {
  process.stderr.write(`${what}: ${inspect(error)}\n`);
}
