import { useState } from 'preact/hooks';
import { useAnswer } from '../api/use-answer.ts';
import { ActionForm } from '../controls/action-form.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { Facts, Nothing, Page, Section } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Verbatim } from '../controls/verbatim.tsx';
import { useSession } from '../session.ts';
import { hrefOf } from '../shell/route.ts';
import { Access, accessCommand, onTheServer } from './access.ts';
import { originOf } from './policies-page.tsx';
import { PolicyForm } from './policy-form.tsx';

/** A policy: its document, who has it, and its end. */
export function PolicyPage({ name }: { name: string }) {
  const { api, facts } = useSession();
  const access = new Access(api);
  const { data, error, reload } = useAnswer(() => access.policies(), [api]);
  const [isDeleting, setDeleting] = useState(false);
  const policy = data?.find((each) => each.name === name);
  const isOwn = policy && !policy.managed && !policy.configured;
  const document = JSON.stringify(policy?.document, undefined, 2);
  return (
    <Page
      title={name}
      above={[['Policies', hrefOf('policies')]]}
      actions={
        isOwn && (
          <button type="button" class="button danger" onClick={() => setDeleting(true)}>
            Delete…
          </button>
        )
      }
    >
      <Problem error={error} />
      {data && !policy && <Nothing>The account {facts.account} has no policy of this name.</Nothing>}
      {policy && (
        <>
          <Facts
            rows={[
              ['Set by', originOf(policy)],
              [
                'Users',
                policy.users.length === 0
                  ? 'none'
                  : policy.users.flatMap((user, index) => [
                      index > 0 && ', ',
                      <a key={user} href={hrefOf('users', user)}>
                        {user}
                      </a>,
                    ]),
              ],
            ]}
          />
          <Section title="Document">
            {isOwn ? (
              <PolicyForm key={document} name={name} document={document} action="Save" onDone={reload} />
            ) : (
              <Verbatim text={document} />
            )}
          </Section>
        </>
      )}
      {isDeleting && (
        <Dialog title={`Delete ${name}`} onClose={() => setDeleting(false)}>
          <ActionForm
            submit={async () => {
              await access.deletePolicy(name);
              location.hash = hrefOf('policies');
            }}
            command={accessCommand('policy', 'delete', name)}
            commandTitle={onTheServer}
            action="Delete the policy"
            danger
            onCancel={() => setDeleting(false)}
          >
            <p>It must be taken away from its users first. This cannot be undone.</p>
          </ActionForm>
        </Dialog>
      )}
    </Page>
  );
}
