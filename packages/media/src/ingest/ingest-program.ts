import { runChildProgram } from '../child-program/run-child-program.ts';
import { IngestListeners } from './ingest-listeners.ts';
import { IngestSession } from './ingest-session.ts';
import type { FromIngestProgram, ToIngestProgram } from './messages.ts';

/** The entry of the ingest program: holds the encoders' connections, and makes RTP of what they send. */
const sessions = new Map<string, IngestSession>();
let count = 0;

const listeners = new IngestListeners((encoder) => {
  // The server may still have to do with one of an earlier program.
  const id = `${process.pid}-${++count}`;
  sessions.set(id, new IngestSession(id, encoder, parent, () => sessions.delete(id)));
});

const parent = runChildProgram<ToIngestProgram, FromIngestProgram>({
  onMessage(message) {
    if (message.type === 'close') sessions.get(message.connectionId)?.close(message.refusal);
    else if (message.type === 'certificate') listeners.useCertificate(message.tls);
  },
  onQuestion(question) {
    if (question.type !== 'listen') throw new Error(`The server asks for ${question.type}`);
    return listeners.listen(question.addresses);
  },
  onClose() {
    listeners.close();
    for (const session of sessions.values()) session.close();
  },
});
