const lineWidth = 100;

/** JSON for people: what fits on a line stands on one. */
export function readableJson(value: unknown, indent = ''): string {
  const line = onOneLine(value);
  if (indent.length + line.length <= lineWidth || typeof value !== 'object' || value === null) return line;
  const [opening, closing] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const more = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((item) => readableJson(item, more))
    : Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${readableJson(member, more)}`);
  return `${opening}\n${parts.map((part) => more + part).join(',\n')}\n${indent}${closing}`;
}

function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${onOneLine(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
