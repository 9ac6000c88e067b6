/** Where the command is to call, and as whom. */
export interface CommandTarget {
  readonly endpoint: string;
  readonly region: string;
}

/**
 * The `aws ivs-realtime` command that makes the same call, to be pasted into a shell. Members without a value are left out.
 *
 * @param operation `CreateStage`
 */
export function awsCommand(operation: string, input: object, { endpoint, region }: CommandTarget): string {
  const options = Object.entries(input)
    .filter(([, value]) => isGiven(value))
    .map(([name, value]) => writeOption(kebab(name), value));
  const parts = [
    `aws ivs-realtime ${kebab(operation)}`,
    ...options,
    `--region ${quote(region)}`,
    `--endpoint-url ${quote(endpoint)}`,
  ];
  return parts.join(' \\\n  ');
}

/** Takes out what is empty, so that a form's fields that nobody filled in are not sent. */
export function withoutBlanks<T extends object>(input: T): T {
  const kept = Object.entries(input).flatMap(([name, value]) => {
    const inner = isPlain(value) ? withoutBlanks(value) : value;
    return isGiven(inner) && inner !== '' ? [[name, inner]] : [];
  });
  return Object.fromEntries(kept) as T;
}

/** As a POSIX shell reads it back unchanged. */
export function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function writeOption(name: string, value: unknown): string {
  if (typeof value === 'boolean') return `--${value ? '' : 'no-'}${name}`;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return `--${name} ${value.map(quote).join(' ')}`;
  }
  if (typeof value === 'object') return `--${name} ${quote(JSON.stringify(value))}`;
  return `--${name} ${quote(String(value))}`;
}

/** `startParticipantReplication` becomes `start-participant-replication`. */
function kebab(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}

function isGiven(value: unknown): boolean {
  if (value === undefined || Number.isNaN(value)) return false;
  if (Array.isArray(value)) return value.length > 0;
  return !isPlain(value) || Object.keys(value).length > 0;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
