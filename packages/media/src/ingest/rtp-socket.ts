import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { RtpTarget } from '../sfu/ingest-source.ts';

const LOOPBACK = '127.0.0.1';
/** Of what the system keeps of a burst on the way to the SFU; it may give less. */
const SEND_BUFFER_BYTES = 4 * 1_024 * 1_024;

/** A socket on a port of its own, from which RTP is sent into the SFU. */
export async function openRtpSocket(): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', sendBufferSize: SEND_BUFFER_BYTES });
  // The SFU that does not take packets any more has told the server so.
  socket.on('error', () => undefined);
  socket.bind(0, LOOPBACK);
  await once(socket, 'listening');
  return socket;
}

export async function connectRtpSocket(socket: Socket, { port }: RtpTarget): Promise<void> {
  socket.connect(port, LOOPBACK);
  await once(socket, 'connect');
}
