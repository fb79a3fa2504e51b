import Button from '@cloudscape-design/components/button';
import { type FormEvent, useState } from 'react';
import type { PreflightBody } from '../../../api/contract.ts';
import { readTarget, type TargetErrors } from '../../lib/typed-target.ts';
import { TypedTargetFields } from '../../ui/typed-target-fields.tsx';
import { KnownRoleField } from './known-role-field.tsx';

interface RoleFormProps {
  /** what AWS is being asked about; null: nothing */
  asked: PreflightBody | null;
  onCheck: (target: PreflightBody) => void;
}

/** Which role to check: one that the policy names, or any other by account and name. */
export function RoleForm({ asked, onCheck }: RoleFormProps) {
  const [typed, setTyped] = useState({ account: '', role: '' });
  const [errors, setErrors] = useState<TargetErrors>({});
  const check = (event: FormEvent) => {
    event.preventDefault();
    const read = readTarget(typed.account, typed.role);
    setErrors(read.errors);
    if (read.target !== null && asked === null) onCheck(read.target);
  };
  return (
    <form className="panel stack" noValidate onSubmit={check} aria-label="Which role to check">
      <KnownRoleField
        {...typed}
        onChange={(target) => {
          setTyped(target);
          setErrors({});
        }}
      />
      <TypedTargetFields
        {...typed}
        errors={errors}
        onChange={(change) => setTyped((before) => ({ ...before, ...change }))}
      />
      <div className="row">
        <Button variant="primary" formAction="submit" loading={asked !== null} loadingText="Checking">
          Check role
        </Button>
        <span role="status" className="quiet wraps">
          {asked !== null && `Asking AWS about ${asked.role} in ${asked.account}`}
        </span>
      </div>
    </form>
  );
}
