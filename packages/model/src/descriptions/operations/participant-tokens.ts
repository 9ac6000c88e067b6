import { attributes, example, userId } from '../common.ts';
import { describeOperation, type ResourceDescription } from '../describe.ts';

export const participantTokens: ResourceDescription = {
  page: 'participant-tokens',
  title: 'Participant tokens',
  about:
    'A token lets one participant into one stage. It is shown once and kept nowhere, so keep it secret and hand it to whom it ' +
    'is for. Tokens can also be signed without a call: see [tokens](../tokens.md).',
  operations: [
    describeOperation('CreateParticipantToken', {
      summary: 'Makes a token with which one participant can join a stage.',
      notes: ['The answer repeats what was asked for, no more: a member that was left out is not filled in.'],
      request: {
        stageArn: 'The stage to join.',
        duration: { meaning: 'How long the token is good, in minutes.', default: '720 (12 hours)' },
        userId: { meaning: userId, default: 'none' },
        attributes: { meaning: attributes, default: 'none' },
        capabilities: {
          meaning: 'What the participant may do. An empty list lets it do neither.',
          default: '`["PUBLISH", "SUBSCRIBE"]`',
        },
      },
      response: { participantToken: 'The token: the only chance to read it.' },
      example: {
        request: { stageArn: example.stageArn, userId: 'guest-7', capabilities: ['SUBSCRIBE'], duration: 60 },
        response: {
          participantToken: {
            participantId: 'pGuestBBB002',
            token: 'eyJhbGciOiJIUzI1NiJ9…',
            userId: 'guest-7',
            capabilities: ['SUBSCRIBE'],
            duration: 60,
            expirationTime: new Date('2026-11-21T21:00:00Z'),
          },
        },
      },
    }),
    describeOperation('RevokeConnectionToken', {
      summary: 'Makes a connection token worthless and cuts off whoever is connected with it.',
      notes: [
        'An id that nobody has seen is accepted too, so that a token can be revoked before its first use. The revocation is kept ' +
          'for as long as a connection token can live: four weeks.',
      ],
      request: { tokenId: 'The token’s id: its claim `jti`.' },
      response: {},
      example: { request: { tokenId: 'conn-7f3a' }, response: {} },
    }),
  ],
};
