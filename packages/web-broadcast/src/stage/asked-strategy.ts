import { reportUncaught } from '../emitter.ts';
import type { Logger } from '../logging.ts';
import { LocalStageStream } from '../streams/local-stage-stream.ts';
import type { RemoteStageStream } from '../streams/remote-stage-stream.ts';
import { minimumDelayMs } from '../subscribe/jitter-buffer.ts';
import type { SubscribeChoices } from '../subscribe/subscription.ts';
import type { StageParticipantInfo } from './stage-participant.ts';
import { InitialLayerPreference, type LocalStreams, type StageStrategy, SubscribeType } from './stage-strategy.ts';

/** How is subscribed where nobody says how. */
export const DEFAULT_CHOICES: SubscribeChoices = {
  startsHigh: false,
  minimumDelayMs: undefined,
  readsMessages: false,
};

/**
 * The application's strategy, asked as it is to be asked. An error of its own, or an answer that makes no sense, is reported
 * as the page reports uncaught errors, and counts as the answer that does nothing.
 */
export class AskedStrategy {
  readonly #log: Logger;
  #strategy: StageStrategy;
  #asking = false;

  /** @throws {TypeError} when it is no strategy */
  constructor(strategy: StageStrategy, log: Logger) {
    this.#log = log;
    this.#strategy = checkStrategy(strategy);
  }

  /** One of its functions runs just now. */
  get asking(): boolean {
    return this.#asking;
  }

  /** @throws {TypeError} when it is no strategy */
  replace(strategy: StageStrategy): void {
    this.#strategy = checkStrategy(strategy);
  }

  /** What is to be published now; undefined for nothing. */
  streamsToPublish(local: StageParticipantInfo): LocalStreams | undefined {
    return this.#ask('stageStreamsToPublish', undefined, () => {
      const wished = this.#strategy.shouldPublishParticipant(local);
      requireSynchronous(wished, 'shouldPublishParticipant');
      return wished ? readStreams(this.#strategy.stageStreamsToPublish()) : undefined;
    });
  }

  subscribeType(participant: StageParticipantInfo): SubscribeType {
    return this.#ask('shouldSubscribeToParticipant', SubscribeType.NONE, () =>
      readSubscribeType(this.#strategy.shouldSubscribeToParticipant(participant)),
    );
  }

  subscribeChoices(participant: StageParticipantInfo): SubscribeChoices {
    return this.#ask('subscribeConfiguration', DEFAULT_CHOICES, () => {
      const configuration = this.#strategy.subscribeConfiguration?.(participant) ?? undefined;
      requireSynchronous(configuration, 'subscribeConfiguration');
      return {
        startsHigh: configuration?.simulcast?.initialLayerPreference === InitialLayerPreference.HIGHEST_QUALITY,
        minimumDelayMs: minimumDelayMs(configuration?.jitterBuffer),
        readsMessages: configuration?.inBandMessaging?.enabled === true,
      };
    });
  }

  /** The label of the layer that is preferred. */
  preferredLayer(participant: StageParticipantInfo, stream: RemoteStageStream): string | undefined {
    return this.#ask('preferredLayerForStream', undefined, () => {
      const layer = this.#strategy.preferredLayerForStream?.(participant, stream) ?? undefined;
      requireSynchronous(layer, 'preferredLayerForStream');
      const label = typeof layer === 'object' ? layer.label : layer;
      if (label !== undefined && typeof label !== 'string') throw nonsense('preferredLayerForStream', 'a layer', layer);
      return label;
    });
  }

  #ask<Answer>(name: keyof StageStrategy, otherwise: Answer, question: () => Answer): Answer {
    this.#asking = true;
    try {
      return question();
    } catch (error) {
      this.#log.warn('the strategy gives no answer', { function: name, error: String(error) });
      reportUncaught(error);
      return otherwise;
    } finally {
      this.#asking = false;
    }
  }
}

function checkStrategy(strategy: StageStrategy): StageStrategy {
  if (typeof strategy !== 'object' || strategy === null) throw new TypeError('A stage needs a strategy, an object');
  return strategy;
}

function readStreams(streams: unknown): LocalStreams | undefined {
  if (!Array.isArray(streams)) throw nonsense('stageStreamsToPublish', 'an array', streams);
  const present: unknown[] = streams.filter((stream) => stream !== undefined && stream !== null);
  const local = present.filter((stream) => stream instanceof LocalStageStream);
  if (local.length < present.length) throw nonsense('stageStreamsToPublish', 'an array of LocalStageStream', streams);
  const first = (kind: 'audio' | 'video') => local.find(({ streamType }) => streamType === kind);
  const wished = { audio: first('audio'), video: first('video') };
  return wished.audio || wished.video ? wished : undefined;
}

function readSubscribeType(answer: unknown): SubscribeType {
  const type = Object.values(SubscribeType).find((known) => known === answer);
  if (type) return type;
  if (answer === undefined || answer === null) return SubscribeType.NONE;
  throw nonsense('shouldSubscribeToParticipant', 'a SubscribeType', answer);
}

function requireSynchronous(answer: unknown, name: keyof StageStrategy): void {
  if (answer instanceof Promise) throw nonsense(name, 'its answer at once', answer);
}

function nonsense(name: keyof StageStrategy, expected: string, answer: unknown): TypeError {
  const given = answer instanceof Promise ? 'a promise' : Array.isArray(answer) ? 'other things' : String(answer);
  return new TypeError(`${name}() of the strategy has to give ${expected}, and gave ${given}`);
}
