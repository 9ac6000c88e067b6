import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect as connectTcp, isIP, isIPv6, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface StunDestination {
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** An address; by TLS also the name that the certificate must have. */
  readonly host: string;
  readonly port: number;
  /** How messages are told apart in a stream: by a length before each (RFC 4571), as in ICE, or by their own, as in TURN. */
  readonly framing: 'rfc4571' | 'none';
}

/** Carries whole messages to one place. */
export interface MessageCarrier {
  send(message: Buffer): void;
  close(): void;
}

export interface CarrierListener {
  /** A whole message came. */
  message(message: Buffer): void;
  /** Nothing comes any more. */
  failed(error: Error): void;
}

const HEADER_BYTES = 20;
const MAXIMUM_BUFFERED_BYTES = 131_072;

/** @throws when there is no connection, or `signal` says that it takes too long; nothing is left open then */
export function openCarrier(
  destination: StunDestination,
  listener: CarrierListener,
  signal: AbortSignal,
): Promise<MessageCarrier> {
  return destination.transport === 'udp'
    ? openDatagrams(destination, listener, signal)
    : openStream(destination, listener, signal);
}

async function openDatagrams(
  { host, port }: StunDestination,
  listener: CarrierListener,
  signal: AbortSignal,
): Promise<MessageCarrier> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    socket.connect(port, host);
    await once(socket, 'connect', { signal });
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on('message', (message) => listener.message(message));
  // A port on which nobody listens, when the system of its machine says so.
  socket.on('error', (error) => listener.failed(error));
  return { send: (message) => socket.send(message), close: () => socket.close() };
}

async function openStream(
  { transport, host, port, framing }: StunDestination,
  listener: CarrierListener,
  signal: AbortSignal,
): Promise<MessageCarrier> {
  const names = isIP(host) === 0 ? { servername: host } : {};
  const socket: Socket = transport === 'tls' ? connectTls({ host, port, ...names }) : connectTcp({ host, port });
  try {
    await once(socket, transport === 'tls' ? 'secureConnect' : 'connect', { signal });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  let buffered: Buffer = Buffer.alloc(0);
  socket.on('data', (data: Buffer) => {
    buffered = takeMessages(Buffer.concat([buffered, data]), framing, listener);
    if (buffered.length > MAXIMUM_BUFFERED_BYTES) socket.destroy(new Error('What comes is no STUN'));
  });
  socket.on('error', (error) => listener.failed(error));
  socket.on('close', () => listener.failed(new Error('The connection was closed by the other side')));
  return {
    send: (message) => socket.write(framing === 'none' ? message : Buffer.concat([lengthOf(message), message])),
    close: () => socket.destroy(),
  };
}

/** Hands over the whole messages at the beginning of what came. @returns the rest */
function takeMessages(bytes: Buffer, framing: StunDestination['framing'], listener: CarrierListener): Buffer {
  for (let rest = bytes; ; ) {
    const head = framing === 'none' ? 0 : 2;
    if (rest.length < (framing === 'none' ? HEADER_BYTES : head)) return rest;
    const end = framing === 'none' ? HEADER_BYTES + rest.readUInt16BE(2) : head + rest.readUInt16BE(0);
    if (rest.length < end) return rest;
    listener.message(rest.subarray(head, end));
    rest = rest.subarray(end);
  }
}

function lengthOf(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return length;
}
