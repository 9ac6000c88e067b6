import type { Shape } from '@proscenium/model';

/** The name of its type in manuals. */
export function typeName(shape: Shape): string {
  const names = {
    Object: 'structure',
    Array: 'list',
    Record: 'map',
    Enum: 'string',
    String: 'string',
    Boolean: 'boolean',
    Integer: 'integer',
    Number: 'float',
    Timestamp: 'timestamp',
  };
  return names[shape['~kind']];
}

/** Structures within more others than these have no shorthand in the manuals. */
const DEEPEST = 3;

/** How a parameter is written in shorthand; undefined where it is written otherwise, or too complex. */
export function shorthandSyntax(shape: Shape): string | undefined {
  const inner = shape['~kind'] === 'Array' ? shape.items : shape;
  if (inner['~kind'] !== 'Object' && inner['~kind'] !== 'Record') return undefined;
  const syntax = shorthand(inner, 0);
  return syntax && shape['~kind'] === 'Array' ? `${syntax} ...` : syntax;
}

function shorthand(shape: Shape, depth: number): string | undefined {
  if (depth > DEEPEST) return undefined;
  switch (shape['~kind']) {
    case 'Object': {
      const members = Object.entries(shape.properties).map(([name, member]) => {
        const value = shorthand(member, depth + 1);
        return value && `${name}=${value}`;
      });
      if (members.includes(undefined)) return undefined;
      return depth === 0 ? members.join(',') : `{${members.join(',')}}`;
    }
    case 'Array': {
      const item = shorthand(shape.items, depth + 1);
      const isNested = depth > 1 || ['Object', 'Array', 'Record'].includes(shape.items['~kind']);
      return item && (isNested ? `[${item},${item}]` : `${item},${item}`);
    }
    case 'Record': {
      const entries = 'KeyName1=string,KeyName2=string';
      return depth === 0 ? entries : `{${entries}}`;
    }
    default:
      return typeName(shape);
  }
}

/** How a parameter is written in JSON. */
export function jsonSyntax(shape: Shape, indent = ''): string {
  const inner = `${indent}  `;
  switch (shape['~kind']) {
    case 'Object': {
      const members = Object.entries(shape.properties).map(
        ([name, member]) => `${inner}"${name}": ${jsonSyntax(member, inner)}`,
      );
      return `{\n${members.join(',\n')}\n${indent}}`;
    }
    case 'Record':
      return `{"string": "string"\n${inner}...}`;
    case 'Array': {
      const item = jsonSyntax(shape.items, inner);
      return item.includes('\n') ? `[\n${inner}${item}\n${inner}...\n${indent}]` : `[${item}, ...]`;
    }
    case 'Enum':
      return shape.enum.map((value) => `"${value}"`).join('|');
    case 'Boolean':
      return 'true|false';
    case 'Integer':
    case 'Number':
      return typeName(shape);
    default:
      return `"${typeName(shape)}"`;
  }
}
