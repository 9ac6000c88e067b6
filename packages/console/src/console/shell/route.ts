/** Where in the console somebody is: the fragment of the address, `#/stages/abc/tokens`, in its parts. */
export type Route = readonly string[];

const start: Route = ['stages'];

export function readRoute(hash: string): Route {
  if (!hash.startsWith('#/')) return start;
  const parts = hash.slice(2).split('/').filter(Boolean);
  try {
    return parts.length === 0 ? start : parts.map(decodeURIComponent);
  } catch {
    // Half of a percent-encoded character: nobody's link.
    return start;
  }
}

export function hrefOf(...route: string[]): string {
  return `#/${route.map(encodeURIComponent).join('/')}`;
}

/** The code of a one-time link, `#link=…`. */
export function readInvitation(hash: string): string | undefined {
  return /^#link=([\w-]{1,200})$/.exec(hash)?.[1];
}
