import { timingSafeEqual } from 'node:crypto';
import type { Scope } from '@proscenium/model';
import type { Database } from '../store/store.ts';
import { type ChannelRecord, channelTable } from './channel-table.ts';

/** Longer than any that is given out. */
const maximumLength = 256;
const prefix = 'sk_';
const form = /^sk_([a-z0-9-]+)_([a-zA-Z0-9]+)_([a-zA-Z0-9]+)$/;

/** As those of Amazon are: without the account. */
export function formatChannelKey(
  { region }: Scope,
  { channelId, secret }: { channelId: string; secret: string },
): string {
  return `${prefix}${region}_${channelId}_${secret}`;
}

/** Whether a text is a key for a channel, if it is any at all: those for stages begin otherwise. */
export function isChannelKey(text: string): boolean {
  return text.startsWith(prefix);
}

/** The channel that a key opens; undefined for one that opens none. Good for any text that a peer may send. */
export async function findChannelByKey(
  db: Database,
  text: string,
): Promise<{ scope: Scope; channel: ChannelRecord } | undefined> {
  if (text.length > maximumLength) return undefined;
  const [, region, channelId, secret] = form.exec(text) ?? [];
  if (!region || !channelId || !secret) return undefined;
  const keys = await db
    .selectFrom('stream_keys')
    .select(['account', 'secret'])
    .where((key) => key.and({ region, channel_id: channelId }))
    .execute();
  const key = keys.find((each) => isSame(each.secret, secret));
  if (key === undefined) return undefined;
  const scope = { account: key.account, region };
  const channel = await channelTable.find(db, scope, channelId);
  return channel && { scope, channel };
}

/** In a time that tells nothing of how much of the secret was right. */
function isSame(known: string, given: string): boolean {
  const [one, other] = [Buffer.from(known), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}
