import {
  ExchangedParticipantToken,
  ParticipantToken,
  ParticipantTokenCapability,
  ParticipantTokenConfiguration,
} from '../../shapes/participant-token.ts';
import { attributes, userId } from '../common.ts';
import { describeEnumeration, describeStructure } from '../describe.ts';

export const tokenStructures = [
  describeStructure('ParticipantTokenConfiguration', ParticipantTokenConfiguration, 'A token that is asked for.', {
    duration: { meaning: 'How long it is good, in minutes.', default: '720 (12 hours)' },
    userId: { meaning: userId, default: 'none' },
    attributes: { meaning: attributes, default: 'none' },
    capabilities: {
      meaning: 'What the participant may do. An empty list lets it do neither.',
      default: '`["PUBLISH", "SUBSCRIBE"]`',
    },
  }),
  describeStructure(
    'ParticipantToken',
    ParticipantToken,
    'A token that was made. What was not asked for is left out.',
    {
      participantId: 'The id that the participant will have.',
      token: 'The token itself: a secret.',
      duration: 'How long it is good, in minutes, as asked for.',
      userId: 'The application’s own name for the person, as asked for.',
      attributes: 'The attributes, as asked for.',
      capabilities: 'What the participant may do, as asked for.',
      expirationTime: 'Until when it is good.',
    },
  ),
  describeStructure('ExchangedParticipantToken', ExchangedParticipantToken, 'A token before or after an exchange.', {
    capabilities: 'What the participant may do.',
    attributes: 'Its attributes.',
    userId: 'The application’s own name for the person.',
    expirationTime: 'Until when the token is good.',
  }),
];

export const tokenEnumerations = [
  describeEnumeration('ParticipantTokenCapability', ParticipantTokenCapability, 'What a token allows.', {
    PUBLISH: 'To be seen and heard.',
    SUBSCRIBE: 'To see and hear others.',
  }),
];
