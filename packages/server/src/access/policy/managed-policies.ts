/**
 * Policies that every account has and nobody can change, under the names that they have at AWS:
 * https://docs.aws.amazon.com/ivs/latest/RealTimeUserGuide/security-iam-awsmanpol.html
 */
export const managedPolicies: ReadonlyMap<string, object> = new Map(
  Object.entries({
    AdministratorAccess: {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
    },
    IVSFullAccess: {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: [
          'ivs:*',
          'proscenium:ListDeadLetters',
          'proscenium:ReplayDeadLetters',
          'proscenium:FollowEvents',
          'proscenium:GetServer',
          'proscenium:GetServerMetrics',
          's3:ListAllMyBuckets',
          's3:GetBucketLocation',
          's3:ListBucket',
          's3:GetObject',
          's3:DeleteObject',
        ],
        Resource: '*',
      },
    },
    IVSReadOnlyAccess: {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: ['ivs:Get*', 'ivs:List*', 'proscenium:GetServer'], Resource: '*' },
    },
  }),
);

/** The name of such a policy as it is written, from one in any case; undefined: there is none. */
export function managedName(name: string): string | undefined {
  return [...managedPolicies.keys()].find((each) => each.toLowerCase() === name.toLowerCase());
}
