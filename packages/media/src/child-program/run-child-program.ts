import { Conversation, type Envelope } from './conversation.ts';

export interface ChildProgramParts<ToChild> {
  onMessage(message: ToChild): void;
  /** Answers the server's questions. */
  onQuestion?(question: ToChild): unknown;
  /** The server asks it to end. It has a few seconds. */
  onClose(): Promise<void> | void;
}

/** The server, as a child sees it. */
export type Parent<FromChild> = Pick<Conversation<FromChild, unknown>, 'send' | 'ask'>;

/**
 * Makes this process a child program, and tells the server that it is ready: what it needs is to be set up before. When the
 * server is gone, it ends at once: another server may already be there, and go on with what this one had.
 */
export function runChildProgram<ToChild, FromChild>(parts: ChildProgramParts<ToChild>): Parent<FromChild> {
  if (!process.send) throw new Error('This file is the entry of a child program');
  const send = process.send.bind(process);
  const { onQuestion } = parts;
  const conversation = new Conversation<FromChild, ToChild>(
    {
      send: (envelope, onSent) => void send(envelope, undefined, undefined, onSent),
      // The server does not read any more: it starts another one if it ever does again.
      onStuck: () => process.exit(1),
    },
    { onMessage: (message) => parts.onMessage(message), ...(onQuestion && { onQuestion }) },
  );
  process.on('message', async (envelope: Envelope) => {
    if (envelope.type === 'ping') send({ type: 'pong' });
    else if (envelope.type !== 'close') conversation.receive(envelope);
    else {
      await parts.onClose();
      // Behind all that was sent before it.
      send({ type: 'closed' }, undefined, undefined, () => process.exit());
    }
  });
  process.on('disconnect', () => process.exit(1));
  // They go to the server as well, which then asks its children to end.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  send({ type: 'ready' });
  return conversation;
}
