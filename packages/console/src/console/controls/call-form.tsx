import type { OperationName, RequestOf, ResponseOf } from '@proscenium/model';
import type { Wire } from '../api/api.ts';
import { withoutBlanks } from '../api/aws-command.ts';
import { useSession } from '../session.ts';
import { ActionForm, type ActionFormProps } from './action-form.tsx';

interface CallFormProps<Name extends OperationName> extends Omit<ActionFormProps, 'submit' | 'command'> {
  readonly operation: Name;
  /** What the fields say now; what is blank is left out. */
  readonly input: RequestOf<Name>;
  /** Whether a blank field takes away what was there. @default false: it is left out */
  readonly keepsBlanks?: boolean;
  readonly onDone: (answer: Wire<ResponseOf<Name>>) => void;
}

/** A form that makes one call of the API, and shows the same call as a command. */
export function CallForm<Name extends OperationName>(props: CallFormProps<Name>) {
  const { operation, input: given, keepsBlanks, onDone, ...rest } = props;
  const { api } = useSession();
  const input = keepsBlanks ? given : withoutBlanks(given);
  return (
    <ActionForm
      {...rest}
      submit={async () => onDone(await api.call(operation, input))}
      command={api.command(operation, input)}
    />
  );
}
