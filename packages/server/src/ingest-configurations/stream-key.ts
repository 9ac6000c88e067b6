import { timingSafeEqual } from 'node:crypto';
import type { Scope } from '@proscenium/model';
import type { Database } from '../store/store.ts';
import { type IngestConfigurationRecord, ingestConfigurations } from './ingest-configuration-table.ts';

type StreamKeyParts = { scope: Scope; ingestConfigurationId: string; secret: string };

/** Longer than any that is given out. */
const maximumLength = 256;
const form = /^rt_(\d{12})_([a-z0-9-]+)_([a-zA-Z0-9]+)_([a-zA-Z0-9]+)$/;

/** What a stream key lets its bearer publish as. */
export type StreamKeyBearer = {
  scope: Scope;
  configuration: IngestConfigurationRecord;
  /** With redundant ingest not the configuration's participant but the one of this stream. */
  participantId: string;
};

export function formatStreamKey({ scope, ingestConfigurationId, secret }: StreamKeyParts): string {
  return `rt_${scope.account}_${scope.region}_${ingestConfigurationId}_${secret}`;
}

/** Undefined for a key that is unknown or no stream key at all. Good for any text that a peer may send. */
export async function findByStreamKey(db: Database, streamKey: string): Promise<StreamKeyBearer | undefined> {
  const named = await findNamedByStreamKey(db, streamKey);
  const credential = named?.configuration.credentials.find(({ secret }) => isSame(secret, named.secret));
  if (named === undefined || credential === undefined) return undefined;
  return { scope: named.scope, configuration: named.configuration, participantId: credential.participantId };
}

/** The configuration that a stream key speaks of, whether or not its secret is right. Good for any text. */
export async function findNamedByStreamKey(
  db: Database,
  streamKey: string,
): Promise<{ scope: Scope; configuration: IngestConfigurationRecord; secret: string } | undefined> {
  const parts = parseStreamKey(streamKey);
  if (parts === undefined) return undefined;
  const { scope, ingestConfigurationId, secret } = parts;
  const configuration = await ingestConfigurations.find(db, scope, ingestConfigurationId);
  return configuration && { scope, configuration, secret };
}

function parseStreamKey(text: string): StreamKeyParts | undefined {
  if (text.length > maximumLength) return undefined;
  const [, account, region, ingestConfigurationId, secret] = form.exec(text) ?? [];
  if (!account || !region || !ingestConfigurationId || !secret) return undefined;
  return { scope: { account, region }, ingestConfigurationId, secret };
}

/** In a time that tells nothing of how much of the secret was right. */
function isSame(known: string, given: string): boolean {
  const [one, other] = [Buffer.from(known), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}
