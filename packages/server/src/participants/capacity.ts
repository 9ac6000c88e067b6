import { type StageRef, stageKey } from './live-stages.ts';
import { Places } from './places.ts';

export interface CapacityQuotas {
  readonly publishersPerStage: number;
  readonly subscribersPerStage: number;
  /** In one account and region, like `subscriptions`. */
  readonly publishers: number;
  /** One is a participant who receives one publisher. */
  readonly subscriptions: number;
}

/** The places of one stage, some of which it shares with the others of its account and region. */
export interface StagePlaces {
  /** A publisher needs one of each. */
  readonly publishers: { readonly stage: Places; readonly account: Places };
  readonly subscribers: Places;
  readonly subscriptions: Places;
  /** How many participants may be in the stage: no more could do anything there. */
  readonly participants: number;
}

/** How many may publish and subscribe, in each stage and in each account and region. */
export class Capacity {
  readonly #quotas: CapacityQuotas;
  readonly #replicasIn: (stage: StageRef) => number;
  readonly #accounts = new Map<string, { readonly publishers: Places; readonly subscriptions: Places }>();

  /** @param replicasIn how many replicas a stage has; they count as its publishers */
  constructor(quotas: CapacityQuotas, replicasIn: (stage: StageRef) => number) {
    this.#quotas = quotas;
    this.#replicasIn = replicasIn;
  }

  /** To be asked for once for each stage that is live. */
  ofStage(ref: StageRef): StagePlaces {
    const { publishersPerStage, subscribersPerStage } = this.#quotas;
    const { publishers, subscriptions } = this.#ofAccount(ref);
    const stage = new Places({
      limit: publishersPerStage,
      what: 'publishers in the stage',
      takenElsewhere: () => this.#replicasIn(ref),
    });
    return {
      publishers: { stage, account: publishers },
      subscribers: new Places({ limit: subscribersPerStage, what: 'subscribers in the stage' }),
      subscriptions,
      participants: publishersPerStage + subscribersPerStage,
    };
  }

  #ofAccount({ account, region }: StageRef) {
    const key = stageKey({ account, region, stageId: '' });
    const existing = this.#accounts.get(key);
    if (existing) return existing;
    const places = {
      publishers: new Places({ limit: this.#quotas.publishers, what: 'publishers in the account and region' }),
      subscriptions: new Places({ limit: this.#quotas.subscriptions, what: 'subscriptions in the account and region' }),
    };
    this.#accounts.set(key, places);
    return places;
  }
}
