import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { type FormEvent, useRef, useState } from 'react';
import type { InviteBody } from '../../../api/contract.ts';
import { serverNow } from '../../lib/clock.ts';
import type { Problem } from '../../lib/problem.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { TypedTargetFields } from '../../ui/typed-target-fields.tsx';
import { widestLimits } from './ask-check.ts';
import { AskFields } from './ask-fields.tsx';
import { focusFirstError } from './first-error.ts';
import {
  checkInvitation,
  emptyInvitation,
  type InviteDraft,
  type InviteErrors,
  refusedInvitation,
} from './invite-check.ts';
import './request-form.css';

interface InviteFormProps {
  running: boolean;
  /** why the last attempt was refused */
  problem: Problem | null;
  onSubmit: (body: InviteBody) => void;
  onLeave: () => void;
}

/** Whom, and for what. NB. Role and account are typed: what the other person is eligible for is not known here. */
export function InviteForm({ running, problem, onSubmit, onLeave }: InviteFormProps) {
  const [draft, setDraft] = useState(emptyInvitation);
  const [tried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  // From the first attempt on, each mistake is shown until it is corrected.
  const found: InviteErrors = tried ? checkInvitation(draft, serverNow()).errors : {};
  const errors = { ...refusedInvitation(problem), ...found };
  const put = (change: Partial<InviteDraft>) => setDraft((before) => ({ ...before, ...change }));

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (running) return;
    const { body } = checkInvitation(draft, serverNow());
    setTried(body === null);
    if (body === null) focusFirstError(form.current);
    else onSubmit(body);
  };

  return (
    <form ref={form} className="panel stack" noValidate onSubmit={submit}>
      <ul className="ask-terms">
        <li>They are told by mail and have to accept. Nothing is active before that.</li>
        <li>When they accept, it is their request, under the rule that applies to them.</li>
        <li>Your invitation counts as your approval only where that rule says so, and never for yourself.</li>
      </ul>
      <FormField
        label="E-mail"
        description="The address that the engineer signs in with."
        errorText={errors.email}
        i18nStrings={{ errorIconAriaLabel: 'Error' }}
      >
        <Input
          value={draft.email}
          inputMode="email"
          autoComplete={false}
          spellcheck={false}
          onChange={({ detail }) => put({ email: detail.value })}
          ariaRequired
        />
      </FormField>
      <TypedTargetFields account={draft.account} role={draft.role} errors={errors} onChange={put} />
      <AskFields
        draft={draft}
        limits={widestLimits}
        errors={errors}
        durationHint="Where the rule allows less, they cannot accept, so ask for no more than is needed."
        justificationHint="What they are to do and why it needs this role. They read it, and it stays on record."
        onChange={put}
      />
      {problem && <ProblemAlert problem={problem} />}
      <div className="row">
        <Button variant="primary" formAction="submit" loading={running} loadingText="Sending the invitation">
          Send invitation
        </Button>
        <Button variant="link" formAction="none" disabled={running} onClick={() => onLeave()}>
          Leave without sending
        </Button>
      </div>
    </form>
  );
}
