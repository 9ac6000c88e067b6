import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** A way to the SFU on which packets towards the client get lost. */
export interface LossyRelay {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Part of the packets that get lost, 0 to 1. */
  loss: number;
  close(): void;
}

/** @param target the SFU's UDP port on 127.0.0.1 */
export async function startLossyRelay(target: number): Promise<LossyRelay> {
  const front = createSocket('udp4');
  const backs = new Map<number, Socket>();
  let owed = 0;
  front.on('message', (packet, { port }) => {
    const back = backs.get(port) ?? createSocket('udp4');
    if (!backs.has(port)) {
      backs.set(port, back);
      back.on('message', (answer) => {
        // Evenly, so that every run loses the same part; connectivity checks (RFC 7983: 0 to 3) are let through.
        const media = (answer[0] ?? 0) >= 128;
        if (media) owed += relay.loss;
        if (media && owed >= 1) owed -= 1;
        else front.send(answer, port, '127.0.0.1');
      });
    }
    back.send(packet, target, '127.0.0.1');
  });
  front.bind(0, '127.0.0.1');
  await once(front, 'listening');
  const relay: LossyRelay = {
    port: front.address().port,
    loss: 0,
    close() {
      front.close();
      for (const back of backs.values()) back.close();
    },
  };
  return relay;
}
