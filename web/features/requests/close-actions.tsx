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

/** What is withdrawn: one's own request, one's invitation of somebody, or somebody's invitation of oneself. */
type Withdrawal = 'cancel' | 'withdraw' | 'decline';

const withdrawals: Record<Withdrawal, { label: string; title: string; meaning: string }> = {
  cancel: {
    label: 'Cancel request',
    title: 'Cancel this request?',
    meaning: 'Nobody will review it any more. If you need the access later, create a new request.',
  },
  withdraw: {
    label: 'Withdraw invitation',
    title: 'Withdraw this invitation?',
    meaning: 'It can no longer be accepted. Nothing has been active.',
  },
  decline: {
    label: 'Decline',
    title: 'Decline this invitation?',
    meaning: 'You get no access by it, and whoever invited you sees that you declined.',
  },
};

interface CloseActionsProps {
  request: RequestView;
  viewerId: string | undefined;
}

/**
 * What ends a request before its time, where the server allows it: withdrawing it, or revoking its access. An invited
 * person declines where they accept.
 */
export function CloseActions({ request, viewerId }: CloseActionsProps) {
  const [asked, setAsked] = useState<'withdraw' | 'revoke' | null>(null);
  const close = () => setAsked(null);
  const mine = viewerId === request.requester.id;
  const ownLabel = request.status === 'scheduled' ? 'Give up access' : 'End access now';
  const revokeLabel = mine ? ownLabel : 'Revoke access';
  const allowed = request.allowedActions;
  const withdrawal = request.status === 'invited' ? 'withdraw' : 'cancel';
  const mayWithdraw = allowed.includes('cancel') && !isForViewer(request, viewerId);
  return (
    <>
      {mayWithdraw && <Button onClick={() => setAsked('withdraw')}>{withdrawals[withdrawal].label}</Button>}
      {allowed.includes('revoke') && <Button onClick={() => setAsked('revoke')}>{revokeLabel}</Button>}
      {asked === 'withdraw' && <WithdrawDialog request={request} how={withdrawal} onClose={close} />}
      {asked === 'revoke' && <RevokeDialog request={request} label={revokeLabel} onClose={close} />}
    </>
  );
}

/** Whether it is an invitation that the viewer may accept or decline. */
export function isForViewer(
  { status, invitation, allowedActions }: RequestView,
  viewerId: string | undefined,
) {
  const asked = viewerId !== undefined && invitation !== null && invitation.by.id !== viewerId;
  return status === 'invited' && asked && allowedActions.includes('cancel');
}

interface WithdrawDialogProps {
  request: RequestView;
  how: Withdrawal;
  /** It worked; without it, the dialog is just closed. */
  onDone?: (() => void) | undefined;
  onClose: () => void;
}

export function WithdrawDialog({ request, how, onDone, onClose }: WithdrawDialogProps) {
  const { running, problem, note, cancel } = useClose(request.id, onDone ?? onClose);
  const { label, title, meaning } = withdrawals[how];
  return (
    <TwoStepDialog
      title={title}
      confirmLabel={label}
      running={running}
      problem={problem}
      note={note}
      onConfirm={cancel}
      onDismiss={onClose}
    >
      <div className="wraps">
        <strong>{request.target.role}</strong> in {formatAccount(request.target)}. {meaning}
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

/**
 * Whether what AWS has already given out stops too, which the rule decides: the person who presses has to know.
 */
function WhatGoesOn({ request: { sessions } }: { request: RequestView }) {
  if (sessions.credentialsEndAt === null) {
    return <div>No credentials were issued, so nothing goes on working.</div>;
  }
  if (sessions.endable) {
    return (
      <div>
        <strong>Sessions that are alive are ended too</strong>, usually within a minute: the page says when
        AWS has done it.
      </div>
    );
  }
  return (
    <div>
      <strong>Credentials already issued go on working until they end</strong>, at the latest at{' '}
      <Instant at={sessions.credentialsEndAt} />. If they must stop before that, revoke the role's active
      sessions in the AWS console.
    </div>
  );
}
