import type { OperationName, RequestOf, ResponseOf, Scope } from '@proscenium/model';

/** What a handler knows of a call besides its request. */
export type Call = {
  scope: Scope;
  requestId: string;
  /** ARN of the caller. */
  principalArn: string;
};

export type Handler<Name extends OperationName> = (request: RequestOf<Name>, call: Call) => Promise<ResponseOf<Name>>;

/** The operations that the server has; a call to any other is answered with `NotImplementedException`. */
export type Handlers = { [Name in OperationName]?: Handler<Name> };
