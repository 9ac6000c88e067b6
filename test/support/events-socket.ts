/** A participant's events socket without a client library: in the stage from the first state on. */
export interface EventsSocket {
  /** How the server ended it. */
  closed: Promise<{ code: number; reason: string }>;
  /** The next state of the stage that comes. */
  nextState(): Promise<{ participants: { id: string }[] }>;
  send(message: { type: string; payload: object }): void;
  close(): void;
}

/** Joins the stage that the token names. @throws when the server refuses */
export async function connectEvents(token: string): Promise<EventsSocket> {
  const claims = readClaims(token);
  const socket = new WebSocket(`${claims.events_url}/${claims.topic}`, token);
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason }));
  });
  const nextState: EventsSocket['nextState'] = () =>
    new Promise((resolve) => {
      socket.addEventListener('message', function listen({ data }) {
        const { type, payload } = JSON.parse(String(data));
        if (type !== 'STAGE_STATE') return;
        socket.removeEventListener('message', listen);
        resolve(payload);
      });
    });
  const refused = closed.then(({ code, reason }) => Promise.reject(new Error(`closed with ${code} ${reason}`)));
  // Later on, an end is no failure.
  refused.catch(() => undefined);
  await Promise.race([nextState(), refused]);
  return { closed, nextState, send: (message) => socket.send(JSON.stringify(message)), close: () => socket.close() };
}

function readClaims(token: string): { events_url: string; topic: string } {
  const [, payload = ''] = token.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}
