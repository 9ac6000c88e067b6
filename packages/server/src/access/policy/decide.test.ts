import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Tags } from '@proscenium/model';
import { type AccessRequest, asksForResourceTags, type Decision, decide } from './decide.ts';
import { readPolicy } from './read-policy.ts';

const arn = 'arn:aws:ivs:us-west-2:123456789012:stage/abcdABCDefgh';
const getStage: AccessRequest = { action: 'ivs:GetStage', resource: arn, tagKeys: [] };

function decisionOf(statements: object | object[], request: Partial<AccessRequest> = {}): Decision {
  return decide([readPolicy({ Version: '2012-10-17', Statement: statements })], { ...getStage, ...request });
}

const allow = { Effect: 'Allow', Action: '*', Resource: '*' };
const deny = { Effect: 'Deny', Action: '*', Resource: '*' };

describe('What policies say together', () => {
  test('nothing is allowed without a policy', () => assert.equal(decide([], getStage), 'ImplicitDeny'));
  test('what nothing allows is denied', () => {
    assert.equal(decisionOf({ ...allow, Action: 'ivs:DeleteStage' }), 'ImplicitDeny');
  });
  test('an explicit deny comes before an allow, whichever is first, in whatever policy', () => {
    assert.equal(decisionOf([allow, deny]), 'ExplicitDeny');
    assert.equal(decisionOf([deny, allow]), 'ExplicitDeny');
    const [first, second] = [allow, deny].map((Statement) => readPolicy({ Statement }));
    assert.ok(first && second);
    assert.equal(decide([first, second], getStage), 'ExplicitDeny');
    assert.equal(decide([second, first], getStage), 'ExplicitDeny');
  });
  test('a deny that does not apply does no harm', () => {
    assert.equal(decisionOf([allow, { ...deny, Action: 'ivs:Delete*' }]), 'Allow');
  });
  test('a statement alone needs no list', () => assert.equal(decisionOf(allow), 'Allow'));
});

const actions: [element: object, action: string, applies: boolean][] = [
  [{ Action: 'ivs:GetStage' }, 'ivs:GetStage', true],
  [{ Action: 'ivs:getstage' }, 'ivs:GetStage', true],
  [{ Action: ['ivs:ListStages', 'ivs:GetStage'] }, 'ivs:GetStage', true],
  [{ Action: 'ivs:Get*' }, 'ivs:GetStage', true],
  [{ Action: 'ivs:GetStag?' }, 'ivs:GetStage', true],
  [{ Action: 'ivs:GetStage?' }, 'ivs:GetStage', false],
  [{ Action: 'ivs:Get*' }, 'ivs:DeleteStage', false],
  [{ Action: 'ivs:*' }, 'proscenium:DrainServer', false],
  [{ Action: '*' }, 'proscenium:DrainServer', true],
  [{ NotAction: 'ivs:Delete*' }, 'ivs:GetStage', true],
  [{ NotAction: 'ivs:Delete*' }, 'ivs:DeleteStage', false],
  [{ NotAction: ['ivs:Delete*', 'ivs:Get*'] }, 'ivs:GetStage', false],
  [{ NotAction: 'ivs:*' }, 's3:GetObject', true],
];

describe('Actions', () => {
  for (const [element, action, applies] of actions) {
    test(`${JSON.stringify(element)} ${applies ? 'covers' : 'does not cover'} ${action}`, () => {
      const statement = { Effect: 'Allow', Resource: '*', ...element };
      assert.equal(decisionOf(statement, { action }), applies ? 'Allow' : 'ImplicitDeny');
      assert.equal(decisionOf({ ...statement, Effect: 'Deny' }, { action }), applies ? 'ExplicitDeny' : 'ImplicitDeny');
    });
  }
});

