/** Where a TURN server is. */
export interface TurnAddress {
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly host: string;
  readonly port: number;
}

/** Reads `turn:HOST:PORT?transport=TRANSPORT` or `turns:…` (RFC 7065). @throws for anything else, and for DTLS */
export function parseTurnUrl(url: string): TurnAddress {
  const match = /^(turns?):(?:\[([\da-f:.]+)\]|([^:?]+))(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i.exec(url);
  if (!match) throw new Error(`${url} is no address of a TURN server`);
  const [, scheme = '', ipv6, name = '', port, wished] = match;
  const secure = scheme.toLowerCase() === 'turns';
  const host = ipv6 ?? name;
  if (secure) {
    if (wished === 'udp') throw new Error('TURN over DTLS cannot be tried');
    return { transport: 'tls', host, port: Number(port ?? 5349) };
  }
  return { transport: wished === 'tcp' ? 'tcp' : 'udp', host, port: Number(port ?? 3478) };
}
