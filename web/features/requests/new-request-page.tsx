import { useNavigate, useSearchParams } from 'react-router-dom';
import { useMe } from '../../lib/me.ts';
import { paths } from '../../lib/paths.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { FormLike } from './form-like.tsx';
import { NotEligible } from './no-requests.tsx';
import { RequestForm } from './request-form.tsx';
import { emptyDraft } from './request-form-check.ts';
import { useCreation } from './use-creation.ts';
import { WhyNot } from './why-not.tsx';

/** Where a request is made: from nothing, to go on after an earlier one, or as an earlier one was. */
export function NewRequestPage() {
  const [address] = useSearchParams();
  const extended = address.get('extend');
  const repeated = address.get('repeat');
  // Another address is another form: nothing that was typed for one may be left over on the other.
  if (extended) return <FormLike key={`extend ${extended}`} id={extended} extend />;
  if (repeated) return <FormLike key={`repeat ${repeated}`} id={repeated} extend={false} />;
  return <EmptyForm key="empty" />;
}

function EmptyForm() {
  const me = useMe();
  const navigate = useNavigate();
  const creation = useCreation();
  return (
    <>
      <PageHeader
        title="Create request"
        description="Say which role you need, for how long and why. What applies to it is shown when you choose it."
      />
      {me.data?.roles.engineer === false ? (
        <div className="panel">
          <NotEligible />
        </div>
      ) : (
        <RequestForm
          start={emptyDraft}
          running={creation.running}
          problem={creation.problem}
          onSubmit={creation.send}
          onForget={creation.forget}
          onLeave={() => navigate(paths.myRequests)}
        />
      )}
      <WhyNot />
    </>
  );
}