const resources: [element: object, resource: string, applies: boolean][] = [
  [{ Resource: '*' }, arn, true],
  [{ Resource: '*' }, '*', true],
  [{ Resource: arn }, arn, true],
  [{ Resource: arn.toLowerCase() }, arn, false],
  [{ Resource: 'arn:aws:ivs:*:123456789012:stage/*' }, arn, true],
  [{ Resource: 'arn:aws:ivs:us-*:*:stage/abcd????efgh' }, arn, true],
  [{ Resource: 'arn:aws:ivs:eu-*:*:stage/*' }, arn, false],
  [{ Resource: 'arn:aws:ivs:*:210987654321:stage/*' }, arn, false],
  [{ Resource: 'arn:aws:ivs:*:*:composition/*' }, arn, false],
  [{ Resource: 'arn:aws:ivs:*:*:*' }, arn, true],
  [{ Resource: 'arn:*:*:*:*:*' }, arn, true],
  // A wildcard takes no colon but in the last part.
  [{ Resource: 'arn:aws:ivs:*:stage/*:x' }, arn, false],
  [{ Resource: 'arn:aws:s3:::shows/*' }, 'arn:aws:s3:::shows/ivs/a:b/c', true],
  [{ Resource: 'arn:aws:s3:::shows' }, 'arn:aws:s3:::shows/ivs', false],
  // What is to be made has no id yet, and a list none at all.
  [{ Resource: 'arn:aws:ivs:*:*:stage/*' }, 'arn:aws:ivs:us-west-2:123456789012:stage/*', true],
  [{ Resource: arn }, 'arn:aws:ivs:us-west-2:123456789012:stage/*', false],
  [{ Resource: 'arn:aws:ivs:*:*:*' }, '*', false],
  [{ Resource: ['arn:aws:ivs:*:*:composition/*', 'arn:aws:ivs:*:*:stage/*'] }, arn, true],
  [{ NotResource: 'arn:aws:ivs:*:*:stage/*' }, arn, false],
  [{ NotResource: 'arn:aws:ivs:*:*:composition/*' }, arn, true],
  [{ NotResource: ['arn:aws:ivs:*:*:composition/*', arn] }, arn, false],
];

describe('Resources', () => {
  for (const [element, resource, applies] of resources) {
    test(`${JSON.stringify(element)} ${applies ? 'covers' : 'does not cover'} ${resource}`, () => {
      const statement = { Effect: 'Allow', Action: '*', ...element };
      assert.equal(decisionOf(statement, { resource }), applies ? 'Allow' : 'ImplicitDeny');
    });
  }
});

const resourceTag = (operator: string, value: unknown) => ({ [operator]: { 'aws:ResourceTag/team': value } });
const requestTag = (operator: string, value: unknown) => ({ [operator]: { 'aws:RequestTag/team': value } });
const tagKeys = (operator: string, value: unknown) => ({ [operator]: { 'aws:TagKeys': value } });
const isRed = { resourceTags: { team: 'red' } };
const untagged = { resourceTags: {} };
const noResource = { resourceTags: undefined };

