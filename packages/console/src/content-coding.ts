/** A way in which files lie compressed beside themselves. */
export interface ContentCoding {
  readonly name: 'br' | 'gzip';
  /** Added to the name of the file. */
  readonly extension: '.br' | '.gz';
}

/** The smallest result first. */
const known: readonly ContentCoding[] = [
  { name: 'br', extension: '.br' },
  { name: 'gzip', extension: '.gz' },
];

/** Which of them an `Accept-Encoding` names and does not rule out (RFC 9110 §12.5.3), the one to be sent first. */
export function contentCodings(acceptEncoding: string): readonly ContentCoding[] {
  const accepted = new Map(
    acceptEncoding.split(',').map((each) => {
      const [name = '', ...parameters] = each.split(';').map((part) => part.trim().toLowerCase());
      return [name, !parameters.some((parameter) => /^q=0(?:\.0{1,3})?$/.test(parameter))];
    }),
  );
  return known.filter(({ name }) => accepted.get(name) ?? accepted.get('*') ?? false);
}
