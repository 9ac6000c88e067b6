import type { Config } from '@proscenium/server/configuring';
import type { ApiClient } from '../api/api-client.ts';
import type { ServerAddress } from '../api/http-call.ts';
import type { MediaOffer } from './media/trial-session.ts';
import type { TrialStage } from './server/trial-stages.ts';

/** What is known of a deployment. Checks add to it, and build on what earlier ones have added. */
export interface Facts {
  /** That of the server, on whose machine we are. */
  readonly config: Config;
  /** It answers, and is one of ours. */
  readonly server: ServerAddress;
  /** Signs with a key that may be used. */
  readonly api: ApiClient;
  /** A stage on that server, which goes when all is done. */
  readonly stage: TrialStage;
  /** What the server tells a client about its media. */
  readonly media: MediaOffer;
}
