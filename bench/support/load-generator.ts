/** Calls a server over connections that each wait for an answer before they call again. A process of its own. */
import { connect } from 'node:net';

export type LoadOrder = {
  port: number;
  /** Whole HTTP requests as Base64; each connection takes them in turn. */
  requests: readonly string[];
  connections: number;
  durationMs: number;
};

export type LoadResult = { calls: number; seconds: number; p50Ms: number; p99Ms: number };

async function load({ port, requests, connections, durationMs }: LoadOrder): Promise<LoadResult> {
  const bytes = requests.map((request) => Buffer.from(request, 'base64'));
  const begin = performance.now();
  const end = begin + durationMs;
  const latenciesMs: number[] = [];
  await Promise.all(Array.from({ length: connections }, (_, first) => callUntil(end, port, bytes, first, latenciesMs)));
  const seconds = (performance.now() - begin) / 1_000;
  latenciesMs.sort((one, two) => one - two);
  const percentile = (part: number) => latenciesMs[Math.floor((latenciesMs.length - 1) * part)] ?? Number.NaN;
  return { calls: latenciesMs.length, seconds, p50Ms: percentile(0.5), p99Ms: percentile(0.99) };
}

function callUntil(
  end: number,
  port: number,
  requests: readonly Buffer[],
  first: number,
  latenciesMs: number[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1').setNoDelay(true);
    let next = first;
    let sentMs = 0;
    let received: Buffer = Buffer.alloc(0);
    const send = () => {
      sentMs = performance.now();
      socket.write(requests[next++ % requests.length] as Buffer);
    };
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.on('connect', send);
    socket.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      if (!isWhole(received)) return;
      const nowMs = performance.now();
      latenciesMs.push(nowMs - sentMs);
      if (received.toString('latin1', 9, 12) !== '200') reject(new Error(received.toString()));
      received = Buffer.alloc(0);
      if (nowMs < end) send();
      else socket.destroy();
    });
  });
}

function isWhole(answer: Buffer): boolean {
  const headEnd = answer.indexOf('\r\n\r\n');
  if (headEnd === -1) return false;
  const length = /content-length: (\d+)/i.exec(answer.toString('latin1', 0, headEnd))?.[1];
  return length !== undefined && answer.length >= headEnd + 4 + Number(length);
}

process.on('message', async (order: LoadOrder) => process.send?.(await load(order)));
