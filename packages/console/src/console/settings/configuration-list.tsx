import type { OperationName } from '@proscenium/model';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CallForm } from '../controls/call-form.tsx';
import { Copyable } from '../controls/copy-button.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { Nothing, Page } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { type Column, Table } from '../controls/table.tsx';

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
  readonly remove: Extract<OperationName, `Delete${string}`>;
  /** Where a name leads; left out: nowhere. */
  readonly hrefOf?: (id: string) => string;
  readonly form: (onClose: () => void) => ComponentChildren;
}

/** Configurations of one kind: those that there are, a way to make one and a way to delete one. */
export function ConfigurationList<Item extends Configuration>(props: ConfigurationListProps<Item>) {
  const { title, purpose, make, ask, columns, remove, hrefOf, form } = props;
  const { data, error, reload } = useAnswer(ask, []);
  const [isMaking, setMaking] = useState(false);
  const [removed, setRemoved] = useState<Item>();
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
              cell: ({ name, arn = '' }) =>
                hrefOf ? (
                  <a class="strong" href={hrefOf(idOf(arn))}>
                    {name || 'Without a name'}
                  </a>
                ) : (
                  <strong>{name || 'Without a name'}</strong>
                ),
            },
            ...columns,
            { title: 'ARN', cell: ({ arn = '' }) => <Copyable text={idOf(arn)} label="id" /> },
            {
              title: 'Actions',
              end: true,
              cell: (item) => (
                <button
                  type="button"
                  class="button small"
                  aria-label={`Delete ${item.name || idOf(item.arn ?? '')}`}
                  onClick={() => setRemoved(item)}
                >
                  Delete
                </button>
              ),
            },
          ]}
        />
      )}
      {isMaking && form(close)}
      {removed && (
        <Dialog title={`Delete ${removed.name || idOf(removed.arn ?? '')}`} onClose={close}>
          <CallForm
            operation={remove}
            input={{ arn: removed.arn ?? '' }}
            action="Delete"
            danger
            onCancel={close}
            onDone={close}
          >
            <p>This cannot be undone. What uses it now must let it go first.</p>
          </CallForm>
        </Dialog>
      )}
    </Page>
  );
}
