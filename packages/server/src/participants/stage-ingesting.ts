import type { IngestProtocol, IngestPublisher, IngestSource, StageMedia } from '@proscenium/media';
import type { EventErrorCode } from '@proscenium/model';
import type { ParticipantClaims } from '../tokens/participant-claims.ts';
import { readClientData } from './client-data.ts';
import type { LiveParticipant } from './live-participant.ts';
import type { ParticipantOrigin } from './participant-record.ts';
import { recordRefusal, type StageContext } from './stage-context.ts';
import type { StagePublishing } from './stage-publishing.ts';
import type { StageRefusal } from './stage-refusal.ts';

/** The participant that an encoder's stream becomes, as the ingest configuration has it that its stream key is of. */
export interface EncoderParticipant
  extends Pick<ParticipantClaims, 'participantId' | 'stage' | 'userId' | 'attributes'> {
  readonly protocol: IngestProtocol;
  readonly ingestConfigurationArn: string;
  readonly redundancy: Redundancy;
}

/**
 * What it is to its ingest configuration: all there is, one of several encoders that send the same (`physical`), or what is seen of
 * them (`virtual`).
 */
export type Redundancy = 'none' | 'physical' | 'virtual';

/** A stream key does not expire. */
const NEVER = new Date(8_640_000_000_000_000);

/** Who publishes into a stage from an encoder, without a client of this project's or a token. */
export class StageIngesting {
  readonly #stage: StageContext;
  readonly #publishing: StagePublishing;

  constructor(stage: StageContext, publishing: StagePublishing) {
    this.#stage = stage;
    this.#publishing = publishing;
  }

  /** Publishes what an encoder sends. @throws {StageRefusal | TokenRefusal | MediaRefusal} */
  async ingest(encoder: EncoderParticipant, source: IngestSource): Promise<IngestPublisher> {
    const claims = claimsOf(encoder);
    const { participantId, redundancy } = encoder;
    const make = (media: StageMedia) =>
      redundancy === 'physical' ? media.ingestUnseen(participantId, source) : media.ingest(participantId, source);
    const work = async (participant: LiveParticipant) => {
      participant.isVirtual = redundancy === 'virtual';
      const { media } = await this.#publishing.begin(participant, claims, encoder.protocol, make);
      return media;
    };
    return this.#stage.orEmpty(() => this.#stage.attend(claims, originOf(encoder), work));
  }

  /**
   * Does not let an encoder publish whose stream key is good: has its participant join, not publish, and leave if nothing
   * else holds it, so that the history tells why.
   *
   * @throws {StageRefusal | TokenRefusal}
   */
  async refuse(encoder: EncoderParticipant, errorCode: EventErrorCode, message: string): Promise<StageRefusal> {
    const work = () => this.turnAway(encoder, errorCode, message);
    return this.#stage.orEmpty(() => this.#stage.attend(claimsOf(encoder), originOf(encoder), work));
  }

  /** Does not let an encoder in that has no good stream key. Its participant's events tell, where there is a session. */
  turnAway(encoder: EncoderParticipant, errorCode: EventErrorCode, message: string): Promise<StageRefusal> {
    return recordRefusal(this.#stage, claimsOf(encoder), { name: 'PUBLISH_ERROR', errorCode }, message);
  }
}

function claimsOf({ participantId, stage, userId, attributes }: EncoderParticipant): ParticipantClaims {
  const capabilities = { publish: true, subscribe: false };
  return { participantId, stage, userId, attributes, capabilities, expiresAt: NEVER, selfSigned: false };
}

function originOf({ ingestConfigurationArn, redundancy }: EncoderParticipant): ParticipantOrigin {
  return { ...readClientData({}), ingestConfigurationArn, redundantIngest: redundancy === 'physical' };
}
