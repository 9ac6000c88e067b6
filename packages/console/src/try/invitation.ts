/** Takes the token out of the page's address: it does not stay in sight, in the history or in a bookmark. */
export function takeToken({ location, history }: Window): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined;
  if (location.hash) history.replaceState(null, '', location.pathname + location.search);
  return token;
}

/** An address that brings a browser into the stage. The fragment is never sent to a server. */
export function invitationLink(origin: string, token: string): string {
  return `${origin}/try#token=${token}`;
}
