import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface PageProps {
  readonly title: string;
  /** Where this page lies: links to those above it. */
  readonly above?: readonly (readonly [label: string, href: string])[];
  readonly lead?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** One view of the console. Its heading takes the focus when it appears, so that its name is read out. */
export function Page({ title, above = [], lead, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Proscenium`;
  }, [title]);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div class="page">
      <header class="page-head">
        <div>
          {above.length > 0 && (
            <nav class="above" aria-label="Above this page">
              {above.map(([label, href]) => (
                <a key={href} href={href}>
                  {label}
                </a>
              ))}
            </nav>
          )}
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <div class="lead">{lead}</div>}
        </div>
        {actions && <div class="actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page with a heading of its own. */
export function Section(props: {
  title: string;
  actions?: ComponentChildren;
  children: ComponentChildren;
  note?: string;
}) {
  const { title, actions, children, note } = props;
  return (
    <section class="section" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {note && <p class="quiet">{note}</p>}
        {actions && <div class="actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

/** What is said in the place of a list that has nothing in it. */
export function Nothing({ children }: { children: ComponentChildren }) {
  return <div class="nothing">{children}</div>;
}

/** Names and values, one below the other. */
export function Facts({ rows }: { rows: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {rows
        .filter(([, value]) => value !== undefined && value !== '' && value !== null)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
