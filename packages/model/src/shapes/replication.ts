import type { Static } from 'typebox';
import { enumeration, integer } from '../schema.ts';

export const ReplicationType = enumeration('SOURCE', 'REPLICA', 'NONE');
export type ReplicationType = Static<typeof ReplicationType>;

export const ReplicationState = enumeration('ACTIVE', 'STOPPED');
export type ReplicationState = Static<typeof ReplicationState>;

export const ReconnectWindowSeconds = integer({ min: 0, max: 300 });
