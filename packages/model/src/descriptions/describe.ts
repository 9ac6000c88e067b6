/**
 * What operations and shapes are for, in words. Only the generator of the reference (docs/reference) loads them, so they
 * are apart from the shapes, and their types demand a text for every member.
 */
import type { TObject, TProperties } from 'typebox';
import type { OperationName, operations, RequestOf, ResponseOf } from '../operations.ts';
import type { EnumerationShape, Shape } from '../schema.ts';
import type { headerMembers } from '../shapes/headers.ts';

/** Markdown in one paragraph; with what counts when a member is left out, where that is a certain value. */
export type MemberDescription = string | { meaning: string; default: string };

type Members<Properties> = { [Name in keyof Properties]: MemberDescription };
type Request<Name extends OperationName> = (typeof operations)[Name]['request']['properties'];
type Response<Name extends OperationName> = (typeof operations)[Name]['response']['properties'];

type DescribedOperation<Name extends OperationName> = {
  /** What it does, in one sentence. */
  summary: string;
  /** What is good to know besides, a sentence or two each. */
  notes?: readonly string[];
  request: Members<Request<Name>>;
  /** The members of the body. */
  response: Members<Omit<Response<Name>, keyof typeof headerMembers>>;
  example: { request: RequestOf<Name>; response: ResponseOf<Name> };
};

export type OperationDescription = {
  name: OperationName;
  summary: string;
  notes: readonly string[];
  request: Record<string, MemberDescription>;
  response: Record<string, MemberDescription>;
  example: { request: object; response: object };
};

export type StructureDescription = {
  name: string;
  shape: Shape;
  about: string;
  members: Record<string, MemberDescription>;
};

export type EnumerationDescription = {
  name: string;
  shape: EnumerationShape;
  about: string;
  values: Record<string, string>;
};

/** A text, number, list or map that has a name. */
export type SimpleDescription = { name: string; shape: Shape; about: string };

/** Operations about one kind of thing: a page of the reference. */
export type ResourceDescription = {
  /** File name without its ending. */
  page: string;
  title: string;
  about: string;
  operations: readonly OperationDescription[];
};

export function describeOperation<Name extends OperationName>(
  name: Name,
  { notes = [], ...description }: DescribedOperation<Name>,
): OperationDescription {
  return { name, notes, ...description };
}

export function describeStructure<Properties extends TProperties>(
  name: string,
  shape: TObject<Properties>,
  about: string,
  members: Members<Properties>,
): StructureDescription {
  return { name, shape: shape as unknown as Shape, about, members };
}

export function describeEnumeration<Values extends string[]>(
  name: string,
  shape: EnumerationShape<Values>,
  about: string,
  values: Record<Values[number], string>,
): EnumerationDescription {
  return { name, shape: shape as unknown as EnumerationShape, about, values };
}
