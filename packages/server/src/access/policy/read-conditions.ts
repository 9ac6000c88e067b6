import {
  type ConditionKey,
  type ConditionTest,
  type Quantifier,
  quantifiers,
  type StringOperator,
  stringOperators,
} from './condition.ts';
import { PolicyError } from './policy.ts';
import { isObject, readTexts } from './read-element.ts';

const ifExistsSuffix = 'IfExists';
const tagKeyPattern = /^[\p{L}\p{N}\p{Zs}_.:/=+\-@]{1,128}$/u;

/** Reads the `Condition` of a statement. @throws PolicyError */
export function readConditions(condition: unknown, where: string): ConditionTest[] {
  if (!isObject(condition)) throw new PolicyError(`${where}: must be an object`);
  return Object.entries(condition).flatMap(([operator, keys]) => {
    if (!isObject(keys)) throw new PolicyError(`${where}.${operator}: must be an object`);
    return Object.entries(keys).map(([key, values]) => readTest(operator, key, values, `${where}.${operator}`));
  });
}

function readTest(written: string, keyName: string, given: unknown, where: string): ConditionTest {
  const key = readKey(keyName, where);
  const at = `${where}.${keyName}`;
  if (written === 'Null') return { key, operator: 'Null', values: readTruths(given, at) };
  const { operator, quantifier, ifExists } = readOperator(written, where);
  if (key.kind === 'tag-keys' && quantifier === undefined) {
    throw new PolicyError(`${at}: is a list; write ForAllValues:${written} or ForAnyValue:${written}`);
  }
  return { key, operator, quantifier, ifExists, values: readTexts(given, at) };
}

function readOperator(
  written: string,
  where: string,
): { operator: StringOperator; quantifier: Quantifier | undefined; ifExists: boolean } {
  const colon = written.indexOf(':');
  const quantifier = colon === -1 ? undefined : quantifiers.find((each) => each === written.slice(0, colon));
  const rest = written.slice(colon + 1);
  const ifExists = rest.endsWith(ifExistsSuffix);
  const name = ifExists ? rest.slice(0, -ifExistsSuffix.length) : rest;
  const operator = stringOperators.find((each) => each === name);
  if (operator === undefined || (colon !== -1 && quantifier === undefined)) {
    throw new PolicyError(
      `${where}: this operator is not supported; there are ${stringOperators.join(', ')}, each with ${ifExistsSuffix} at its ` +
        `end or ${quantifiers.join(': or ')}: before it, and Null`,
    );
  }
  return { operator, quantifier, ifExists };
}

/** Names of keys are the same in any case. */
function readKey(name: string, where: string): ConditionKey {
  if (/^aws:tagkeys$/i.test(name)) return { kind: 'tag-keys' };
  const [, source, tagKey = ''] = /^aws:(ResourceTag|RequestTag)\/(.*)$/is.exec(name) ?? [];
  if (source === undefined || !tagKeyPattern.test(tagKey)) {
    throw new PolicyError(
      `${where}: the key '${name}' is not supported; there are aws:ResourceTag/KEY, aws:RequestTag/KEY and aws:TagKeys`,
    );
  }
  return { kind: source.toLowerCase() === 'resourcetag' ? 'resource-tag' : 'request-tag', tagKey };
}

function readTruths(given: unknown, where: string): readonly boolean[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  return list.map((each) => {
    if (each === true || each === 'true') return true;
    if (each === false || each === 'false') return false;
    throw new PolicyError(`${where}: must be "true" (it is not there) or "false"`);
  });
}
