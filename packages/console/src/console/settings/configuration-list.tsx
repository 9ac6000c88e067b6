import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Copyable } from '../controls/copy-button.tsx';
import { Nothing, Page } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { type Column, Table } from '../controls/table.tsx';
import { DeleteConfiguration, type DeleteOperation } from './delete-configuration.tsx';

/** What all configurations have. */
export interface Configuration {
  readonly arn?: string;
  readonly name?: string;
}

interface ConfigurationListProps<Item extends Configuration> {
  readonly title: string;
  /** What one of them is for. */
  readonly purpose: string;
  /** Words on the button that makes one. */
  readonly make: string;
  readonly ask: () => Promise<readonly Item[]>;
  readonly columns: readonly Column<Item>[];
  readonly remove: DeleteOperation;
  /** Where a name leads; left out: to its details. */
  readonly hrefOf?: (id: string) => string;
  readonly details?: (item: Item, onClose: () => void) => ComponentChildren;
  readonly form: (onClose: () => void) => ComponentChildren;
  /** Stands below the list. */
  readonly children?: ComponentChildren;
}

/** Configurations of one kind: those that there are, a way to make one and a way to delete one. */
export function ConfigurationList<Item extends Configuration>(props: ConfigurationListProps<Item>) {
  const { title, purpose, make, ask, columns, remove, hrefOf, details, form, children } = props;
  const { data, error, reload } = useAnswer(ask, []);
  const [isMaking, setMaking] = useState(false);
  const [removed, setRemoved] = useState<Item>();
  const [looked, setLooked] = useState<Item>();
  const close = () => {
    setMaking(false);
    setRemoved(undefined);
    reload();
  };
  return (
    <Page
      title={title}
      lead={<p>{purpose}</p>}
      actions={
        <button type="button" class="button primary" onClick={() => setMaking(true)}>
          {make}
        </button>
      }
    >
      <Problem error={error} />
      {data?.length === 0 && <Nothing>There is none yet.</Nothing>}
      {data && data.length > 0 && (
        <Table
          label={title}
          rows={data}
          keyOf={({ arn = '' }) => arn}
          columns={[
            {
              title: 'Name',
              cell: (item) =>
                hrefOf ? (
                  <a class="strong" href={hrefOf(idOf(item.arn ?? ''))}>
                    {item.name || 'Without a name'}
                  </a>
                ) : (
                  <button type="button" class="link strong" onClick={() => setLooked(item)}>
                    {item.name || 'Without a name'}
                  </button>
                ),
            },
            ...columns,
            { title: 'Id', cell: ({ arn = '' }) => <Copyable text={idOf(arn)} label="id" /> },
            {
              title: 'Actions',
              end: true,
              cell: (item) => (
                <button
                  type="button"
                  class="button small"
                  aria-label={`Delete ${nameOf(item)}`}
                  onClick={() => setRemoved(item)}
                >
                  Delete
                </button>
              ),
            },
          ]}
        />
      )}
      {children}
      {isMaking && form(close)}
      {looked && details?.(looked, () => setLooked(undefined))}
      {removed && (
        <DeleteConfiguration
          operation={remove}
          arn={removed.arn ?? ''}
          name={nameOf(removed)}
          onClose={close}
          onDone={close}
        />
      )}
    </Page>
  );
}

/** Its own, or its id. */
export function nameOf({ arn = '', name }: Configuration): string {
  return name || idOf(arn);
}
