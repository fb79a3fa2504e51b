import { useMutation } from '@tanstack/react-query';
import type { PreflightBody } from '../../../api/contract.ts';
import { call } from '../../lib/api.ts';
import { useMe } from '../../lib/me.ts';
import { asProblem } from '../../lib/problem.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { Findings } from './findings.tsx';
import { RoleForm } from './role-form.tsx';

/** For operators: whether Stepladder can use a role as it should, and what to fix in AWS where it cannot. */
export function OperationsPage() {
  const me = useMe();
  return (
    <div className="stack">
      <PageHeader
        title="Operations"
        description="Check how a role in AWS is set up for Stepladder. Nothing is changed by it, and nobody gets access."
      />
      {me.data === undefined && <Loading what="what you may do here" />}
      {me.data?.roles.operator === false && (
        <EmptyState title="This is for operators">
          Ask whoever manages your groups if you should be one.
        </EmptyState>
      )}
      {me.data?.roles.operator && <RoleCheck />}
    </div>
  );
}

function RoleCheck() {
  const check = useMutation({ mutationFn: (body: PreflightBody) => call('runPreflight', { body }) });
  const { data, error, isPending, variables } = check;
  return (
    <>
      <RoleForm asked={isPending ? variables : null} onCheck={(target) => check.mutate(target)} />
      {error && (
        <ProblemAlert
          problem={asProblem(error)}
          onRetry={variables ? () => check.mutate(variables) : undefined}
          retryLabel="Check again"
        />
      )}
      {data && <Findings key={data.id} preflight={data} />}
      {!(data || error || isPending) && (
        <EmptyState title="Nothing is checked yet">
          Choose a role, or type its account and name, and check it. Stepladder then asks AWS for it as a
          session does, and in ways that AWS has to refuse.
        </EmptyState>
      )}
    </>
  );
}
