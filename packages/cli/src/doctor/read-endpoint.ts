const WRONG_USAGE = 2;

/** The address of a server as `--endpoint` has it. Ends the process where it is none. */
export function readEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.pathname === '/' && url.search === '' && url.username === '';
  if (url && isPlain && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  process.stderr.write('--endpoint: must be an http or https address without a path\n');
  process.exit(WRONG_USAGE);
}
