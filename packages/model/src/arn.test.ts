import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ArnParts, formatArn, parseArn, resourceTypes } from './arn.ts';

const stage: ArnParts = { region: 'us-west-2', account: '123456789012', resourceType: 'stage', id: 'abcdABCDefgh' };

test('an ARN is read into its parts and written from them', () => {
  const arn = 'arn:aws:ivs:us-west-2:123456789012:stage/abcdABCDefgh';
  assert.equal(formatArn(stage), arn);
  assert.deepEqual(parseArn(arn), { ...stage, arn });
});

test('every ARN that is written can be read', () => {
  const parts = fc.record({
    region: fc.stringMatching(/^[a-z]{2}-[a-z]{4,9}-[1-9]$/),
    account: fc.stringMatching(/^[0-9]{12}$/),
    resourceType: fc.constantFrom(...resourceTypes),
    id: fc.stringMatching(/^[a-zA-Z0-9-]{1,36}$/),
  });
  fc.assert(
    fc.property(parts, (written) => {
      const arn = formatArn(written);
      assert.deepEqual(parseArn(arn), { ...written, arn });
    }),
  );
});

test('a public key may have a UUID for its id', () => {
  const arn = 'arn:aws:ivs:eu-west-1:111122223333:public-key/f2c9d7a0-9c9e-4b6f-8f0e-3f0c2f1a7b10';
  assert.equal(parseArn(arn)?.id, 'f2c9d7a0-9c9e-4b6f-8f0e-3f0c2f1a7b10');
});

test('what is no ARN of this service is not read', () => {
  const wrong = [
    '',
    'stage/abcdABCDefgh',
    'arn:aws:s3:us-west-2:123456789012:stage/abcdABCDefgh',
    'arn:aws-cn:ivs:us-west-2:123456789012:stage/abcdABCDefgh',
    'arn:aws:ivs::123456789012:stage/abcdABCDefgh',
    'arn:aws:ivs:us-west-2:12345678901:stage/abcdABCDefgh',
    'arn:aws:ivs:us-west-2:1234567890123:stage/abcdABCDefgh',
    'arn:aws:ivs:us-west-2:123456789012:room/abcdABCDefgh',
    'arn:aws:ivs:us-west-2:123456789012:stage/',
    'arn:aws:ivs:us-west-2:123456789012:stage/abc_ABC',
    'arn:aws:ivs:us-west-2:123456789012:stage/abc/ABC',
    'arn:aws:ivs:us-west-2:123456789012:stage/abcdABCDefgh\n',
    ' arn:aws:ivs:us-west-2:123456789012:stage/abcdABCDefgh',
    formatArn({ ...stage, id: 'a'.repeat(128) }),
  ];
  for (const text of wrong) assert.equal(parseArn(text), undefined, JSON.stringify(text));
});
