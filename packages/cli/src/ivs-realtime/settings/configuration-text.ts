/** The settings of a section; one with settings of its own below it, indented, holds these. */
export type Section = ReadonlyMap<string, string | ReadonlyMap<string, string>>;

/**
 * The sections of an AWS configuration or credentials file:
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
export function readSections(text: string): ReadonlyMap<string, Section> {
  const sections = new Map<string, Map<string, string | Map<string, string>>>();
  let section: Map<string, string | Map<string, string>> | undefined;
  let parent = '';
  for (const line of text.split(/\r?\n/)) {
    const content = line.trim();
    if (content === '' || /^[#;]/.test(content)) continue;
    const heading = /^\[(.*)\]/.exec(line)?.[1]?.trim();
    if (heading !== undefined) {
      section = sections.get(heading) ?? new Map();
      sections.set(heading, section);
      parent = '';
      continue;
    }
    const [name, value] = split(content);
    if (section === undefined) continue;
    if (/^\s/.test(line) && parent !== '') nested(section, parent).set(name, value);
    else {
      section.set(name, value);
      parent = value === '' ? name : '';
    }
  }
  return sections;
}

function split(content: string): [name: string, value: string] {
  const at = content.search(/[=:]/);
  if (at === -1) return [content.toLowerCase(), ''];
  return [content.slice(0, at).trim().toLowerCase(), content.slice(at + 1).trim()];
}

function nested(section: Map<string, string | Map<string, string>>, name: string): Map<string, string> {
  const present = section.get(name);
  if (present instanceof Map) return present;
  const made = new Map<string, string>();
  section.set(name, made);
  return made;
}
