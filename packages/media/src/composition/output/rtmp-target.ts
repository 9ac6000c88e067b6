import type { PublishDestination } from '../../rtmp/index.ts';

/** Where to connect to, and what to say there. */
export interface RtmpTarget {
  readonly protocol: 'rtmp' | 'rtmps';
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly destination: PublishDestination;
}

const DEFAULT_PORTS = { rtmp: 1935, rtmps: 443 } as const;

/** @throws {RangeError} for what names no server or no application; tells neither URL nor key, which may be secrets */
export function readRtmpTarget(url: string, streamKey: string): RtmpTarget {
  if (!URL.canParse(url)) throw new RangeError('An RTMP output needs a URL');
  const { protocol: scheme, hostname, host, port, pathname, search, username, password } = new URL(url);
  const protocol = scheme.slice(0, -1);
  if (protocol !== 'rtmp' && protocol !== 'rtmps') throw new RangeError('An RTMP output has a URL of rtmp or rtmps');
  if (hostname === '') throw new RangeError('The URL of an RTMP output names no host');
  if (username !== '' || password !== '') throw new RangeError('The URL of an RTMP output has no user and no password');
  const path = pathname.replace(/^\/+|\/+$/g, '');
  if (path === '') throw new RangeError('The URL of an RTMP output names no application');
  if (streamKey === '') throw new RangeError('An RTMP output needs a stream key');
  const app = `${path}${search}`;
  return {
    protocol,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? DEFAULT_PORTS[protocol] : Number(port),
    destination: { app, streamKey, tcUrl: `${protocol}://${host}/${app}` },
  };
}
