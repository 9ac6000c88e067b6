/** Text as it is, with its line breaks. */
export function Verbatim({ text }: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <pre class="verbatim" tabIndex={0}>
      {text}
    </pre>
  );
}
