/** What the prefix of a recording tells (docs/recording.md): `<stage id>/<session id>/<participant id>/<start>`. */
export interface RecordingPlace {
  readonly bucket: string;
  /** Without a slash at its end. */
  readonly prefix: string;
  readonly stageId: string;
  readonly sessionId: string;
  /** A participant, or a composition. */
  readonly subject: string;
  /** ISO 8601; undefined where the prefix has another form. */
  readonly startTime: string | undefined;
}

export function readPlace(bucket: string, prefix: string): RecordingPlace {
  const parts = prefix.replace(/\/$/, '').split('/');
  const [stageId = '', sessionId = '', ...rest] = parts;
  const last = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d)(?:\.\d+)?Z$/.exec(parts.at(-1) ?? '');
  return {
    bucket,
    prefix: parts.join('/'),
    stageId,
    sessionId,
    subject: (last ? rest.slice(0, -1) : rest).join('/'),
    startTime: last ? `${last[1]}:${last[2]}:${last[3]}Z` : undefined,
  };
}

/** Lists what lies right below a prefix. */
export type ListPrefixes = (prefix: string) => Promise<{ readonly prefixes: readonly string[] }>;

export interface FoundRecordings {
  readonly prefixes: readonly string[];
  /** False where there was more to look at than the bound allows. */
  readonly isComplete: boolean;
}

const deepest = 6;
const atATime = 6;

/** Walks down from the top of a bucket to the folders that have `events/` in them: those are recordings. */
export async function findRecordings(list: ListPrefixes, maximumListings = 400): Promise<FoundRecordings> {
  const found: string[] = [];
  let listings = 0;
  let level = [''];
  for (let depth = 0; depth < deepest && level.length > 0; depth += 1) {
    const next: string[] = [];
    for (let start = 0; start < level.length; start += atATime) {
      const looked = level.slice(start, start + atATime);
      listings += looked.length;
      if (listings > maximumListings) return { prefixes: found, isComplete: false };
      const answers = await Promise.all(looked.map(async (prefix) => ({ prefix, ...(await list(prefix)) })));
      for (const { prefix, prefixes } of answers) {
        if (prefixes.includes(`${prefix}events/`)) found.push(prefix);
        else next.push(...prefixes);
      }
    }
    level = next;
  }
  return { prefixes: found, isComplete: true };
}
