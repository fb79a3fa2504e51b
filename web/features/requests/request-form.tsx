import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import { useRef, useState } from 'react';
import type { CreateRequestBody, EligibleTargetView } from '../../../api/contract.ts';
import { limits } from '../../../api/limits.ts';
import { formatDuration } from '../../lib/format.ts';
import type { Problem } from '../../lib/problem.ts';
import { fieldError } from '../../ui/evidence.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { DurationField, defaultDuration } from './duration-field.tsx';
import { checkForm, type FormErrors } from './request-form-check.ts';
import { TargetField } from './target-field.tsx';

interface RequestFormProps {
  running: boolean;
  /** why the last attempt was refused */
  problem: Problem | null;
  onSubmit: (body: CreateRequestBody) => void;
  onLeave: () => void;
}

/** Target, duration and justification, with the limits that the server enforces. */
export function RequestForm({ running, problem, onSubmit, onLeave }: RequestFormProps) {
  const [target, setTarget] = useState<EligibleTargetView | null>(null);
  const [minutes, setMinutes] = useState(defaultDuration);
  const [justification, setJustification] = useState('');
  const [found, setFound] = useState<FormErrors>({});
  const form = useRef<HTMLFormElement>(null);
  const longest = target?.maxDurationMinutes ?? limits.duration.max;

  const submit = () => {
    if (running) return;
    const checked = checkForm(target, minutes, justification);
    setFound(checked.errors);
    if (checked.body) return onSubmit(checked.body);
    // After the messages are there: to the first field that needs another look.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };
  const errorOf = (field: keyof FormErrors, ...names: string[]) =>
    found[field] ?? names.map((name) => fieldError(problem, name)).find((error) => error !== undefined);

  return (
    <form
      ref={form}
      className="panel stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TargetField value={target} onChange={setTarget} error={errorOf('target', 'account', 'role')} />
      <DurationField
        value={minutes}
        longest={longest}
        onChange={setMinutes}
        error={errorOf('duration', 'durationMinutes')}
        hint={
          target
            ? `At most ${formatDuration(longest)} for this account. The time starts at the approval.`
            : 'The time starts at the approval.'
        }
      />
      <FormField
        label="Justification"
        description="What you will do and why it needs this role. Reviewers decide by it, and it stays on record."
        constraintText={`${justification.length} of ${limits.justification.max} characters, at least ${limits.justification.min}.`}
        errorText={errorOf('justification', 'justification')}
        i18nStrings={{ errorIconAriaLabel: 'Error' }}
        stretch
      >
        <Textarea
          value={justification}
          rows={5}
          onChange={({ detail }) => setJustification(detail.value)}
          ariaRequired
        />
      </FormField>
      {problem && <ProblemAlert problem={problem} />}
      <div className="row">
        <Button variant="primary" formAction="submit" loading={running} loadingText="Creating the request">
          Create request
        </Button>
        <Button variant="link" formAction="none" disabled={running} onClick={() => onLeave()}>
          Leave without creating
        </Button>
      </div>
    </form>
  );
}
