import Alert from '@cloudscape-design/components/alert';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import type { ExplanationView, RequestView } from '../../../api/contract.ts';
import { call } from '../../lib/api.ts';
import { formatAccount } from '../../lib/format.ts';
import { paths } from '../../lib/paths.ts';
import { asProblem } from '../../lib/problem.ts';
import { keys } from '../../lib/query-client.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { Instant } from '../../ui/instant.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { RequestForm } from './request-form.tsx';
import { draftLike } from './request-form-check.ts';
import { Because } from './rule-box.tsx';
import { useCreation } from './use-creation.ts';
import { useExplanation } from './use-explanation.ts';

interface FormLikeProps {
  /** of the earlier request */
  id: string;
  /** to go on when its access ends; else to ask for the same again */
  extend: boolean;
}

/** The form that begins with an earlier request, under the rule that applies today. */
export function FormLike({ id, extend }: FormLikeProps) {
  const detail = useQuery({
    queryKey: keys.request(id),
    queryFn: ({ signal }) => call('getRequest', { id, signal }),
  });
  const earlier = detail.data?.request;
  const explanation = useExplanation(earlier?.target ?? null, extend ? id : null);
  const failed = [detail, explanation].find(({ error }) => error !== null);
  return (
    <>
      <PageHeader
        title={extend ? 'Extend access' : 'Create request'}
        description={purpose(earlier, extend)}
      />
      {failed && <ProblemAlert problem={asProblem(failed.error)} onRetry={() => void failed.refetch()} />}
      {!failed && !explanation.data && <Loading what="the earlier request" />}
      {earlier && explanation.data && (
        <Filled earlier={earlier} explanation={explanation.data} extend={extend} />
      )}
    </>
  );
}

function purpose(earlier: RequestView | undefined, extend: boolean): ReactNode {
  if (!earlier) return undefined;
  const link = <AppLink to={paths.request(earlier.id)}>your request</AppLink>;
  if (!extend) {
    return (
      <>
        Filled in as {link} of <Instant at={earlier.createdAt} /> was. Check everything before you send it.
      </>
    );
  }
  return (
    <>
      A new request, with an approval of its own, that goes on after {link}.{' '}
      {earlier.window && (
        <strong>
          Starts when the current access ends: <Instant at={earlier.window.until} />.
        </strong>
      )}
    </>
  );
}

interface FilledProps {
  earlier: RequestView;
  explanation: ExplanationView;
  extend: boolean;
}

function Filled({ earlier, explanation, extend }: FilledProps) {
  const navigate = useNavigate();
  const creation = useCreation();
  const gone = explanation.rule === null;
  // NB. As it was on arrival: where the access ends while somebody writes, what they wrote stays, and the server says so.
  const [late] = useState(extend && !gone && !earlier.allowedActions.includes('extend'));
  return (
    <>
      {gone && <NoLonger explanation={explanation} />}
      {late && (
        <Alert type="warning" header="This access cannot be extended" i18nStrings={warning}>
          Only your own access can be extended, and only before it ends.{' '}
          <AppLink to={paths.repeat(earlier.id)}>Ask for the same role again</AppLink> instead.
        </Alert>
      )}
      {!(extend && (gone || late)) && (
        <RequestForm
          start={draftLike(earlier, explanation, extend)}
          running={creation.running}
          problem={creation.problem}
          onSubmit={creation.send}
          onForget={creation.forget}
          onLeave={() => navigate(paths.request(earlier.id))}
        />
      )}
    </>
  );
}

const warning = { warningIconAriaLabel: 'Warning' };

function NoLonger({ explanation: { target, because } }: { explanation: ExplanationView }) {
  return (
    <Alert type="warning" header="This role is not offered to you any more" i18nStrings={warning}>
      <div className="stack-close wraps">
        <div>
          No rule lets you ask for <strong>{target.role}</strong> in {formatAccount(target)} today. Choose
          another role, or ask whoever manages your groups.
        </div>
        <details>
          <summary>Why</summary>
          <Because lines={because} />
        </details>
      </div>
    </Alert>
  );
}
