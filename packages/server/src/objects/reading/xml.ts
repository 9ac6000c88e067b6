/** An element's content: text, elements by name, several of one name, or nothing. */
export type XmlContent = string | number | boolean | undefined | { readonly [name: string]: XmlContent | XmlContent[] };

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A document in the form of S3's answers. What is undefined is left out. */
export function xmlDocument(name: string, content: XmlContent, { isError = false } = {}): string {
  const attributes = isError ? '' : ` xmlns="${namespace}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name}${attributes}>${write(content)}</${name}>`;
}

function write(content: XmlContent): string {
  if (typeof content !== 'object') return content === undefined ? '' : escapeText(String(content));
  return Object.entries(content)
    .flatMap(([name, each]) => (Array.isArray(each) ? each : [each]).map((item) => [name, item] as const))
    .map(([name, item]) => (item === undefined ? '' : `<${name}>${write(item)}</${name}>`))
    .join('');
}

/** Control characters are no part of XML 1.0; S3 writes them so, and asks for `encoding-type` where that is too little. */
function escapeText(text: string): string {
  return text.replace(/[&<>"\p{Cc}]/gu, (character) => `&#x${character.codePointAt(0)?.toString(16)};`);
}
