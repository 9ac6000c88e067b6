import { checkTags, type RandomBytes, ValidationException } from '@proscenium/model';
import { hasMadeChannel } from '../channels/channel-table.ts';
import type { Channels } from '../channels/channels.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Handlers } from '../http/handlers.ts';
import type { Listing, PageTokens } from '../pagination/page-tokens.ts';
import { readPage } from '../pagination/read-page.ts';
import type { Database, Store } from '../store/store.ts';
import { toComposition, toSummary } from './composition-response.ts';
import { fillDestinationSettings } from './destination-settings.ts';
import { fillLayoutSettings } from './layout-settings.ts';
import { type CompositionQuotas, startComposition } from './start-composition.ts';
import type { CompositionSupervisor } from './supervisor.ts';
import type { VisibleCompositions } from './visible-compositions.ts';

type CompositionOperations = Required<
  Pick<Handlers, 'StartComposition' | 'GetComposition' | 'ListCompositions' | 'StopComposition'>
>;

export function compositionOperations({
  store,
  compositions,
  channels,
  visible,
  pageTokens,
  clock,
  quotas,
  random,
}: {
  store: Store;
  compositions: CompositionSupervisor;
  channels: Pick<Channels, 'has'>;
  visible: VisibleCompositions;
  pageTokens: PageTokens;
  clock: Clock;
  quotas: CompositionQuotas & Pick<Config['quotas'], 'destinationsPerComposition'>;
  random?: RandomBytes;
}): CompositionOperations {
  return {
    async StartComposition({ stageArn, idempotencyToken, layout, destinations, tags = {} }, { scope }) {
      const order = {
        stageArn,
        layout: fillLayoutSettings(layout),
        destinations: fillDestinationSettings(destinations),
        tags,
        idempotencyToken,
        hasChannel: async (trx: Database, channelArn: string) =>
          channels.has(channelArn) || (await hasMadeChannel(trx, scope, channelArn)),
        quotas,
        now: clock.now(),
        random,
      };
      checkTags(tags);
      if (destinations.length > quotas.destinationsPerComposition) {
        throw new ValidationException(
          `A composition can have at most ${quotas.destinationsPerComposition} destinations, not ${destinations.length}`,
        );
      }
      const { composition, isNew } = await store.write((trx) => startComposition(trx, scope, order));
      if (isNew) compositions.begin(scope, composition);
      return { composition: toComposition(scope, composition) };
    },

    async GetComposition({ arn }, { scope }) {
      return { composition: toComposition(scope, await visible.get(store.db, scope, arn)) };
    },

    async ListCompositions({ filterByStageArn, filterByEncoderConfigurationArn, ...request }, { scope }) {
      const filter = { stageArn: filterByStageArn, encoderConfigurationArn: filterByEncoderConfigurationArn };
      const listing: Listing = {
        operation: 'ListCompositions',
        scope,
        filters: [filterByStageArn, filterByEncoderConfigurationArn],
      };
      const { rows, ...next } = await readPage(pageTokens, listing, request, (slice) =>
        visible.list(store.db, scope, slice, filter),
      );
      return { compositions: rows.map((composition) => toSummary(scope, composition)), ...next };
    },

    async StopComposition({ arn }, { scope }) {
      const { id } = await visible.get(store.db, scope, arn);
      await compositions.stop(scope, id);
      return {};
    },
  };
}
