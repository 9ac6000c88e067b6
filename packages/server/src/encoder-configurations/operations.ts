import {
  ConflictException,
  checkTags,
  createResourceId,
  type EncoderConfiguration,
  type EncoderConfigurationSummary,
  type RandomBytes,
  type Scope,
} from '@proscenium/model';
import { isEncoderConfigurationUsed } from '../compositions/composition-table.ts';
import type { Handlers } from '../http/handlers.ts';
import type { Listing, PageTokens } from '../pagination/page-tokens.ts';
import { readPage } from '../pagination/read-page.ts';
import type { Store } from '../store/store.ts';
import { type EncoderConfigurationRecord, encoderConfigurations } from './encoder-configuration-table.ts';
import { fillVideoSettings } from './video-settings.ts';

type EncoderConfigurationOperations = Required<
  Pick<
    Handlers,
    | 'CreateEncoderConfiguration'
    | 'GetEncoderConfiguration'
    | 'ListEncoderConfigurations'
    | 'DeleteEncoderConfiguration'
  >
>;

export function encoderConfigurationOperations({
  store,
  pageTokens,
  quota,
  random,
}: {
  store: Store;
  pageTokens: PageTokens;
  /** Encoder configurations that one account may have in one region. */
  quota: number;
  random?: RandomBytes;
}): EncoderConfigurationOperations {
  return {
    async CreateEncoderConfiguration({ name = '', video, tags = {} }, { scope }) {
      checkTags(tags);
      const record = { id: createResourceId(random), name, tags, video: fillVideoSettings(video) };
      await store.write((trx) => encoderConfigurations.insertWithin(quota, trx, scope, record));
      return { encoderConfiguration: toEncoderConfiguration(scope, record) };
    },

    async GetEncoderConfiguration({ arn }, { scope }) {
      const record = await encoderConfigurations.get(store.db, scope, arn);
      return { encoderConfiguration: toEncoderConfiguration(scope, record) };
    },

    async ListEncoderConfigurations(request, { scope }) {
      const listing: Listing = { operation: 'ListEncoderConfigurations', scope, filters: [] };
      const { rows, ...next } = await readPage(pageTokens, listing, request, (slice) =>
        encoderConfigurations.list(store.db, scope, slice),
      );
      return { encoderConfigurations: rows.map((record) => toSummary(scope, record)), ...next };
    },

    async DeleteEncoderConfiguration({ arn }, { scope }) {
      await store.write(async (trx) => {
        const { id } = await encoderConfigurations.get(trx, scope, arn);
        if (await isEncoderConfigurationUsed(trx, scope, id)) {
          throw new ConflictException('The encoder configuration is in use by a running composition');
        }
        await encoderConfigurations.delete(trx, scope, id);
      });
      return {};
    },
  };
}

function toEncoderConfiguration(scope: Scope, record: EncoderConfigurationRecord): EncoderConfiguration {
  return { ...toSummary(scope, record), video: record.video };
}

function toSummary(scope: Scope, record: EncoderConfigurationRecord): EncoderConfigurationSummary {
  const { name, tags } = record;
  return { arn: encoderConfigurations.arn(scope, record), name, tags };
}
