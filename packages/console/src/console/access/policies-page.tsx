import { useState } from 'preact/hooks';
import { useAnswer } from '../api/use-answer.ts';
import { Dialog } from '../controls/dialog.tsx';
import { Page } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Table } from '../controls/table.tsx';
import { useSession } from '../session.ts';
import { hrefOf } from '../shell/route.ts';
import { Access, type Policy } from './access.ts';
import { PolicyForm } from './policy-form.tsx';

const start = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['ivs:CreateParticipantToken'], Resource: '*' }],
};

/** Policies of the account, with those that every account has. */
export function PoliciesPage() {
  const { api } = useSession();
  const { data, error } = useAnswer(() => new Access(api).policies(), [api]);
  const [isMaking, setMaking] = useState(false);
  return (
    <Page
      title="Policies"
      lead={<p>Documents in the form of IAM, which say what users may do.</p>}
      actions={
        <button type="button" class="button primary" onClick={() => setMaking(true)}>
          New policy
        </button>
      }
    >
      <Problem error={error} />
      {data && (
        <Table
          label="Policies"
          rows={data}
          keyOf={({ name }) => name}
          columns={[
            {
              title: 'Name',
              cell: ({ name }) => (
                <a class="strong" href={hrefOf('policies', name)}>
                  {name}
                </a>
              ),
            },
            { title: 'Set by', cell: originOf },
            {
              title: 'Users',
              cell: ({ users }) => users.join(', ') || <span class="quiet">none</span>,
            },
          ]}
        />
      )}
      {isMaking && (
        <Dialog title="New policy" onClose={() => setMaking(false)} wide>
          <PolicyForm
            document={JSON.stringify(start, undefined, 2)}
            action="Make the policy"
            onCancel={() => setMaking(false)}
            onDone={(name) => {
              location.hash = hrefOf('policies', name);
            }}
          />
        </Dialog>
      )}
    </Page>
  );
}

/** In a word. */
export function originOf({ managed, configured }: Pick<Policy, 'managed' | 'configured'>): string {
  if (managed) return 'the server, for every account';
  return configured ? 'configuration' : 'administrators';
}
