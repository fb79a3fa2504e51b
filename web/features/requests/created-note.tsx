import Alert from '@cloudscape-design/components/alert';
import { useState } from 'react';
import type { RequestView } from '../../../api/contract.ts';
import { serverNow } from '../../lib/clock.ts';
import { headerOf, noteOf } from './created-note-words.ts';

/** What to expect of a request that was just made, as long as that is still to come. */
export function CreatedNote({ request }: { request: RequestView }) {
  const [shown, setShown] = useState(true);
  const text = noteOf(request, serverNow());
  if (!shown || text === null) return null;
  return (
    <div role="status">
      <Alert
        type={request.breakGlass ? 'warning' : 'success'}
        header={headerOf(request)}
        dismissible
        dismissAriaLabel="Dismiss"
        onDismiss={() => setShown(false)}
        i18nStrings={{ successIconAriaLabel: 'Success', warningIconAriaLabel: 'Warning' }}
      >
        {text}
      </Alert>
    </div>
  );
}
