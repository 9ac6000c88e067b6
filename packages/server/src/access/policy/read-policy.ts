import { arnParts, splitArn } from './arn-pattern.ts';
import { type Patterns, type Policy, PolicyError, type Statement } from './policy.ts';
import { readConditions } from './read-conditions.ts';
import { type Element, isObject, readTexts } from './read-element.ts';
import { findRepeatedName } from './repeated-name.ts';

/** Characters of a document, white space apart: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const longestPolicy = 6_144;
/** With white space; what is longer is not even parsed. */
const longestText = 65_536;

const versions = ['2012-10-17', '2008-10-17'];
const policyElements = ['Version', 'Id', 'Statement'];
const statementElements = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];
const ofResources = ['Principal', 'NotPrincipal'];

/** Reads a policy document, a JSON text. @throws PolicyError */
export function parsePolicy(json: string): Policy {
  if (json.length > longestText) throw new PolicyError(`The document is longer than ${longestText} characters`);
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch (error) {
    throw new PolicyError(`The document must be JSON: ${(error as Error).message}`);
  }
  const repeated = findRepeatedName(json);
  if (repeated !== undefined) throw new PolicyError(`'${repeated}' is there twice in one object`);
  return readPolicy(document);
}

/**
 * Reads a policy document of the form that IAM has for users:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 *
 * @throws PolicyError for what is wrong, and for what is right but not known here: nothing of a document is passed over
 */
export function readPolicy(document: unknown): Policy {
  if (!isObject(document)) throw new PolicyError('The document must be an object');
  const lengthCharacters = JSON.stringify(document).replace(/\s/g, '').length;
  if (lengthCharacters > longestPolicy) {
    throw new PolicyError(
      `The document has ${lengthCharacters} characters without white space, and may have ${longestPolicy}`,
    );
  }
  checkElements(document, policyElements, 'The document');
  const { Version, Id, Statement } = document;
  if (Version !== undefined && !versions.includes(String(Version))) {
    throw new PolicyError(`Version: must be ${versions.join(' or ')}, in quotes`);
  }
  if (Id !== undefined && typeof Id !== 'string') throw new PolicyError('Id: must be a text');
  const isList = Array.isArray(Statement);
  const list: readonly unknown[] = isList ? Statement : [Statement];
  if (Statement === undefined || list.length === 0) throw new PolicyError('Statement: must be there');
  const statements = list.map((each, index) => readStatement(each, isList ? `Statement[${index}]` : 'Statement'));
  const sids = statements.flatMap(({ sid }) => sid ?? []);
  const repeated = sids.find((sid, index) => sids.indexOf(sid) !== index);
  if (repeated !== undefined) throw new PolicyError(`Sid: two statements are called '${repeated}'`);
  return { statements };
}

function readStatement(statement: unknown, where: string): Statement {
  if (!isObject(statement)) throw new PolicyError(`${where}: must be an object`);
  const misplaced = ofResources.find((name) => name in statement);
  if (misplaced !== undefined) {
    throw new PolicyError(`${where}.${misplaced}: is for policies of resources; this one is for users`);
  }
  checkElements(statement, statementElements, where);
  const { Sid: sid, Effect: effect, Condition } = statement;
  if (sid !== undefined && !(typeof sid === 'string' && /^[A-Za-z0-9]{0,128}$/.test(sid))) {
    throw new PolicyError(`${where}.Sid: must be letters and digits`);
  }
  if (effect !== 'Allow' && effect !== 'Deny') throw new PolicyError(`${where}.Effect: must be Allow or Deny`);
  return {
    sid: sid || undefined,
    effect,
    actions: readPatterns(statement, 'Action', where, readAction),
    resources: readPatterns(statement, 'Resource', where, readResource),
    conditions: Condition === undefined ? [] : readConditions(Condition, `${where}.Condition`),
  };
}

function readPatterns(
  statement: Element,
  name: 'Action' | 'Resource',
  where: string,
  read: (text: string, where: string) => string,
): Patterns {
  const opposite = `Not${name}`;
  const except = opposite in statement;
  if (except === name in statement) throw new PolicyError(`${where}: must have ${name} or ${opposite}, one of the two`);
  const element = except ? opposite : name;
  return {
    except,
    patterns: readTexts(statement[element], `${where}.${element}`).map((text) => read(text, `${where}.${element}`)),
  };
}

function readAction(text: string, where: string): string {
  if (text !== '*' && !/^[a-z0-9-]+:[A-Za-z0-9*?]+$/i.test(text)) {
    throw new PolicyError(
      `${where}: '${text}' is no action; one is called as ivs:GetStage is, wildcards (* ?) after the colon`,
    );
  }
  return text.toLowerCase();
}

function readResource(text: string, where: string): string {
  const parts = splitArn(text);
  if (text !== '*' && (parts.length < arnParts || parts[0] !== 'arn')) {
    throw new PolicyError(`${where}: '${text}' is neither an ARN (arn:aws:ivs:REGION:ACCOUNT:TYPE/ID) nor *`);
  }
  return text;
}

function checkElements(object: Element, known: readonly string[], where: string): void {
  const unknown = Object.keys(object).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new PolicyError(`${where}: there is no element '${unknown}'; there are ${known.join(', ')}`);
  }
}
