import { callServer, type ServerAddress } from '../../api/http-call.ts';

/** What a server says of itself, without a signature. */
export interface Health {
  /** False for what answers and is none of ours. */
  readonly ours: boolean;
  readonly status: number;
  /** Why nobody should be sent there; undefined: it is ready. */
  readonly unready: string | undefined;
  /** Of its answer; undefined where it told no time. */
  readonly date: Date | undefined;
}

/** @throws the system's error when nobody answers */
export async function askHealth(server: ServerAddress, signal: AbortSignal, address?: string): Promise<Health> {
  const pin = address === undefined ? {} : { address };
  const health = await callServer(server, '/healthz', { method: 'GET', ...pin }, signal);
  const { status, headers } = health;
  const date = headers.date === undefined ? undefined : new Date(headers.date);
  if (status !== 200 || memberOf(health.body, 'status') !== 'ok')
    return { ours: false, status, unready: undefined, date };
  const readiness = await callServer(server, '/readyz', { method: 'GET', ...pin }, signal);
  const unready = readiness.status === 200 ? undefined : (memberOf(readiness.body, 'reason') ?? `${readiness.status}`);
  return { ours: true, status, unready, date };
}

/** Whether a server of ours answers there. */
export async function isProscenium(server: ServerAddress, signal: AbortSignal): Promise<boolean> {
  try {
    return (await askHealth(server, signal)).ours;
  } catch {
    // Whoever holds the port says nothing, or nothing that HTTP is.
    return false;
  }
}

function memberOf(text: string, name: string): string | undefined {
  try {
    const value: unknown = Reflect.get(JSON.parse(text), name);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
