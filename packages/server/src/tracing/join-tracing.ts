import type { IncomingHttpHeaders } from 'node:http';
import type { Publisher, Subscriber, Subscription } from '@proscenium/media';
import type { FastifyInstance } from 'fastify';
import type { StageRef } from '../participants/live-stages.ts';

/** Somebody in a stage. */
export interface TracedParticipant {
  readonly stage: StageRef;
  readonly participantId: string;
}

/** The request by which somebody joins. */
export interface JoinRequest {
  readonly route: string;
  readonly headers: IncomingHttpHeaders;
}

/** Does something as a part of the request that is under way, if any is. */
export type TraceStep = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Who follows joins from the request to the first packet. */
export interface JoinTracing {
  readonly step: TraceStep;
  /** Follows the requests of the routes that are added from now on. */
  watch(app: FastifyInstance): void;
  /** Follows a join by an events socket; by one that was there before, it has no request. */
  joinBySocket(request: JoinRequest | undefined, work: () => Promise<void>): Promise<void>;
  /** Tells who it is that joins by the request under way. */
  identify(participant: TracedParticipant): void;
  /** Follows what the request under way made. */
  followPublish(publisher: Publisher): void;
  followSubscription(subscription: Subscription): void;
  /** Follows what somebody receives by the server's offer. */
  followSubscriber(participant: TracedParticipant, subscriber: Subscriber): void;
  close(): Promise<void>;
}

/** Nobody does. */
export const noJoinTracing: JoinTracing = {
  step: (_, work) => work(),
  watch() {},
  joinBySocket: (_, work) => work(),
  identify() {},
  followPublish() {},
  followSubscription() {},
  followSubscriber() {},
  async close() {},
};
