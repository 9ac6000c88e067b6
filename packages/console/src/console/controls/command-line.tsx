import { CopyButton } from './copy-button.tsx';
import { Verbatim } from './verbatim.tsx';

interface CommandLineProps {
  readonly command: string;
  /** @default `AWS CLI command` */
  readonly title?: string | undefined;
}

/** The same call as a command, for people who go on in a shell. */
export function CommandLine({ command, title = 'AWS CLI command' }: CommandLineProps) {
  return (
    <details class="command">
      <summary>{title}</summary>
      <div>
        <Verbatim text={command} />
        <CopyButton text={command} />
      </div>
    </details>
  );
}