const conditions: [condition: object, context: Partial<AccessRequest>, holds: boolean][] = [
  [resourceTag('StringEquals', 'red'), isRed, true],
  [resourceTag('StringEquals', 'Red'), isRed, false],
  [resourceTag('StringEquals', ['blue', 'red']), isRed, true],
  [resourceTag('StringEquals', ['blue', 'green']), isRed, false],
  [resourceTag('StringEquals', 'r*'), isRed, false],
  [resourceTag('StringEquals', 'red'), untagged, false],
  [resourceTag('StringEquals', 'red'), noResource, false],
  [resourceTag('StringEquals', 'red'), { requestTags: { team: 'red' } }, false],
  [resourceTag('StringEqualsIfExists', 'red'), isRed, true],
  [resourceTag('StringEqualsIfExists', 'blue'), isRed, false],
  [resourceTag('StringEqualsIfExists', 'red'), untagged, true],

  [resourceTag('StringNotEquals', 'blue'), isRed, true],
  [resourceTag('StringNotEquals', 'red'), isRed, false],
  [resourceTag('StringNotEquals', ['blue', 'red']), isRed, false],
  [resourceTag('StringNotEquals', 'red'), untagged, true],
  [resourceTag('StringNotEqualsIfExists', 'red'), untagged, true],
  [resourceTag('StringNotEqualsIfExists', 'red'), isRed, false],

  [resourceTag('StringEqualsIgnoreCase', 'RED'), isRed, true],
  [resourceTag('StringEqualsIgnoreCase', 'blue'), isRed, false],
  [resourceTag('StringEqualsIgnoreCase', 'RED'), untagged, false],
  [resourceTag('StringNotEqualsIgnoreCase', 'RED'), isRed, false],
  [resourceTag('StringNotEqualsIgnoreCase', 'blue'), isRed, true],

  [resourceTag('StringLike', 'r?d'), isRed, true],
  [resourceTag('StringLike', 'R*'), isRed, false],
  [resourceTag('StringLike', ['b*', 'r*']), isRed, true],
  [resourceTag('StringLike', '*'), untagged, false],
  [resourceTag('StringLikeIfExists', 'b*'), untagged, true],
  [resourceTag('StringNotLike', 'r*'), isRed, false],
  [resourceTag('StringNotLike', 'b*'), isRed, true],
  [resourceTag('StringNotLike', '*'), untagged, true],

  [resourceTag('Null', 'true'), untagged, true],
  [resourceTag('Null', 'true'), isRed, false],
  [resourceTag('Null', true), noResource, true],
  [resourceTag('Null', 'false'), isRed, true],
  [resourceTag('Null', ['true', 'false']), isRed, true],
  [tagKeys('Null', 'true'), {}, true],
  [tagKeys('Null', 'false'), { tagKeys: ['team'] }, true],

  [requestTag('StringEquals', 'red'), { requestTags: { team: 'red' } }, true],
  [requestTag('StringEquals', 'red'), { requestTags: { team: 'blue' } }, false],
  [requestTag('StringEquals', 'red'), { requestTags: {} }, false],
  [requestTag('StringEquals', 'red'), isRed, false],

  // Names of keys, tag keys among them, are the same in any case; values are not.
  [{ StringEquals: { 'AWS:resourcetag/TEAM': 'red' } }, isRed, true],
  [{ StringEquals: { 'aws:ResourceTag/cost center': '7' } }, { resourceTags: { 'cost center': '7' } }, true],

  [tagKeys('ForAllValues:StringEquals', ['team', 'show']), { tagKeys: ['team'] }, true],
  [tagKeys('ForAllValues:StringEquals', ['team', 'show']), { tagKeys: ['show', 'team'] }, true],
  [tagKeys('ForAllValues:StringEquals', ['team', 'show']), { tagKeys: ['team', 'other'] }, false],
  [tagKeys('ForAllValues:StringEquals', ['team']), { tagKeys: ['Team'] }, false],
  [tagKeys('ForAllValues:StringEqualsIgnoreCase', ['team']), { tagKeys: ['Team'] }, true],
  [tagKeys('ForAllValues:StringEquals', 'team'), {}, true],
  [tagKeys('ForAllValues:StringLike', 'te*'), { tagKeys: ['team', 'test'] }, true],
  [tagKeys('ForAllValues:StringNotEquals', ['secret']), { tagKeys: ['team', 'secret'] }, false],
  [tagKeys('ForAllValues:StringNotEquals', ['secret']), { tagKeys: ['team'] }, true],
  [tagKeys('ForAnyValue:StringEquals', ['team', 'show']), { tagKeys: ['team', 'other'] }, true],
  [tagKeys('ForAnyValue:StringEquals', ['team']), { tagKeys: ['other'] }, false],
  [tagKeys('ForAnyValue:StringEquals', ['team']), {}, false],
  [tagKeys('ForAnyValue:StringEqualsIfExists', ['team']), {}, true],
  [tagKeys('ForAnyValue:StringNotEquals', ['team']), { tagKeys: ['team'] }, false],
  [tagKeys('ForAnyValue:StringNotEquals', ['team']), { tagKeys: ['team', 'other'] }, true],
  [tagKeys('ForAnyValue:StringNotEquals', ['team']), {}, false],
  [requestTag('ForAnyValue:StringLike', 'r*'), { requestTags: { team: 'red' } }, true],
  [requestTag('ForAllValues:StringLike', 'r*'), { requestTags: {} }, true],

  // All operators and all keys of one must hold.
  [{ ...resourceTag('StringEquals', 'red'), ...tagKeys('Null', 'true') }, isRed, true],
  [{ ...resourceTag('StringEquals', 'red'), ...tagKeys('Null', 'false') }, isRed, false],
  [{ StringEquals: { 'aws:ResourceTag/team': 'red', 'aws:ResourceTag/show': 'x' } }, isRed, false],
  [{}, {}, true],
];

describe('Conditions', () => {
  for (const [condition, context, holds] of conditions) {
    test(`${JSON.stringify(condition)} ${holds ? 'holds' : 'does not hold'} for ${JSON.stringify(context)}`, () => {
      assert.equal(decisionOf({ ...allow, Condition: condition }, context), holds ? 'Allow' : 'ImplicitDeny');
      assert.equal(decisionOf({ ...deny, Condition: condition }, context), holds ? 'ExplicitDeny' : 'ImplicitDeny');
    });
  }

  const both: Tags = { team: 'red', Team: 'blue' };
  test('of tags that differ in case alone, an allow must hold for each and a deny for any', () => {
    const condition = { Condition: resourceTag('StringEquals', 'red') };
    assert.equal(decisionOf({ ...allow, ...condition }, { resourceTags: both }), 'ImplicitDeny');
    assert.equal(decisionOf({ ...deny, ...condition }, { resourceTags: both }), 'ExplicitDeny');
  });

  test('keys such as constructor are plain data', () => {
    const condition = { StringEquals: { 'aws:ResourceTag/constructor': 'x' } };
    assert.equal(decisionOf({ ...allow, Condition: condition }, untagged), 'ImplicitDeny');
  });
});

test('whether tags of the resource matter is known beforehand', () => {
  const policyWith = (Condition: object) => [readPolicy({ Statement: [allow, { ...deny, Condition }] })];
  assert.equal(asksForResourceTags(policyWith(resourceTag('Null', 'true'))), true);
  assert.equal(asksForResourceTags(policyWith({ ...requestTag('Null', 'true'), ...tagKeys('Null', 'true') })), false);
});
