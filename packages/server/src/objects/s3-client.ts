import { S3Client } from '@aws-sdk/client-s3';
import type { Credentials } from '../identity/sign-request.ts';

export interface S3Account {
  /** Undefined: Amazon's own in the region. */
  readonly endpoint: string | undefined;
  readonly region: string;
  /** Whether the bucket is in the path of a URL, not in its host name. */
  readonly pathStyle: boolean;
  /** Undefined: those that AWS clients find in the environment, in profiles and on their machine. */
  readonly credentials: Credentials | undefined;
}

const connectMs = 5_000;
/** In which nothing at all comes or goes. */
const silenceMs = 20_000;

export function createS3Client({ endpoint, region, pathStyle, credentials }: S3Account): S3Client {
  return new S3Client({
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
    region,
    forcePathStyle: pathStyle,
    followRegionRedirects: true,
    // Checksums that nobody asked for are more than some stores understand.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: connectMs, socketTimeout: silenceMs },
  });
}
