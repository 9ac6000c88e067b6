import { pythonText } from '../json/python-text.ts';
import type { Json } from '../json/value.ts';
import { callFunction } from './functions.ts';
import {
  both,
  type Comparison,
  chain,
  compare,
  either,
  field,
  filterProjection,
  flatten,
  identity,
  index,
  multiSelectHash,
  multiSelectList,
  type Node,
  node,
  not,
  projection,
  Reference,
  slice,
  valueProjection,
} from './node.ts';
import { incomplete, QueryError } from './query-error.ts';
import { type Token, type TokenType, tokenize } from './tokens.ts';

/**
 * Compiles a JMESPath expression (https://jmespath.org/specification.html) to what it makes of a value.
 *
 * @throws QueryError, both here and from what it returns
 */
export function compileQuery(expression: string): (value: Json) => Json {
  const compiled = new QueryParser(expression).parse();
  return (value) => compiled.evaluate(value);
}

/** How strongly a token binds what stands before it. */
const BINDING: Readonly<Partial<Record<TokenType, number>>> = {
  pipe: 1,
  or: 2,
  and: 3,
  eq: 5,
  gt: 5,
  lt: 5,
  gte: 5,
  lte: 5,
  ne: 5,
  flatten: 9,
  star: 20,
  filter: 21,
  dot: 40,
  not: 45,
  lbrace: 50,
  lbracket: 55,
  lparen: 60,
};

/** What binds less ends a projection. */
const PROJECTION_STOP = 10;

/** Deeper than any that somebody writes. */
const MAXIMUM_DEPTH = 200;

