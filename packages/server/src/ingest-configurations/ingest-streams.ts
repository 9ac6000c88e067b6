import type { Scope } from '@proscenium/model';

/** One ingest configuration, of one account and region. */
export type IngestConfigurationRef = Scope & { ingestConfigurationId: string };

/** What the control plane asks of those who take the encoders' streams. */
export interface IngestStreams {
  /**
   * Ends all streams of the configuration, which may be deleted already. Resolves once no media flows and the state
   * INACTIVE is written; at once where nothing streams.
   */
  disconnect(configuration: IngestConfigurationRef): Promise<void>;
}
