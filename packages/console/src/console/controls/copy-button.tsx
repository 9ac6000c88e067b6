import { useEffect, useState } from 'preact/hooks';

const confirmationMs = 1_500;

/** Copies a text, and says so. */
export function CopyButton({ text, label = 'Copy', quiet = false }: { text: string; label?: string; quiet?: boolean }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), confirmationMs);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <button
      type="button"
      class={quiet ? 'copy' : 'button small'}
      aria-label={quiet ? `${isCopied ? 'Copied' : 'Copy'}: ${label}` : undefined}
      title={quiet ? 'Copy' : undefined}
      onClick={async () => setCopied(await copy(text))}
    >
      {quiet ? <CopyIcon isDone={isCopied} /> : isCopied ? 'Copied' : label}
    </button>
  );
}

/** An id or address in type of equal widths, with a button that copies it. */
export function Copyable({ text, label, shown = text }: { text: string; label: string; shown?: string | undefined }) {
  return (
    <span class="copyable">
      <code title={shown}>{shown}</code>
      <CopyButton text={text} label={label} quiet />
    </span>
  );
}

function CopyIcon({ isDone }: { isDone: boolean }) {
  return (
    <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" class={isDone ? 'done' : ''}>
      {isDone ? (
        <path d="M3 8.5l3.2 3.2L13 4.8" fill="none" stroke="currentColor" stroke-width="1.8" />
      ) : (
        <path
          d="M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8z"
          fill="none"
          stroke="currentColor"
          stroke-width="1.3"
          stroke-linejoin="round"
        />
      )}
    </svg>
  );
}

/** @returns whether it is done */
async function copy(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed: the older way may be.
    }
  }
  // Pages that came by http from another machine have no clipboard.
  const area = Object.assign(document.createElement('textarea'), { value: text, readOnly: true });
  area.className = 'visually-hidden';
  const parent = document.querySelector('dialog[open]') ?? document.body;
  parent.append(area);
  area.select();
  const isDone = document.execCommand('copy');
  area.remove();
  return isDone;
}
