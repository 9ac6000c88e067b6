import { IvsClient } from '@aws-sdk/client-ivs';
import { type ServerProcess, testAccessKey } from './server.ts';

/** A client of the AWS SDK for channels. */
export function lowLatencyClient({ endpoint, region }: ServerProcess): IvsClient {
  return new IvsClient({ endpoint, region, credentials: testAccessKey });
}
