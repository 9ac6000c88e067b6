import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';
import { fixedHeaders } from './answer.ts';

const statuses: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };
const errorTypes: Readonly<Record<number, string>> = { 408: 'RequestTimeoutException' };

/** How long a refused client may go on sending before the connection is cut. */
const lingerMs = 1_000;

/**
 * Answers what cannot be made a request of, so that it never comes to the front door, in the form of the API's errors.
 * Whatever the client still sends is dropped: to cut it off there and then would take the answer away with it (RFC 9112
 * section 9.6).
 *
 * @param code of the error with which Node's HTTP parser gave up
 */
export function refuseUnreadable(code: string | undefined, socket: Duplex, clock: Clock): void {
  if (code === 'ECONNRESET' || socket.destroyed || socket.writableEnded) return;
  const status = statuses[code ?? ''] ?? 400;
  const body = JSON.stringify({ message: STATUS_CODES[status] });
  const headers = {
    ...fixedHeaders,
    Date: clock.now().toUTCString(),
    'x-amzn-RequestId': randomUUID(),
    'x-amzn-ErrorType': errorTypes[status] ?? 'MalformedHttpRequestException',
    'Content-Type': 'application/json',
    'Content-Length': body.length,
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  const linger = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(linger));
}
