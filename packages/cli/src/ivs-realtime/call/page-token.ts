import { CommandFailure } from '../failure.ts';
import { pythonText } from '../json/python-text.ts';
import { JsonSyntaxError, readJson } from '../json/read-json.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { writeJson } from '../json/write-json.ts';

/** Where a list goes on that was cut off: a token of the service, and how many items of its page were shown already. */
export interface PagePlace {
  readonly nextToken: Json;
  readonly shownItems: number;
}

const shownMember = 'boto_truncate_amount';

/** The form in which the AWS command line has it: either one goes on where the other one stopped. */
export function writePageToken({ nextToken, shownItems }: PagePlace): string {
  const members: JsonObject = new Map([['nextToken', nextToken]]);
  if (shownItems > 0) members.set(shownMember, shownItems);
  return Buffer.from(writeJson(members, { ascii: true })).toString('base64');
}

/** What is no such token is a token of the service. @throws CommandFailure */
export function readPageToken(token: string): PagePlace {
  const members = decode(token);
  if (members === undefined) return readOldToken(token);
  const shownItems = members.get(shownMember) ?? 0;
  const names = [...members.keys()].filter((name) => name !== shownMember);
  if (names.join() !== 'nextToken' || typeof shownItems !== 'number') {
    throw new CommandFailure('General', `Bad starting token: ${pythonText(members)}`);
  }
  return { nextToken: members.get('nextToken') ?? null, shownItems };
}

function decode(token: string): JsonObject | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(token)) return undefined;
  try {
    const value = readJson(Buffer.from(token, 'base64').toString());
    return value instanceof Map ? value : undefined;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return undefined;
  }
}

/** `token___3`, as it was once. */
function readOldToken(token: string): PagePlace {
  const parts = token.split('___');
  const [nextToken = '', shown = ''] = parts;
  if (parts.length === 2 && /^\d+$/.test(shown)) {
    return { nextToken: nextToken === 'None' ? null : nextToken, shownItems: Number(shown) };
  }
  if (parts.length > 2) throw new CommandFailure('General', `Bad starting token: ${token}`);
  return { nextToken: token === 'None' ? null : token, shownItems: 0 };
}
