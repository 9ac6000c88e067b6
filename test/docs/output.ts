/**
 * Whether a page shows what was printed: all of it or a part, where `…` stands for anything, and white space for any
 * other white space.
 */
export function shows(shown: string, printed: string): boolean {
  const pattern = shown
    .trim()
    .split('…')
    .map((part) => part.split(/\s+/).map(escapeExpression).join('\\s+'))
    .join('[\\s\\S]*?');
  return new RegExp(pattern).test(printed);
}

function escapeExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
