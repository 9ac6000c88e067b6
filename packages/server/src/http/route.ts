import { MissingAuthenticationTokenException, type OperationName, operationNames, operations } from '@proscenium/model';

/** The operation that a request line names, with what its path carries. */
export type Route = {
  operation: OperationName;
  /** Member of the request that travels in the path, still percent-encoded. */
  label?: { member: string; encoded: string };
};

const endingLabel = /\{([^{}]+)\}$/;

/** Method and path to operation, for paths without a label. */
const exact = new Map<string, OperationName>();
/** Those with one: the path up to the label, which takes everything that follows, slashes too. */
const labelled: { operation: OperationName; method: string; prefix: string; member: string }[] = [];
for (const operation of operationNames) {
  const { method, path } = operations[operation];
  const member = endingLabel.exec(path)?.[1];
  if (member === undefined) exact.set(`${method} ${path}`, operation);
  else labelled.push({ operation, method, prefix: path.replace(endingLabel, ''), member });
}

/** By method and path as Fastify writes it. */
const byRoute = new Map(operationNames.map((name) => [`${operations[name].method} ${routePath(name)}`, name]));

/** Every path of the API as Fastify writes it, with its methods. */
export function apiPaths(): ReadonlyMap<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const name of operationNames) {
    const url = routePath(name);
    paths.set(url, [...(paths.get(url) ?? []), operations[name].method]);
  }
  return paths;
}

/** The operation of a route of {@link apiPaths}; undefined for any other route. */
export function operationOfRoute(method: string, url: string): OperationName | undefined {
  return byRoute.get(`${method} ${url}`);
}

function routePath(operation: OperationName): string {
  return operations[operation].path.replace(endingLabel, '*');
}

/**
 * @param path as it came: an operation's path is compared letter by letter, undecoded
 * @throws MissingAuthenticationTokenException when nothing is there, as the API's gateway says it
 */
export function findRoute(method: string, path: string): Route {
  const operation = exact.get(`${method} ${path}`);
  if (operation !== undefined) return { operation };
  const found = labelled.find((each) => each.method === method && path.startsWith(each.prefix));
  const encoded = path.slice(found?.prefix.length);
  if (found === undefined || encoded === '') throw new MissingAuthenticationTokenException();
  return { operation: found.operation, label: { member: found.member, encoded } };
}
