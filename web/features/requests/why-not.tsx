import Button from '@cloudscape-design/components/button';
import { type FormEvent, useState } from 'react';
import type { ExplanationView } from '../../../api/contract.ts';
import { formatAccount } from '../../lib/format.ts';
import { asProblem } from '../../lib/problem.ts';
import { readTarget, type TargetErrors, type TypedTarget } from '../../lib/typed-target.ts';
import { Loading } from '../../ui/loading.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { TypedTargetFields } from '../../ui/typed-target-fields.tsx';
import { OpenAlready } from './open-already.tsx';
import { Because } from './rule-box.tsx';
import { useExplanation } from './use-explanation.ts';
import './request-form.css';

/** For a role that a person expects in the list and does not find: what each rule says of it. */
export function WhyNot() {
  const [account, setAccount] = useState('');
  const [role, setRole] = useState('');
  const [errors, setErrors] = useState<TargetErrors>({});
  const [asked, setAsked] = useState<TypedTarget | null>(null);
  const explanation = useExplanation(asked);
  const ask = (event: FormEvent) => {
    event.preventDefault();
    const read = readTarget(account, role);
    setErrors(read.errors);
    setAsked(read.target);
  };
  return (
    <details className="panel rule-box">
      <summary>Why can't I find a role?</summary>
      <form className="rule-box-terms stack" noValidate onSubmit={ask}>
        <div>Name the role and its account, and see what each rule says of it for you.</div>
        <TypedTargetFields
          account={account}
          role={role}
          errors={errors}
          onChange={(change) => {
            if (change.account !== undefined) setAccount(change.account);
            if (change.role !== undefined) setRole(change.role);
          }}
        />
        <div>
          <Button formAction="submit" loading={explanation.isFetching} loadingText="Explaining">
            Explain
          </Button>
        </div>
        <div aria-live="polite">
          {asked && explanation.isPending && <Loading what="the explanation" />}
          {explanation.data && <Answer explanation={explanation.data} />}
        </div>
        {explanation.error && (
          <ProblemAlert problem={asProblem(explanation.error)} onRetry={() => void explanation.refetch()} />
        )}
      </form>
    </details>
  );
}

function Answer({ explanation: { target, rule, because, open } }: { explanation: ExplanationView }) {
  return (
    <div className="stack-close wraps">
      <div>
        {rule ? (
          <>
            You <strong>may ask</strong> for <strong>{target.role}</strong> in {formatAccount(target)}: type
            its name into the list above.
          </>
        ) : (
          <>
            You <strong>may not ask</strong> for <strong>{target.role}</strong> in {formatAccount(target)}: no
            rule applies. If you should, ask whoever manages groups to add you to one that a rule here names.
          </>
        )}
      </div>
      {open && <OpenAlready open={open} />}
      <Because lines={because} />
    </div>
  );
}
