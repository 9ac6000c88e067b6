import type { ModelledErrorName } from './errors.ts';
import type { StructureShape } from './schema.ts';

/** Which of the two APIs has it. They share host, signatures and ARNs, and the operations of tags: those count as real-time. */
export type Service = 'ivs-realtime' | 'ivs';

export interface Operation<
  Name extends string = string,
  Request extends StructureShape = StructureShape,
  Response extends StructureShape = StructureShape,
> {
  readonly name: Name;
  readonly service: Service;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** URI template; `{member}` stands for the percent-encoded member of that name. */
  readonly path: string;
  /** HTTP status of an answer that is no error. */
  readonly status: 200 | 204;
  /** Year-month or full date at which the real service got the operation. */
  readonly since: string;
  readonly request: Request;
  readonly response: Response;
  /** The modelled errors that the operation may answer with. */
  readonly errors: readonly ModelledErrorName[];
  readonly pagination?: Pagination;
}

export interface Pagination {
  /** The response member that holds the page. */
  readonly items: string;
  /** Largest `maxResults`. */
  readonly maximum: number;
  /** Page size when the request has no `maxResults`. */
  readonly default: number;
}

type Definition<Request, Response> = Omit<
  Operation,
  'name' | 'service' | 'method' | 'path' | 'status' | 'request' | 'response'
> &
  Partial<Pick<Operation, 'service' | 'method' | 'path' | 'status'>> & { request: Request; response: Response };

/** An operation. Unless the definition says otherwise it is of the real-time API, and a POST to a path that is its name. */
export function operation<const Name extends string, Request extends StructureShape, Response extends StructureShape>(
  name: Name,
  definition: Definition<Request, Response>,
): Operation<Name, Request, Response> {
  return { name, service: 'ivs-realtime', method: 'POST', path: `/${name}`, status: 200, ...definition };
}
