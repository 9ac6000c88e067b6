import { example, name, page, shownNextToken, tags } from '../common.ts';
import { describeOperation, type ResourceDescription } from '../describe.ts';

const publicKeyMaterial = [
  '-----BEGIN PUBLIC KEY-----',
  'MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEh7LNiX8S4b+FXb3zRJYaxNOeh5Kma9sb',
  'APGL4cgSknw84/o3uXe2V+Ftysp9u0O7hI07eaKHoDPmtbNM1u6xBjeO/Hwst9eq',
  'Auxma9+QTxKL/y+OaU+CxvkM1R7/MfrE',
  '-----END PUBLIC KEY-----',
  '',
].join('\n');
const publicKey = {
  arn: example.publicKeyArn,
  name: 'backend',
  publicKeyMaterial,
  fingerprint: 'a9:25:4e:47:e8:03:41:d3:eb:65:09:75:6a:cb:5f:71',
  tags: {},
};

export const publicKeys: ResourceDescription = {
  page: 'public-keys',
  title: 'Public keys',
  about:
    'With the public half of a key pair imported, your own servers can sign participant tokens with the private half, without a ' +
    'call for each. See [tokens](../tokens.md).',
  operations: [
    describeOperation('ImportPublicKey', {
      summary: 'Imports the public half of a key pair that signs participant tokens.',
      notes: [
        'Only keys of the curve P-384 can sign tokens; any other is a `ValidationException`. A key that is there already is a ' +
          '`ConflictException`.',
      ],
      request: {
        publicKeyMaterial: 'The key as PEM text of the form `PUBLIC KEY`.',
        name,
        tags,
      },
      response: { publicKey: 'The imported key.' },
      example: { request: { publicKeyMaterial, name: 'backend' }, response: { publicKey } },
    }),
    describeOperation('GetPublicKey', {
      summary: 'Shows a public key.',
      request: { arn: 'The key.' },
      response: { publicKey: 'The key.' },
      example: { request: { arn: example.publicKeyArn }, response: { publicKey } },
    }),
    describeOperation('ListPublicKeys', {
      summary: 'Lists the public keys of the account in the region, the newest first.',
      request: page,
      response: { publicKeys: 'A page of keys, without their text and fingerprint.', nextToken: shownNextToken },
      example: {
        request: {},
        response: { publicKeys: [{ arn: example.publicKeyArn, name: 'backend', tags: {} }] },
      },
    }),
    describeOperation('DeletePublicKey', {
      summary: 'Deletes a public key, so that its tokens let nobody in any more.',
      notes: ['Participants that are in a stage already stay there.'],
      request: { arn: 'The key.' },
      response: {},
      example: { request: { arn: example.publicKeyArn }, response: {} },
    }),
  ],
};
