import { ListBucketsCommand, S3ServiceException } from '@aws-sdk/client-s3';
import { createS3Client, type S3Account } from './s3-client.ts';

/** What an object store says of the credentials. */
export type S3Trial =
  | { readonly buckets: number }
  /** The error's code: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
  | { readonly refusal: string };

/**
 * Asks an object store for the list of its buckets. Who records need not be allowed to see it: AccessDenied tells of
 * credentials that the store knows.
 *
 * @throws when nobody answers, or not as an S3 does, or there are no credentials
 */
export async function tryS3(account: S3Account, signal: AbortSignal): Promise<S3Trial> {
  const client = createS3Client(account);
  try {
    const { Buckets = [] } = await client.send(new ListBucketsCommand({}), { abortSignal: signal });
    return { buckets: Buckets.length };
  } catch (error) {
    if (error instanceof S3ServiceException && error.$response?.statusCode !== undefined)
      return { refusal: error.name };
    throw error;
  } finally {
    client.destroy();
  }
}
