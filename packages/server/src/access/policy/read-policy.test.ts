import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { managedPolicies } from './managed-policies.ts';
import { PolicyError } from './policy.ts';
import { longestPolicy, parsePolicy, readPolicy } from './read-policy.ts';

const statement = { Effect: 'Allow', Action: 'ivs:GetStage', Resource: '*' };
const withStatement = (change: object) => ({ Version: '2012-10-17', Statement: [{ ...statement, ...change }] });
const withCondition = (Condition: unknown) => withStatement({ Condition });
const variable = `\${aws:username}`;
const { Action: _, ...withoutAction } = statement;

const refused: [title: string, document: unknown, says: RegExp][] = [
  ['no object', [], /^The document must be an object$/],
  ['no statement', { Version: '2012-10-17' }, /^Statement: must be there$/],
  ['no statement in the list', { Statement: [] }, /^Statement: must be there$/],
  ['another version', { Version: '2020-01-01', Statement: statement }, /^Version: must be 2012-10-17 or 2008-10-17/],
  ['an unknown element', { Statement: statement, Statements: [] }, /there is no element 'Statements'/],
  ['an id that is no text', { Id: 7, Statement: statement }, /^Id: must be a text$/],
  ['a statement that is no object', { Statement: 'all' }, /^Statement: must be an object$/],
  ['a principal', withStatement({ Principal: '*' }), /^Statement\[0\]\.Principal: is for policies of resources/],
  ['an element of a statement that is unknown', withStatement({ Actions: '*' }), /there is no element 'Actions'/],
  ['another effect', withStatement({ Effect: 'allow' }), /^Statement\[0\]\.Effect: must be Allow or Deny$/],
  ['a name with a space', withStatement({ Sid: 'a b' }), /^Statement\[0\]\.Sid: must be letters and digits$/],
  [
    'two statements of a name',
    {
      Statement: [
        { ...statement, Sid: 'A' },
        { ...statement, Sid: 'A' },
      ],
    },
    /called 'A'/,
  ],
  ['no action', { Statement: withoutAction }, /^Statement: must have Action or NotAction/],
  ['both kinds of action', withStatement({ NotAction: '*' }), /must have Action or NotAction, one of the two/],
  ['both kinds of resource', withStatement({ NotResource: '*' }), /must have Resource or NotResource/],
  ['an empty list of actions', withStatement({ Action: [] }), /Action: must be a text or a list of texts/],
  ['a number for an action', withStatement({ Action: ['ivs:GetStage', 7] }), /must be a text or a list of texts/],
  ['an action without a service', withStatement({ Action: 'GetStage' }), /'GetStage' is no action/],
  ['a wildcard for the service', withStatement({ Action: '*:GetStage' }), /'\*:GetStage' is no action/],
  ['a resource that is no ARN', withStatement({ Resource: 'stage/*' }), /'stage\/\*' is neither an ARN .* nor \*$/],
  ['half an ARN', withStatement({ Resource: 'arn:aws:ivs:*' }), /is neither an ARN/],
  ['a variable', withStatement({ Resource: `arn:aws:ivs:*:*:stage/${variable}` }), /variables are not supported$/],
  ['a condition that is no object', withCondition('all'), /^Statement\[0\]\.Condition: must be an object$/],
  ['an operator without keys', withCondition({ StringEquals: 'x' }), /Condition\.StringEquals: must be an object$/],
  [
    'an unknown operator',
    withCondition({ IpAddress: { 'aws:TagKeys': 'x' } }),
    /IpAddress: this operator is not supported; there are StringEquals, /,
  ],
  ['an unknown quantifier', withCondition({ 'ForSome:StringLike': { 'aws:TagKeys': 'x' } }), /is not supported/],
  ['Null with an ending', withCondition({ NullIfExists: { 'aws:TagKeys': 'true' } }), /is not supported/],
  [
    'an unknown key',
    withCondition({ StringEquals: { 'aws:SourceIp': 'x' } }),
    /the key 'aws:SourceIp' is not supported; there are /,
  ],
  ['a tag without a key', withCondition({ StringEquals: { 'aws:ResourceTag/': 'x' } }), /is not supported/],
  [
    'a list compared as one text',
    withCondition({ StringEquals: { 'aws:TagKeys': 'x' } }),
    /is a list; write ForAllValues:StringEquals or/,
  ],
  ['a number to compare with', withCondition({ StringEquals: { 'aws:RequestTag/a': 7 } }), /must be a text or a list/],
  ['a variable to compare with', withCondition({ StringEquals: { 'aws:RequestTag/a': variable } }), /variables are/],
  ['Null without a truth', withCondition({ Null: { 'aws:TagKeys': 'maybe' } }), /must be "true" .* or "false"$/],
  [
    'too much',
    withStatement({ Action: Array.from({ length: 500 }, () => 'ivs:GetStage') }),
    /characters without white space/,
  ],
];

describe('A policy document is refused for', () => {
  for (const [title, document, says] of refused) {
    test(title, () => {
      assert.throws(
        () => readPolicy(document),
        (error) => error instanceof PolicyError && says.test(error.message),
      );
    });
  }

  test('text that is no JSON', () => assert.throws(() => parsePolicy('{'), /must be JSON/));
  test('text without end', () => assert.throws(() => parsePolicy(' '.repeat(70_000)), /is longer than/));
  test('a member that is there twice, of which one would be lost', () => {
    const condition = '"StringEquals":{"aws:ResourceTag/a":"b"}';
    const text = `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{${condition},${condition}}}}`;
    assert.throws(() => parsePolicy(text), /'StringEquals' is there twice/);
  });
});

test('white space does not count, and the longest document is accepted', () => {
  const short = JSON.stringify(withStatement({ Sid: '' }));
  const sid = 'a'.repeat(100);
  const filler = longestPolicy - short.length;
  const many = JSON.parse(JSON.stringify(withStatement({ Sid: sid })));
  const withId = { Id: '', ...many };
  const idLength = longestPolicy - JSON.stringify(withId).length;
  assert.ok(filler > 0 && idLength > 0);
  assert.equal(readPolicy({ ...withId, Id: 'x'.repeat(idLength) }).statements.length, 1);
  assert.throws(() => readPolicy({ ...withId, Id: 'x'.repeat(idLength + 1) }), PolicyError);
  assert.equal(parsePolicy(JSON.stringify(withId, undefined, 40)).statements.length, 1);
});

test('what every account has can be read', () => {
  for (const document of managedPolicies.values()) readPolicy(document);
});

test('the policies of the documentation can be read', () => {
  const { statements } = readPolicy({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['ivs:GetStage', 'ivs:CreateParticipantToken'],
        Resource: 'arn:aws:ivs:*:111122223333:stage/*',
        Condition: { StringEquals: { 'aws:ResourceTag/team': 'red' } },
      },
      {
        Effect: 'Allow',
        Action: ['ivs:CreateStage', 'ivs:TagResource'],
        Resource: 'arn:aws:ivs:*:111122223333:stage/*',
        Condition: {
          StringEquals: { 'aws:RequestTag/team': 'red' },
          'ForAllValues:StringEquals': { 'aws:TagKeys': ['team', 'show'] },
        },
      },
    ],
  });
  assert.deepEqual(
    statements.map(({ conditions }) => conditions.length),
    [1, 2],
  );
});
