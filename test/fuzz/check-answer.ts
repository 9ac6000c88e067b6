import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import {
  type ErrorName,
  errorNames,
  type ModelledErrorName,
  type Operation,
  type OperationName,
  operations,
  responseFaults,
  ServiceError,
} from '@proscenium/model';
import type { RequestCase } from './request-case.ts';

export type Answer = { status: number; headers: IncomingHttpHeaders; body: string };

/** What came of a request: the error's name, or that it was accepted. */
export type Outcome = ErrorName | 'accepted';

const fixedHeaders = {
  'access-control-allow-origin': '*',
  'cache-control': 'no-store, no-cache',
  'content-security-policy': "default-src 'self'; upgrade-insecure-requests;",
  'strict-transport-security': 'max-age:47304000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/**
 * @param sent the body of the request
 * @throws AssertionError when the answer is not one that the request may get
 */
export function checkAnswer(request: RequestCase, sent: string, answer: Answer): Outcome {
  checkHeaders(answer);
  if (answer.status === operations[request.operation].status) {
    assert.equal(request.errors, undefined, 'was accepted');
    checkAccepted(request.operation, sent, answer);
    return 'accepted';
  }
  const name = checkError(answer);
  checkRefusal(request, name, JSON.parse(answer.body).message);
  return name;
}

function checkHeaders({ headers }: Answer): void {
  for (const [name, value] of Object.entries(fixedHeaders)) assert.equal(headers[name], value);
  assert.match(String(headers['x-amzn-requestid']), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.ok(String(headers['access-control-expose-headers']).includes('x-amzn-errortype'));
  assert.ok(Math.abs(Date.parse(String(headers.date)) - Date.now()) < 60_000, 'the server tells another time');
}

function checkAccepted(operation: OperationName, sent: string, { headers, body }: Answer): void {
  assert.equal(headers['x-amzn-errortype'], undefined);
  const answered = body === '' ? undefined : JSON.parse(body);
  assert.deepEqual(responseFaults(operation, answered), []);
  if (answered === undefined) return;
  assert.equal(headers['content-type'], 'application/json');
  checkEcho(operation, sent === '' ? {} : JSON.parse(sent), answered);
}

/** Texts and maps that were set come back character by character in the resource that has them; an empty map need not. */
function checkEcho(operation: OperationName, sent: Record<string, unknown>, answered: Record<string, unknown>): void {
  const { request, response }: Operation = operations[operation];
  for (const [name, resource] of Object.entries(answered)) {
    const shape = response.properties[name];
    if (shape?.['~kind'] !== 'Object') continue;
    for (const [member, value] of Object.entries(sent)) {
      const kind = request.properties[member]?.['~kind'];
      const isEchoed = (kind === 'String' || kind === 'Record') && member in shape.properties && value !== null;
      if (!isEchoed) continue;
      const echo = Reflect.get(Object(resource), member) ?? (kind === 'Record' ? {} : undefined);
      assert.deepEqual(echo, value, `another ${member} came back`);
    }
  }
}

/** An error of the catalogue, in its form. */
function checkError({ status, headers, body }: Answer): ErrorName {
  const name = errorNames.find((each) => each === headers['x-amzn-errortype']);
  assert.ok(name !== undefined, `unknown error ${headers['x-amzn-errortype']}`);
  const error = new ServiceError(name, '');
  assert.equal(status, error.status);
  assert.ok(status < 500, 'the server failed');
  assert.equal(headers['content-type'], 'application/json');
  const { message, ...rest } = JSON.parse(body);
  assert.ok(typeof message === 'string' && message !== '');
  assert.deepEqual(rest, error.modelled ? { exceptionMessage: message } : {});
  return name;
}

/** One of the errors that are due; or, of a request whose shape is right, one that the operation has. */
function checkRefusal({ operation, errors, member }: RequestCase, name: ErrorName, message: string): void {
  const { errors: modelled }: Operation = operations[operation];
  assert.ok((errors ?? modelled).includes(name as ModelledErrorName), `is answered with ${name}: ${message}`);
  const isAboutShape = /^\d+ validation errors? detected: /.test(message);
  if (errors === undefined) assert.ok(!isAboutShape, message);
  else if (name === 'ValidationException') assert.ok(isAboutShape, message);
  if (member !== undefined) assert.ok(message.includes(`'${member}`), `does not name ${member}: ${message}`);
}