class QueryParser {
  readonly #expression: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(expression: string) {
    this.#expression = expression;
    this.#tokens = tokenize(expression);
  }

  parse(): Node {
    const parsed = this.#parse(0);
    const next = this.#peek();
    if (next.type !== 'eof') this.#fail(next, `Unexpected token: ${pythonText(next.value)}`);
    return parsed;
  }

  #parse(binding: number): Node {
    if (this.#depth === MAXIMUM_DEPTH) throw new QueryError('The expression is nested too deeply');
    this.#depth += 1;
    let left = this.#beginning(this.#take());
    while (binding < bindingOf(this.#peek())) left = this.#continuation(left, this.#take());
    this.#depth -= 1;
    return left;
  }

  #beginning(token: Token): Node {
    switch (token.type) {
      case 'literal':
        return node(() => token.value);
      case 'unquoted_identifier':
        return field(String(token.value));
      case 'quoted_identifier':
        if (this.#peek().type === 'lparen') {
          this.#fail({ ...this.#peek(), start: 0 }, 'Quoted identifier not allowed for function names.');
        }
        return field(String(token.value));
      case 'star':
        return valueProjection(identity, this.#peek().type === 'rbracket' ? identity : this.#projected('star'));
      case 'filter':
        return this.#filter(identity);
      case 'lbrace':
        return this.#hash();
      case 'lparen': {
        const inner = this.#parse(0);
        this.#expect('rparen');
        return inner;
      }
      case 'flatten':
        return projection(flatten(identity), this.#projected('flatten'));
      case 'not':
        return not(this.#parse(bindingOf(token)));
      case 'lbracket':
        return this.#bracketAtBeginning();
      case 'current':
        return identity;
      case 'expref': {
        const { evaluate } = this.#parse(bindingOf(token));
        return { kind: 'other', evaluate: () => null, reference: new Reference(evaluate) };
      }
      case 'eof':
        throw incomplete(this.#expression);
      default:
        return this.#fail(token, 'invalid token');
    }
  }

  #continuation(left: Node, token: Token): Node {
    switch (token.type) {
      case 'dot':
        if (this.#peek().type !== 'star') return chain(left, this.#afterDot(bindingOf(token)));
        this.#take();
        return valueProjection(left, this.#projected('dot'));
      case 'pipe':
        return chain(left, this.#parse(bindingOf(token)));
      case 'or':
        return either(left, this.#parse(bindingOf(token)));
      case 'and':
        return both(left, this.#parse(bindingOf(token)));
      case 'eq':
      case 'ne':
      case 'lt':
      case 'lte':
      case 'gt':
      case 'gte':
        return compare(token.type satisfies Comparison, left, this.#parse(bindingOf(token)));
      case 'lparen':
        return this.#call(left);
      case 'filter':
        return this.#filter(left);
      case 'flatten':
        return projection(flatten(left), this.#projected('flatten'));
      case 'lbracket':
        return this.#bracketAfter(left);
      default:
        return this.#fail(token, 'invalid token');
    }
  }

  #bracketAtBeginning(): Node {
    const { type } = this.#peek();
    if (type === 'number' || type === 'colon') return this.#projectSlice(identity, this.#indexOrSlice());
    if (type === 'star' && this.#peek(1).type === 'rbracket') {
      this.#at += 2;
      return projection(identity, this.#projected('star'));
    }
    return this.#list();
  }

  #bracketAfter(left: Node): Node {
    const { type } = this.#peek();
    if (type === 'number' || type === 'colon') {
      const right = this.#indexOrSlice();
      // After an index a slice does not project: so it is in Python's library.
      return left.kind === 'indexed' ? chain(left, right, 'indexed') : this.#projectSlice(left, right);
    }
    this.#expect('star');
    this.#expect('rbracket');
    return projection(left, this.#projected('star'));
  }

  #projectSlice(left: Node, right: Node): Node {
    const reached = chain(left, right, 'indexed');
    return right.kind === 'slice' ? projection(reached, this.#projected('star')) : reached;
  }

  #indexOrSlice(): Node {
    if (this.#peek().type !== 'colon' && this.#peek(1).type !== 'colon') {
      const position = Number(this.#take().value);
      this.#expect('rbracket');
      return index(position);
    }
    const parts: [number | null, number | null, number | null] = [null, null, null];
    let part = 0;
    while (this.#peek().type !== 'rbracket') {
      const token = this.#peek();
      if (token.type === 'colon') part += 1;
      else if (token.type === 'number') parts[part] = Number(token.value);
      if (part === 3 || (token.type !== 'colon' && token.type !== 'number')) this.#fail(token, 'syntax error');
      this.#take();
    }
    this.#expect('rbracket');
    return slice(...parts);
  }

  #projected(after: TokenType): Node {
    const next = this.#peek();
    const binding = BINDING[after] ?? 0;
    if (bindingOf(next) < PROJECTION_STOP) return identity;
    if (next.type === 'lbracket' || next.type === 'filter') return this.#parse(binding);
    if (next.type !== 'dot') this.#fail(next, 'syntax error');
    this.#take();
    return this.#afterDot(binding);
  }

  #afterDot(binding: number): Node {
    const next = this.#peek();
    switch (next.type) {
      case 'quoted_identifier':
      case 'unquoted_identifier':
      case 'star':
        return this.#parse(binding);
      case 'lbracket':
        this.#take();
        return this.#list();
      case 'lbrace':
        this.#take();
        return this.#hash();
      default: {
        const allowed = pythonText(['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace']);
        return this.#fail(next, `Expecting: ${allowed}, got: ${next.type}`);
      }
    }
  }

  #filter(left: Node): Node {
    const condition = this.#parse(0);
    this.#expect('rbracket');
    const right = this.#peek().type === 'flatten' ? identity : this.#projected('filter');
    return filterProjection(left, condition, right);
  }

  #list(): Node {
    const items = [this.#parse(0)];
    while (this.#peek().type !== 'rbracket') {
      this.#expect('comma');
      items.push(this.#parse(0));
    }
    this.#take();
    return multiSelectList(items);
  }

  #hash(): Node {
    const members: [string, Node][] = [];
    for (;;) {
      const name = this.#take();
      if (name.type !== 'quoted_identifier' && name.type !== 'unquoted_identifier') {
        this.#unexpected(name, pythonText(['quoted_identifier', 'unquoted_identifier']));
      }
      this.#expect('colon');
      members.push([String(name.value), this.#parse(0)]);
      const { type } = this.#peek();
      if (type === 'comma' || type === 'rbrace') this.#take();
      if (type === 'rbrace') return multiSelectHash(members);
    }
  }

  #call({ kind, name }: Node): Node {
    if (kind !== 'field' || name === undefined) {
      const before = this.#peek(-2);
      return this.#fail(before, `Invalid function name '${pythonText(before.value)}'`);
    }
    const parameters: Node[] = [];
    while (this.#peek().type !== 'rparen') {
      parameters.push(this.#parse(0));
      if (this.#peek().type === 'comma') this.#take();
    }
    this.#take();
    return node((value) =>
      callFunction(
        name,
        parameters.map(({ reference, evaluate }) => reference ?? evaluate(value)),
      ),
    );
  }

  #peek(ahead = 0): Token {
    return this.#tokens[this.#at + ahead] ?? { type: 'eof', value: '', start: this.#tokens.length };
  }

  #take(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #expect(type: TokenType): void {
    const token = this.#take();
    if (token.type !== type) this.#unexpected(token, type);
  }

  #unexpected(token: Token, expected: string): never {
    if (token.type === 'eof') throw incomplete(this.#expression);
    return this.#fail(token, `Expecting: ${expected}, got: ${token.type}`);
  }

  #fail({ type, value, start }: Token, what: string): never {
    const place = `column ${start}, token "${pythonText(value)}" (${type.toUpperCase()})`;
    throw new QueryError(
      `${what}: Parse error at ${place}, for expression:\n"${this.#expression}"\n${' '.repeat(start + 1)}^`,
    );
  }
}

function bindingOf({ type }: Token): number {
  return BINDING[type] ?? 0;
}
