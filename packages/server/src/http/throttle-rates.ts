import { type OperationName, operationNames } from '@proscenium/model';

/** Calls per second that an account may make in a region, by operation. */
export type ThrottleRates = Readonly<Record<OperationName, number>>;

const usualRate = 5;
const unusualRates: Partial<ThrottleRates> = {
  CreateParticipantToken: 50,
  ImportPublicKey: 3,
  GetPublicKey: 3,
  ListPublicKeys: 3,
  DeletePublicKey: 3,
  TagResource: 10,
  UntagResource: 10,
  ListTagsForResource: 10,
};

/** https://docs.aws.amazon.com/ivs/latest/RealTimeUserGuide/service-quotas.html, "API Call Rate Quotas" */
export const defaultThrottleRates: ThrottleRates = Object.fromEntries(
  operationNames.map((name) => [name, unusualRates[name] ?? usualRate]),
) as ThrottleRates;
