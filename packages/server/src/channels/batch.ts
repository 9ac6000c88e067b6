import { type BatchError, ServiceError } from '@proscenium/model';

/** Finds each of several resources once; those that are not there become errors beside the others. */
export async function findEach<Found>(
  arns: readonly string[],
  find: (arn: string) => Promise<Found>,
): Promise<{ found: Found[]; errors: BatchError[] }> {
  const found: Found[] = [];
  const errors: BatchError[] = [];
  for (const arn of new Set(arns)) {
    try {
      found.push(await find(arn));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      errors.push({ arn, code: error.name, message: error.message });
    }
  }
  return { found, errors };
}
