import { CopyButton } from './copy-button.tsx';

/** The same call as a command, for people who go on in a shell. */
export function CommandLine({ command }: { command: string }) {
  return (
    <details class="command">
      <summary>AWS CLI command</summary>
      <div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
        <pre tabIndex={0}>{command}</pre>
        <CopyButton text={command} />
      </div>
    </details>
  );
}
