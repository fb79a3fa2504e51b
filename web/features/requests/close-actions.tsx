import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import type { RequestView } from '../../../api/contract.ts';
import { limits } from '../../../api/limits.ts';
import { formatAccount } from '../../lib/format.ts';
import { fieldError } from '../../ui/evidence.ts';
import { Instant } from '../../ui/instant.tsx';
import { TwoStepDialog } from '../../ui/two-step-dialog.tsx';
import { useClose } from './use-close.ts';

/** What ends a request before its time, where the server allows it: cancelling it, or revoking its access. */
export function CloseActions({ request, mine }: { request: RequestView; mine: boolean }) {
  const [asked, setAsked] = useState<'cancel' | 'revoke' | null>(null);
  const close = () => setAsked(null);
  const revokeLabel = mine ? 'End access now' : 'Revoke access';
  const allowed = request.allowedActions;
  return (
    <>
      <div className="row">
        {allowed.includes('cancel') && <Button onClick={() => setAsked('cancel')}>Cancel request</Button>}
        {allowed.includes('revoke') && <Button onClick={() => setAsked('revoke')}>{revokeLabel}</Button>}
      </div>
      {asked === 'cancel' && <CancelDialog request={request} onClose={close} />}
      {asked === 'revoke' && <RevokeDialog request={request} label={revokeLabel} onClose={close} />}
    </>
  );
}

function CancelDialog({ request, onClose }: { request: RequestView; onClose: () => void }) {
  const { running, problem, note, cancel } = useClose(request.id, onClose);
  return (
    <TwoStepDialog
      title="Cancel this request?"
      confirmLabel="Cancel request"
      running={running}
      problem={problem}
      note={note}
      onConfirm={cancel}
      onDismiss={onClose}
    >
      <div className="wraps">
        Nobody will review your request for <strong>{request.target.role}</strong> in{' '}
        {formatAccount(request.target)} any more. If you need it later, create a new one.
      </div>
    </TwoStepDialog>
  );
}

interface RevokeDialogProps {
  request: RequestView;
  label: string;
  onClose: () => void;
}

function RevokeDialog({ request, label, onClose }: RevokeDialogProps) {
  const [comment, setComment] = useState('');
  const { running, problem, note, revoke } = useClose(request.id, onClose);
  const tooLong = comment.length > limits.comment.max;
  return (
    <TwoStepDialog
      title={`${label}?`}
      confirmLabel={label}
      running={running}
      problem={problem}
      note={note}
      onConfirm={() => {
        if (!tooLong) revoke(comment);
      }}
      onDismiss={onClose}
    >
      <div className="wraps">
        No further session of <strong>{request.target.role}</strong> in {formatAccount(request.target)} can be
        started with this request. This cannot be undone.
      </div>
      <WhatGoesOn request={request} />
      <FormField
        label="Comment (optional)"
        constraintText={`${comment.length} of ${limits.comment.max} characters. It stays on record.`}
        errorText={
          tooLong
            ? `Shorten it by ${comment.length - limits.comment.max} characters.`
            : fieldError(problem, 'comment')
        }
        i18nStrings={{ errorIconAriaLabel: 'Error' }}
        stretch
      >
        <Textarea value={comment} rows={3} onChange={({ detail }) => setComment(detail.value)} />
      </FormField>
    </TwoStepDialog>
  );
}

/** Revoking takes back no credentials that AWS has already given out: the person who presses has to know. */
function WhatGoesOn({ request: { sessions } }: { request: RequestView }) {
  if (sessions.credentialsEndAt === null) {
    return <div>No credentials were issued, so nothing goes on working.</div>;
  }
  return (
    <div>
      <strong>Credentials already issued go on working until they end</strong>, at the latest at{' '}
      <Instant at={sessions.credentialsEndAt} />. If they must stop before that, revoke the role's active
      sessions in the AWS console.
    </div>
  );
}
